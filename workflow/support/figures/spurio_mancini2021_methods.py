"""Figures of ways to locate events beyond Spurio Mancini et al. (2021)."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from latentearth.figures import style
from support.labels import label

LEAST = 0.05  # m, the least error that is drawn


def coverage_by_method(found: dict[str, xr.Dataset]) -> Figure:
    """Stated against true coverage, and errors by depth.

    Parameters
    ----------
    found
        By method: as of :func:`support.tables.spurio_mancini2021_methods.methods_rows`.
    """
    drawing, axes = style.subplots(1, 2, height_mm=85.0)
    left, right = axes[0]
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
        colour = style.CYCLE[number]
        level = one.level.values[0]
        covered = (level[None] <= nominal[:, None]).mean(axis=1)
        left.plot(nominal, covered, color=colour, label=label(name))
        depth = one.attrs["sea_bed"] - one.truth.values[:, 2]
        error = np.maximum(np.linalg.norm(one.error.values[0], axis=1), LEAST)
        right.plot(error, depth / 1e3, ".", color=colour, markersize=4)
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
    drawing.legend(handles, names, loc="outside upper center", ncols=4)
    return drawing
