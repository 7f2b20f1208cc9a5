"""Figure of what fits into few bytes a receiver, beyond Spurio Mancini et al. (2021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.emulators.labels import LABELS
from latentearth.figures import style

# method: what readers see, colour, marker
METHODS = {
    "store": ("solver's field on nodes", style.CYCLE[0], "s"),
    "aligned_store": ("aligned, components, splines", style.CYCLE[2], "o"),
    "network": ("aligned, components, network", style.CYCLE[3], "D"),
    "mean": ("mean aligned trace", "0.4", "x"),
    "direct": (LABELS["direct"], style.CYCLE[1], "^"),
    "pca_nn": (LABELS["pca_nn"], style.CYCLE[4], "v"),
    "pca_gp": (LABELS["pca_gp"], style.CYCLE[5], ">"),
}
FRONTS = ("aligned_store", "network", "store")  # of which the least error at any size is a line


def memory(table: Mapping[str, Sequence]) -> Figure:
    """Errors, and times of a trace in a large batch, against bytes.

    Parameters
    ----------
    table
        Columns of :func:`support.memory.row`.
    """
    drawing, axes = style.subplots(1, 2, height_mm=90.0)
    methods = np.array(table["method"])
    size = np.array(table["size_kB"], float)
    error, late = (np.array(table[name], float) for name in ("l2_median", "trace_in_batch_cpu_us"))
    for (name, (text, colour, marker)), order in zip(METHODS.items(), range(9), strict=False):
        own = methods == name
        for ax, values in zip(axes[0], (error, late), strict=True):
            ax.plot(
                size[own], values[own], marker, color=colour, ms=4, label=text, zorder=3 + order
            )
        if name in FRONTS:
            _front(axes[0, 0], size[own], error[own], colour)
    axes[0, 0].set(
        xscale="log",
        yscale="log",
        xlabel="stored for a receiver (kB)",
        ylabel="relative error of traces, L2 (median)",
    )
    axes[0, 0].set_yticks([0.005, 0.01, 0.02, 0.05, 0.1, 0.2], minor=False)
    axes[0, 0].set_yticks([], minor=True)
    axes[0, 0].yaxis.set_major_formatter("{x:g}")
    axes[0, 1].set(
        xscale="log",
        ylim=(0, None),
        xlabel="stored for a receiver (kB)",
        ylabel="CPU time of a trace in a batch (µs)",
    )
    style.letter(axes[0, 0], "(a)")
    style.letter(axes[0, 1], "(b)")
    handles, names = axes[0, 0].get_legend_handles_labels()
    drawing.legend(handles, names, loc="outside upper center", ncols=4)
    return drawing


def _front(ax: Axes, size: np.ndarray, error: np.ndarray, colour: str) -> None:
    """The least error of what is no larger."""
    order = np.argsort(size)
    least = np.minimum.accumulate(error[order])
    ax.step(size[order], least, where="post", color=colour, lw=0.8, zorder=2)
