"""Figures of ways to locate events beyond Spurio Mancini et al. (2021)."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import kstwo

from latentearth.diagnostics.coverage import uniform_distance
from latentearth.figures import style
from support.labels import label
from support.tables.spurio_mancini2021_methods import ranks_of

LEAST = 0.05  # m, the least error that is drawn
MARKERS = (("x", "<", "none"), ("y", ">", "none"), ("z", "^", "none"), ("TARP", "o", "full"))
FARTHEST = 3000.0  # m, the largest deviation that is drawn: the model is no wider


def coverage_by_method(found: dict[str, xr.Dataset]) -> Figure:
    """Stated against true coverage, errors by depth, and ranks of the truth.

    Parameters
    ----------
    found
        By method: as of :func:`support.tables.spurio_mancini2021_methods.methods_rows`.
    """
    drawing = style.figure(height_mm=110.0 + 4.0 * len(found))
    # apart, or the names of the ways would narrow all panels
    above, below = drawing.subfigures(2, 1, height_ratios=[85.0, 25.0 + 4.0 * len(found)])
    left, right = above.subplots(1, 2)
    _ranks(ranks := below.subplots(), found)
    below.legend(*ranks.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    nominal = np.linspace(0.0, 1.0, 201)
    events = next(iter(found.values())).sizes["event"]
    sampling = 1.96 * np.sqrt(nominal * (1.0 - nominal) / events)
    left.fill_between(
        nominal,
        nominal - sampling,
        nominal + sampling,
        color="0.85",
        label="honest, 95 % of samples",
    )
    for number, (name, one) in enumerate(found.items()):
        # as many ways as colours are told apart; the next are drawn broken, with crosses
        again, place = divmod(number, len(style.CYCLE))
        colour = style.CYCLE[place]
        level = one.level.values[0]
        covered = (level[None] <= nominal[:, None]).mean(axis=1)
        left.plot(nominal, covered, ("-", "--")[again], color=colour, label=label(name))
        depth = one.attrs["sea_bed"] - one.truth.values[:, 2]
        error = np.maximum(np.linalg.norm(one.error.values[0], axis=1), LEAST)
        right.plot(error, depth / 1e3, (".", "x")[again], color=colour, markersize=4)
    for level in (0.68, 0.95):
        left.axvline(level, color="0.5", linewidth=0.5, linestyle=":")
    left.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="stated probability of the region",
        ylabel="share of true positions inside",
    )
    right.set(xscale="log", xlabel="location error (m)", ylabel="depth below the sea bed (km)")
    right.set_ylim(right.get_ylim()[::-1])
    style.letter(left, "(a)")
    style.letter(right, "(b)")
    handles, names = left.get_legend_handles_labels()
    above.legend(handles, names, loc="outside upper center", ncols=4)
    return drawing


def _ranks(axes: Axes, found: dict[str, xr.Dataset]) -> None:
    """How far ranks of the truth are from a uniform law, a line for each way."""
    rows = np.arange(len(found))
    ranked = [ranks_of(one.isel(likelihood=0)) for one in found.values()]
    counts = np.array([len(each[0][1]) for each in ranked])
    # Kolmogorov's distance that 95 per cent of samples of a uniform law stay below
    chance = kstwo.ppf(0.95, counts)
    axes.barh(rows, chance, height=0.8, color="0.85", label="honest, 95 % of samples")
    for number, (name, marker, fill) in enumerate(MARKERS):
        distances = [uniform_distance(each[number][1])[0] for each in ranked]
        text = name if name == "TARP" else f"{name} (SBC)"
        axes.plot(distances, rows, marker, color="k", fillstyle=fill, markersize=5, label=text)
    axes.set(
        yticks=rows,
        yticklabels=[label(name) for name in found],
        xlim=(0, None),
        xlabel="distance of the true positions' ranks from a uniform law (Kolmogorov)",
    )
    axes.invert_yaxis()
    style.letter(axes, "(c)")


def edt_receivers(found: xr.Dataset) -> Figure:
    """Deviations of the event's place by all fours of a lattice, and where two fours are.

    Parameters
    ----------
    found
        ``known``, ``unknown`` (set, coordinate), ``published``, ``event`` (coordinate),
        ``nearest``, ``ours`` (receiver, coordinate), ``bounds`` (coordinate, end), m.
    """
    drawing, axes = style.subplots(1, 2, height_mm=85.0)
    left, right = axes[0]
    ways = (("known", "origin", style.CYCLE[0]), ("unknown", "differences", style.CYCLE[1]))
    for name, way, colour in ways:
        spread = found[name].values
        across = np.hypot(spread[:, 0], spread[:, 1]) / np.sqrt(2.0)
        # points by the thousand; a vector file of them would not open
        left.plot(
            across,
            spread[:, 2],
            ".",
            color=colour,
            markersize=2,
            alpha=0.4,
            rasterized=True,
            label=label(way),
        )
    x, y, z = found.published.values
    left.plot(np.hypot(x, y) / np.sqrt(2.0), z, "k*", markersize=9, label="Table 2, EDT")
    left.set(
        xscale="log",
        yscale="log",
        xlim=(8.0, FARTHEST),
        ylim=(4.0, FARTHEST),
        xlabel="deviation across, x and y (m)",
        ylabel="deviation in depth (m)",
    )
    for name, colour, marker, text in (
        ("ours", style.CYCLE[2], "s", "ours"),
        ("nearest", style.CYCLE[3], "v", "nearest to Table 2"),
    ):
        places = found[name].values / 1e3
        right.plot(places[:, 0], places[:, 1], marker, color=colour, label=text)
    event = found.event.values / 1e3
    right.plot(event[0], event[1], "kx", label="event")
    x_ends, y_ends, _ = found.bounds.values / 1e3
    right.set(xlim=x_ends, ylim=y_ends, aspect="equal", xlabel="x (km)", ylabel="y (km)")
    style.letter(left, "(a)")
    style.letter(right, "(b)")
    legend = left.legend(loc="lower right")
    for handle in legend.legend_handles[: len(ways)]:
        handle.set(markersize=5, alpha=1.0)
    right.legend()
    return drawing
