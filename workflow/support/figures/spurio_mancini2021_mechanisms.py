"""Moment tensors of random events: true and found, beyond Spurio Mancini et al. (2021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from latentearth.figures import style
from latentearth.figures.beachballs import beachball, lune_frame, to_lune
from latentearth.inversion.tensor_types import lune

COLOURS = {"explosion": "#d55e00", "double couple": "#0072b2", "CLVD": "#009e73", "any": "#cc79a7"}
SHOWN = 20  # beach balls
ACROSS = 5


def mechanisms(table: Mapping[str, Sequence], tensors: xr.Dataset) -> Figure:
    """Beach balls, types on the lune, and errors beside those of an assumed explosion.

    Parameters
    ----------
    table
        Columns of table_mechanisms.csv.
    tensors
        ``true_tensor`` (event, number), ``tensor`` (event, draw, number).
    """
    figure = style.figure(height_mm=78)
    left, middle, right = figure.subplots(1, 3, width_ratios=(2.2, 0.9, 1.5))
    truth, drawn, kinds = tensors.true_tensor.values, tensors.tensor.values, list(table["kind"])
    for number in range(min(len(kinds), SHOWN)):
        x, y = 2.5 * (number % ACROSS), -1.75 * (number // ACROSS)
        beachball(left, truth[number], (x, y), 0.5, "0.3")
        beachball(left, drawn[number].mean(0), (x + 1.06, y), 0.5, COLOURS[kinds[number]])
        left.text(x + 0.53, y - 0.8, f"{table['angle_deg'][number]:.0f}°", ha="center", fontsize=6)
    left.set(aspect="equal", title="true (grey) and found; angle between them")
    left.axis("off")
    lune_frame(middle)
    for number, kind in enumerate(kinds):
        cloud = to_lune(*lune(drawn[number][::4]))
        middle.plot(*cloud, ".", ms=1, color=COLOURS[kind], alpha=0.3, zorder=1, mew=0)
        middle.plot(*to_lune(*lune(truth[number])), "o", ms=3, mfc="none", mec="k", mew=0.6)
    middle.set_title("types: draws, and true (circles)")
    for kind, colour in COLOURS.items():
        rows = [number for number, name in enumerate(kinds) if name == kind]
        free, assumed = (
            np.asarray(table[name], float)[rows] for name in ("error_m", "error_as_explosion_m")
        )
        right.plot(free, assumed, "o", color=colour, ms=4, label=kind)
    ends = np.array([*table["error_m"], *table["error_as_explosion_m"]], float)
    ends = np.array([0.6 * ends.min(), 1.6 * ends.max()])
    right.plot(ends, ends, color="0.6", lw=0.6, zorder=0)
    right.set(
        xscale="log",
        yscale="log",
        xlim=ends,
        ylim=ends,
        aspect="equal",
        xlabel="error of location, tensor free (m)",
        ylabel="error, taken for an explosion (m)",
    )
    for axis in (right.xaxis, right.yaxis):
        axis.set_minor_formatter(NullFormatter())
    right.legend(loc="lower right", fontsize=6)
    return figure
