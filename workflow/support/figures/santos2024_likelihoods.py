"""Figure of posteriors by independent and by correlated errors; not in Santos et al. (2024)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.figures import style
from support.figures.santos2024 import show_image
from support.figures.santos2024_inversion import SYMBOLS, UNCERTAINTY, field, wavelength

DATA = {"anisotropic": "all six", "isotropic": "$C^*_{11}$ alone"}
COLORS = {"independent": style.CYCLE[0], "correlated": style.CYCLE[1], "observation": "0.45"}
NAMES = {
    "independent": "independent errors (the paper's)",
    "correlated": "correlated errors",
}
LINEAR = {
    "independent": "the same, linear downscaling",
    "correlated": "the same, linear downscaling",
    "observation": "errors of observation alone, linear",
}


def likelihoods(numbers: xr.Dataset, rows: Sequence[dict], note: str) -> Figure:
    """Figure 14 by both laws of errors, and scores of several targets.

    Parameters
    ----------
    numbers
        ``mean`` and ``deviation`` of the first target by errors and data, the true image, and the
        covariance of the generator's errors between coefficients.
    rows
        Of the table of likelihoods.
    note
        What the figure was made with.
    """
    figure = style.figure("double", 150)
    top, bottom = figure.subfigures(2, 1, height_ratios=(1.55, 1))
    axes = top.subplots(2, 5)
    true = numbers.true_image.values
    show_image(axes[0, 0], true, f"target 0, {wavelength(float(numbers.waves))}")
    _correlations(axes[1, 0], numbers.generator.values)
    spread, column = float(numbers.deviation.max()), 1
    for errors in numbers.errors.values.tolist():
        for data in numbers.data.values.tolist():
            one = numbers.sel(errors=errors, data=data)
            right = np.mean((one["mean"].values > 0.5) == (true > 0.5))
            title = f"{errors}, {DATA[data]}\nmean: {100 * right:.0f}% right"
            show_image(axes[0, column], one["mean"].values, title)
            deviation = one.deviation.values
            shown = field(
                axes[1, column], deviation, f"mean deviation {deviation.mean():.3f}",
                UNCERTAINTY, (0, spread),
            )  # fmt: skip
            column += 1
    for ax in axes.ravel():
        ax.title.set_fontsize(6.5)
    top.colorbar(shown, ax=axes[1, -1], shrink=0.8, aspect=20, label="standard deviation")
    panels = bottom.subplots(1, 3)
    sampled = [row for row in rows if row["method"] == "annealing"]
    linear = [row for row in rows if row["method"] == "linear"]
    _dots(panels[0], sampled, "nats", "information of the data (nats)", linear)
    _dots(panels[1], sampled, "pixels_right", "share of pixels right", linear)
    _dots(panels[2], sampled, "held_95", "true coefficients in intervals of 95%")
    panels[2].axvline(0.95, color="0.6", lw=0.7, ls="--")
    handles, labels = panels[1].get_legend_handles_labels()
    bottom.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=6.5)
    if note:
        figure.supxlabel(note, fontsize=6, color="0.35")
    return figure


def _correlations(ax: Axes, covariance: np.ndarray) -> None:
    """Correlations between coefficients, with their numbers."""
    size = np.sqrt(np.diag(covariance))
    together = covariance / np.outer(size, size)
    ax.imshow(together, cmap="RdBu_r", vmin=-1, vmax=1)
    for (row, column), value in np.ndenumerate(together):
        color = "white" if abs(value) > 0.6 else "black"
        ax.text(column, row, f"{value:.2f}"[-3 if value < 0.995 else 0 :], ha="center", va="center",
                fontsize=4.5, color=color)  # fmt: skip
    ax.set_xticks(range(6), SYMBOLS, fontsize=5.5)
    ax.set_yticks(range(6), SYMBOLS, fontsize=5.5)
    ax.tick_params(length=0)
    ax.set_title("the generator's errors:\ncorrelations")


def _dots(
    ax: Axes, rows: Sequence[dict], column: str, label: str, linear: Sequence[dict] = ()
) -> None:
    """A dot for each target, a bar at their mean; of linear downscaling the mean, as a cross."""
    for place, data in enumerate(DATA):
        for k, (errors, color) in enumerate(COLORS.items()):
            height = place + 0.22 * (k - 1)
            found = _values(rows, column, errors, data)
            if found:
                ax.plot(found, [height] * len(found), "o", ms=3, color=color, alpha=0.6, mec="none",
                        label=NAMES[errors] if place == 0 else None)  # fmt: skip
                ax.plot([np.mean(found)] * 2, [height - 0.09, height + 0.09], color=color, lw=2)
            found = _values(linear, column, errors, data)
            if found:
                name = LINEAR.get(errors) if place == 0 else None
                ax.plot(np.mean(found), height, "x", ms=5, color=color, label=name)
    ax.set_yticks(range(len(DATA)), [*DATA.values()], fontsize=7)
    ax.set_ylim(len(DATA) - 0.5, -0.5)
    ax.set_xlabel(label, fontsize=7)


def _values(rows: Sequence[dict], column: str, errors: str, data: str) -> list[float]:
    """One column of the rows of a law of errors and a kind of data."""
    return [row[column] for row in rows if row["errors"] == errors and row["data"] == data]
