"""Figure of calibration of priors of images; not in Santos et al. (2024)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.diagnostics.coverage import LEVELS
from latentearth.figures import style
from support.figures.santos2024_inversion import SYMBOLS
from support.labels import PRIORS

FEWEST = 0.002  # of all pixels, of which a point of reliability is drawn
KINDS = {
    ("cake", "independent"): ("independent errors (the paper's)", "s"),
    ("cake", "correlated"): ("correlated errors", "o"),
    ("own", "correlated"): ("the prior's own images", "^"),
}
POSTERIORS = {  # lines, and faces of marks
    "full": ("", "--", "white"),
    "powered": (", to a learned power", "-", None),
}


def calibration(runs: Mapping[str, xr.Dataset], rows: Sequence[dict], note: str) -> Figure:
    """What each prior states, and how much of it is true.

    Parameters
    ----------
    runs
        By prior, scores of all cases.
    rows
        Of the table of calibration.
    note
        What the figure was made with.
    """
    figure, axes = style.subplots(3, len(runs), height_mm=155, width="double")
    for column, (prior, found) in enumerate(runs.items()):
        for (truth, errors), posterior in itertools.product(KINDS, POSTERIORS):
            kind = {"truth": truth, "errors": errors, "posterior": posterior}
            chosen = np.all([found[name].values == kind[name] for name in kind], axis=0)
            if chosen.any():
                one, look = found.isel(run=chosen), _look(**kind)
                _reliability(axes[0, column], one.pixels.values, look)
                held = one.held.mean("run").values
                axes[1, column].plot(range(6), held[1], **look)
                _ranks(axes[2, column], one.component_ranks.values, look)
        _frame(axes[:, column], PRIORS[prior], column == 0)
        _words(axes[0, column], [row for row in rows if row["prior"] == prior])
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels) // 2, fontsize=6.5)
    figure.supxlabel(note, fontsize=6, color="0.35")
    return figure


def _look(truth: str, errors: str, posterior: str) -> dict:
    """Line and marks of a kind of truth, law of errors and posterior."""
    (name, mark), (more, line, face) = KINDS[truth, errors], POSTERIORS[posterior]
    color = _color(truth, errors)
    look = {"color": color, "ls": line, "lw": 1.0, "marker": mark, "ms": 3.2, "mfc": face or color}
    return {**look, "label": name + more}


def _color(truth: str, errors: str) -> str:
    """Of a kind of truth and law of errors."""
    return style.CYCLE[2] if truth == "own" else style.CYCLE[errors == "correlated"]


def _reliability(ax: Axes, pixels: np.ndarray, look: dict) -> None:
    """Share of pixels that are right over the stated probability, of (case, 3, bin)."""
    count, right, stated = pixels.sum(0)
    many = count > FEWEST * count.sum()
    ax.plot(stated[many] / count[many], right[many] / count[many], **look)


def _ranks(ax: Axes, found: np.ndarray, look: dict) -> None:
    """Share of ranks, (case, number), below each value, less that value."""
    at = np.linspace(0, 1, 201)
    below = np.searchsorted(np.sort(found.ravel()), at, "right") / found.size
    ax.plot(at, below - at, **{**look, "marker": ""})


def _frame(axes: np.ndarray, name: str, first: bool) -> None:
    """What is honest in each panel, and labels."""
    pixels, held, ranks = axes
    pixels.set_title(name)
    pixels.plot([0.5, 1], [0.5, 1], color="0.6", lw=0.7, zorder=0)
    pixels.set(xlim=(0.5, 1), ylim=(0.35, 1), xlabel="stated probability of a pixel's colour")
    held.axhline(LEVELS[1], color="0.6", lw=0.7, zorder=0)
    held.set_xticks(range(6), SYMBOLS)
    held.set(ylim=(0.4, 1.02), xlabel="coefficient")
    ranks.axhline(0, color="0.6", lw=0.7, zorder=0)
    ranks.set(xlim=(0, 1), ylim=(-0.4, 0.4), xlabel="rank of the truth among draws")
    if first:
        pixels.set_ylabel("share that is right")
        held.set_ylabel("truths in intervals of 95%")
        ranks.set_ylabel("share of ranks below,\nless what is expected")


def _words(ax: Axes, rows: Sequence[dict]) -> None:
    """Power, and pixels right and stated, of each row of cakes."""
    lines = [("power: right, stated", "0.35")]
    for row in rows:
        if row["truth"] == "cake":
            right, stated = row["pixels_right"], row["pixels_stated"]
            power = "1" if row["posterior"] == "full" else f"{row['power']:.2f}"
            text = f"{power}: {right:.2f}, {stated:.2f}"
            lines.append((text, _color(row["truth"], row["errors"])))
    for place, (text, color) in enumerate(lines):
        ax.text(0.51, 0.98 - 0.05 * place, text, color=color, fontsize=6, va="top")
