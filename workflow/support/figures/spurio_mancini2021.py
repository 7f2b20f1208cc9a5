"""Figures of Spurio Mancini et al. (2021): model, observation, posteriors, calibration."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from latentearth.figures import style
from latentearth.samples import Samples

FIELDS = (
    ("rho", "density (kg m$^{-3}$)", "viridis"),
    ("vp", "P velocity (m s$^{-1}$)", "viridis"),
    ("vs", "S velocity (m s$^{-1}$)", "viridis"),
)
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
    for column, (name, label, colours) in enumerate(FIELDS):
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
            ax.plot(receivers[:, row] / 1e3, receivers[:, 2] / 1e3, "v", color="white",
                    markeredgecolor="black", markeredgewidth=0.5, clip_on=False)  # fmt: skip
            ax.plot(event[row] / 1e3, event[2] / 1e3, "+", color="red", markersize=7)
            ax.set_xlabel(f"{along} (km), at {across} = {place / 1e3:.2f} km")
            style.letter(ax, f"({'abcdef'[3 * row + column]})")
            if column == 0:
                ax.set_ylabel("z (km)")
        drawing.colorbar(image, ax=axes[:, column], label=label, location="top", aspect=25)
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
        traces.plot(found.time, found.clean[number] / sigma + base, color="black", linewidth=0.6)
        traces.text(found.time[-1], base + 0.18 * gap, f"({x:.2f}, {y:.2f}) km", ha="right",
                    fontsize=7, color=colour)  # fmt: skip
        plan.plot(x, y, "o", color=colour)
    traces.set(xlabel="time (s)", ylabel=r"pressure ($\sigma$ of the noise), one below another",
               xlim=(0, float(found.time[-1])))  # fmt: skip
    event = found.event.values / 1e3
    plan.plot(event[0], event[1], "x", color="black", markersize=7, markeredgewidth=1.5,
              label=f"event, z = {event[2]:.2f} km")  # fmt: skip
    width, depth = found.bounds.values[:2, 1] / 1e3
    plan.set(xlabel="x (km)", ylabel="y (km)", xlim=(0, width), ylim=(0, depth), aspect="equal")
    plan.legend(loc="lower right")
    style.letter(traces, "(a)")
    style.letter(plan, "(b)")
    return drawing


def corner(posteriors: dict[str, Samples], truth: np.ndarray, bounds: np.ndarray) -> Figure:
    """Marginal 68 and 95 per cent regions of positions (Figures 10 and 11).

    Parameters
    ----------
    posteriors
        By name; the last lies on top.
    truth
        (3,) metres.
    bounds
        (3, 2) of the prior (m).
    """
    from getdist import MCSamples, plots

    style.use()
    labels = ["x", "y", "z"]
    samples = [
        MCSamples(
            samples=found.flat / 1e3,
            weights=found.weight.ravel(),
            names=labels,
            labels=[rf"{name}\,(\mathrm{{km}})" for name in labels],
            label=name,
            ranges={name: tuple(bounds[i] / 1e3) for i, name in enumerate(labels)},
            settings={"ignore_rows": 0},
        )
        for name, found in posteriors.items()
    ]
    colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"][: len(samples)]
    plotter = plots.get_subplot_plotter(width_inch=style.WIDTH_MM["double"] / 25.4 * 0.75)
    plotter.settings.axes_fontsize = 7
    plotter.settings.axes_labelsize = 9
    plotter.settings.legend_fontsize = 8
    plotter.settings.num_plot_contours = 2
    plotter.triangle_plot(
        samples,
        filled=len(samples) < 3,
        contour_colors=colours,
        markers=dict(zip(labels, truth / 1e3, strict=True)),
        marker_args={"color": "black", "ls": "--", "lw": 0.8},
    )
    return plotter.fig


def calibration(found: dict[str, xr.Dataset]) -> Figure:
    """How often true positions fall inside credible regions, and how large errors are.

    Parameters
    ----------
    found
        By emulator: ``level`` (likelihood, event), ``error`` and ``deviation``
        (likelihood, event, coordinate) in m.
    """
    drawing, axes = style.subplots(2, len(found), height_mm=130.0)
    nominal = np.linspace(0.0, 1.0, 201)
    for column, (name, one) in enumerate(found.items()):
        top, bottom = axes[:, column]
        events = one.sizes["event"]
        error = 1.96 * np.sqrt(nominal * (1.0 - nominal) / events)
        top.fill_between(nominal, nominal - error, nominal + error, color="0.85",
                         label="honest, 95 per cent of samples")  # fmt: skip
        for number, kind in enumerate(one.likelihood.values):
            level = one.level.sel(likelihood=kind).values
            covered = (level[None] <= nominal[:, None]).mean(axis=1)
            top.plot(nominal, covered, color=style.CYCLE[number], label=str(kind))
            off = np.linalg.norm(one.error.sel(likelihood=kind).values, axis=1)
            stated = np.sqrt((one.deviation.sel(likelihood=kind).values ** 2).sum(axis=1))
            stated = np.maximum(stated, SMALLEST)
            bottom.plot(stated, off, ".", color=style.CYCLE[number], markersize=3)
        for level in (0.68, 0.95):
            top.axvline(level, color="0.5", linewidth=0.5, linestyle=":")
        top.set(xlim=(0, 1), ylim=(0, 1), xlabel="stated probability of the region",
                ylabel="share of true positions inside", title=name)  # fmt: skip
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
        bottom.set(xscale="log", yscale="log", xlim=line, ylim=line, aspect="equal",
                   xlabel="stated standard deviation (m)", ylabel="location error (m)")  # fmt: skip
        style.letter(top, f"({'ab'[column % 2]})")
        style.letter(bottom, f"({'cd'[column % 2]})")
    axes[0, 0].legend(loc="upper left")
    return drawing
