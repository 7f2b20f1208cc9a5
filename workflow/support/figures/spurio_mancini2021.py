"""Figures of Spurio Mancini et al. (2021): model, observation, posteriors, calibration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from latentearth.figures import style
from latentearth.samples import Samples, credible_interval
from support.labels import label
from support.published_values import Table

FIELDS = (
    ("rho", "density (kg m$^{-3}$)", "viridis"),
    ("vp", "P velocity (m s$^{-1}$)", "viridis"),
    ("vs", "S velocity (m s$^{-1}$)", "viridis"),
)
NARROW = 8  # a posterior whose interval fits this often into the widest is shown enlarged
SMALLEST = 0.1  # m; a stated deviation below is no result: all weight of a sample on one point


def model_sections(model: xr.Dataset, receivers: np.ndarray, event: np.ndarray) -> Figure:
    """Two vertical sections of density and velocities (Figure 7).

    Parameters
    ----------
    model
        From :mod:`latentearth.earth.marine`.
    receivers, event
        (receivers, 3) and (3,) metres.
    """
    drawing, axes = style.subplots(2, 3, height_mm=135.0, sharey=True)
    middle = receivers[0]
    for column, (name, named, colours) in enumerate(FIELDS):
        limits = float(model[name].min()), float(model[name].max())
        for row, (along, across) in enumerate((("x", "y"), ("y", "x"))):
            ax = axes[row, column]
            place = float(middle[1 - row])
            plane = model[name].sel({across: place}, method="nearest").transpose("z", along)
            image = ax.pcolormesh(
                model[along] / 1e3,
                model.z / 1e3,
                plane,
                cmap=colours,
                vmin=limits[0],
                vmax=limits[1],
                rasterized=True,
            )
            ax.plot(
                receivers[:, row] / 1e3,
                receivers[:, 2] / 1e3,
                "v",
                color="white",
                markeredgecolor="black",
                markeredgewidth=0.5,
                clip_on=False,
                label="receivers",
            )
            ax.plot(event[row] / 1e3, event[2] / 1e3, "+", color="red", markersize=7, label="event")
            ax.set_xlabel(f"{along} (km), at {across} = {place / 1e3:.2f} km")
            style.letter(ax, f"({'abcdef'[3 * row + column]})")
            if column == 0:
                ax.set_ylabel("z (km)")
        drawing.colorbar(image, ax=axes[:, column], label=named, location="top", aspect=25)
    axes[0, 0].legend(loc="upper right", ncols=2, labelcolor="white", fontsize=6)
    return drawing


def observation(found: xr.Dataset) -> Figure:
    """Noisy traces of the event, and the receivers on the sea bed (Figure 9).

    Parameters
    ----------
    found
        ``observed``, ``clean`` (receiver, time) in Pa, ``position`` of the receivers and
        ``event`` in m, attribute ``sigma``.
    """
    drawing, axes = style.subplots(1, 2, height_mm=80.0, gridspec_kw={"width_ratios": [1.5, 1.0]})
    traces, plan = axes[0]
    sigma = found.attrs["sigma"]
    gap = 1.2 * float(found.observed.max() - found.observed.min()) / sigma
    for number in range(found.sizes["receiver"]):
        colour, base = style.CYCLE[number], -number * gap
        x, y = found.position.values[number, :2] / 1e3
        traces.plot(found.time, found.observed[number] / sigma + base, color=colour, linewidth=0.5)
        traces.plot(
            found.time,
            found.clean[number] / sigma + base,
            color="black",
            linewidth=0.6,
            label=None if number else "without noise",
        )
        traces.text(
            found.time[-1],
            base + 0.18 * gap,
            f"({x:.2f}, {y:.2f}) km",
            ha="right",
            fontsize=7,
            color=colour,
        )
        plan.plot(x, y, "o", color=colour)
    traces.set(
        xlabel="time (s)",
        ylabel="pressure, a receiver below another",
        yticks=(),
        xlim=(0, float(found.time[-1])),
    )
    bar = {"color": "black", "capsize": 2, "linewidth": 0.8}
    traces.errorbar(0.04 * found.time[-1], 0.45 * gap, 5, **bar)
    traces.text(
        0.06 * found.time[-1], 0.45 * gap, r"10 $\sigma$ of the noise", va="center", fontsize=7
    )
    traces.legend(loc="upper right")
    event = found.event.values / 1e3
    plan.plot(
        event[0],
        event[1],
        "x",
        color="black",
        markersize=7,
        markeredgewidth=1.5,
        label=f"event, z = {event[2]:.2f} km",
    )
    width, depth = found.bounds.values[:2, 1] / 1e3
    plan.set(xlabel="x (km)", ylabel="y (km)", xlim=(0, width), ylim=(0, depth), aspect="equal")
    plan.legend(loc="lower right")
    style.letter(traces, "(a)")
    style.letter(plan, "(b)")
    return drawing


def _limits(posteriors: Iterable[Samples], truth: np.ndarray) -> np.ndarray:
    """Limits (coordinate, 2) that show all of some posteriors, and the truth, in km."""
    intervals = [credible_interval(found, 0.998).T for found in posteriors]
    ends = np.concatenate([*intervals, truth[None]]) / 1e3
    low, high = ends.min(axis=0), ends.max(axis=0)
    return np.stack([low - 0.08 * (high - low), high + 0.08 * (high - low)], axis=-1)


def _zoom(figure: Figure, samples: Sequence, colours: Sequence[str], limits, truth) -> None:
    """Depth against x where the narrow posteriors are, in the empty corner; all in km."""
    ax = figure.add_axes((0.77, 0.47, 0.21, 0.25))
    for one, colour in zip(samples, colours, strict=True):
        density = one.get2DDensity("x", "z")
        levels = sorted(density.getContourLevels((0.68, 0.95)))
        ax.contour(density.x, density.y, density.P, levels, colors=colour, linewidths=0.8)
    for line, value in ((ax.axvline, truth[0]), (ax.axhline, truth[2])):
        line(value, color="black", ls="--", lw=0.8)
    ax.set(xlim=limits[0], ylim=limits[2], xlabel="$x$ (km)", ylabel="$z$ (km)")
    ax.locator_params(nbins=4)
    ax.tick_params(labelsize=7)
    ax.set_title("enlarged", fontsize=8)


def corner(posteriors: dict[str, Samples], truth: np.ndarray, bounds: np.ndarray) -> Figure:
    """Marginal 68 and 95 per cent regions of positions (Figures 10 and 11).

    Parameters
    ----------
    posteriors
        By the keys of emulators, likelihoods and arrivals; the last lies on top.
    truth
        (3,) metres.
    bounds
        (3, 2) of the prior (m).
    """
    from getdist import MCSamples, plots

    style.use()
    names = ["x", "y", "z"]
    samples = [
        MCSamples(
            samples=found.flat / 1e3,
            weights=found.weight.ravel(),
            names=names,
            labels=[rf"{name}\,(\mathrm{{km}})" for name in names],
            label=label(key),
            ranges={name: tuple(bounds[i] / 1e3) for i, name in enumerate(names)},
            settings={"ignore_rows": 0},
        )
        for key, found in posteriors.items()
    ]
    colours = [style.CYCLE[n] for n in (0, 3, 2, 4, 1, 5, 6)][: len(samples)]
    limits = np.clip(_limits(posteriors.values(), truth), *(bounds.T[:, :, None] / 1e3))
    plotter = plots.get_subplot_plotter(width_inch=style.WIDTH_MM["double"] / 25.4 * 0.75)
    plotter.settings.axes_fontsize = 7
    plotter.settings.axes_labelsize = 9
    plotter.settings.legend_fontsize = 8
    plotter.settings.num_plot_contours = 2
    plotter.triangle_plot(
        samples,
        filled=len(samples) < 3,
        contour_colors=colours,
        markers=dict(zip(names, truth / 1e3, strict=True)),
        marker_args={"color": "black", "ls": "--", "lw": 0.8},
        param_limits=dict(zip(names, limits, strict=True)),
    )
    handles = [Line2D([], [], color=colour) for colour in colours]
    handles.append(Line2D([], [], color="black", ls="--", lw=0.8))
    for legend in plotter.fig.legends:
        legend.remove()
    plotter.fig.legend(handles, [*map(label, posteriors), "true position"], loc="upper right")
    narrow = [found for found in posteriors.values() if _width(found) * NARROW < np.ptp(limits[0])]
    if narrow and len(narrow) < len(samples):
        _zoom(plotter.fig, samples, colours, _limits(narrow, truth), truth / 1e3)
    return plotter.fig


def _width(found: Samples) -> float:
    """Of the 95 per cent interval of x, km."""
    return float(np.ptp(credible_interval(found, 0.95)[0])) / 1e3


def calibration(found: dict[str, xr.Dataset], study: Table | None = None) -> Figure:
    """How often true positions fall inside credible regions, and how large errors are.

    Parameters
    ----------
    found
        By emulator: ``level`` (likelihood, event), ``error`` and ``deviation``
        (likelihood, event, coordinate) in m.
    study
        Shares of more events inside regions of 68 and 95 per cent, as ``calibration.csv`` has
        them; drawn beside.
    """
    drawing, axes = style.subplots(2, len(found), height_mm=130.0)
    nominal = np.linspace(0.0, 1.0, 201)
    for column, (name, one) in enumerate(found.items()):
        top, bottom = axes[:, column]
        events = one.sizes["event"]
        error = 1.96 * np.sqrt(nominal * (1.0 - nominal) / events)
        top.fill_between(
            nominal,
            nominal - error,
            nominal + error,
            color="0.85",
            label="honest likelihood, 95 % of samples",
        )
        for number, kind in enumerate(one.likelihood.values):
            level = one.level.sel(likelihood=kind).values
            covered = (level[None] <= nominal[:, None]).mean(axis=1)
            top.plot(nominal, covered, color=style.CYCLE[number], label=label(str(kind)))
            for row in (study or Table()).where(emulator=name, likelihood=str(kind)):
                _draw_study(top, row, style.CYCLE[number])
            off = np.linalg.norm(one.error.sel(likelihood=kind).values, axis=1)
            stated = np.sqrt((one.deviation.sel(likelihood=kind).values ** 2).sum(axis=1))
            stated = np.maximum(stated, SMALLEST)
            bottom.plot(
                stated, off, ".", color=style.CYCLE[number], markersize=3, label=label(str(kind))
            )
        for level in (0.68, 0.95):
            top.axvline(level, color="0.5", linewidth=0.5, linestyle=":")
        top.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel="stated probability of the region",
            ylabel="share of true positions inside",
            title=label(name),
        )
        _finish_errors(bottom, one)
        style.letter(top, f"({'ab'[column % 2]})")
        style.letter(bottom, f"({'cd'[column % 2]})")
    handles, names = axes[0, 0].get_legend_handles_labels()
    if study:
        handles.append(Line2D([], [], color="0.3", marker="o", ls="", mfc="white"))
        names.append(f"study, {study[0]['events']:.0f} events")
    drawing.legend(handles, names, loc="outside upper center", ncols=3)
    return drawing


def _finish_errors(bottom: Axes, one: xr.Dataset) -> None:
    """Axes of errors against stated deviations, and the line where both are equal."""
    off = np.linalg.norm(one.error.values, axis=-1)
    stated = np.sqrt((one.deviation.values**2).sum(axis=-1))
    collapsed = int((stated < SMALLEST).sum())
    if collapsed:  # told, not drawn to scale: 1e-100 m would leave no room for the others
        words = f"{collapsed} below {SMALLEST:g} m\n(samples of one point)"
        place = {"transform": bottom.transAxes, "ha": "right", "va": "bottom"}
        bottom.text(0.97, 0.03, words, fontsize=6, **place)
    stated = np.maximum(stated, SMALLEST)
    line = np.array([min(off.min(), stated.min()) / 1.5, max(off.max(), stated.max()) * 1.5])
    bottom.plot(line, line, color="0.5", linewidth=0.6)
    equal = Line2D([], [], color="0.5", linewidth=0.6, label="error as large as stated")
    bottom.legend(handles=[equal], loc="upper left", fontsize=6)
    bottom.set(
        xscale="log",
        yscale="log",
        xlim=line,
        ylim=line,
        aspect="equal",
        xlabel="stated standard deviation (m)",
        ylabel="location error (m)",
    )


def _draw_study(axes: Axes, row: dict[str, Any], colour: str) -> None:
    """The shares of a study, with one standard error."""
    for per_cent in (68, 95):
        axes.errorbar(
            per_cent / 100,
            row[f"regions_{per_cent}"],
            row[f"binomial_error_{per_cent}"],
            color=colour,
            marker="o",
            mfc="white",
            markersize=4,
            zorder=4,
        )
