"""Figure of recovery of Santos et al. (2024)'s targets by several priors; not in the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.figures import style
from support.figures.santos2024 import show_image
from support.labels import PRIORS

SHOWN = 6  # targets at most whose images are shown
GOALS = (0.88, 0.93)


def recovery(
    true: np.ndarray, means: Mapping[str, np.ndarray], rows: Sequence[dict], note: str
) -> Figure:
    """True images, what each method makes of their data, and shares of correct pixels.

    Parameters
    ----------
    true
        (target, y, x).
    means
        Mean image of each target by prior, (target, y, x); NaN where a prior has none.
    rows
        Of the table of recovery, at one wavelength.
    note
        What the figure was made with.
    """
    count = min(SHOWN, len(true))
    wide = 0.145 * count
    figure = style.figure("double", 22 * (1 + len(means)) + 8)
    left, right = figure.subfigures(1, 2, width_ratios=(wide, max(1 - wide, 0.35)))
    axes = left.subplots(1 + len(means), count, squeeze=False)
    for k in range(count):
        show_image(axes[0, k], true[k])
        axes[0, k].set_title(f"target {k}", fontsize=7)
        for ax, images in zip(axes[1:, k], means.values(), strict=True):
            _with_share(ax, images[k], true[k])
    for ax, name in zip(
        axes[:, 0], ["truth", *(PRIORS.get(name, name) for name in means)], strict=True
    ):
        ax.set_ylabel(name, fontsize=6)
    _shares(right.subplots(), [*means], rows)
    if note:
        figure.supxlabel(note, fontsize=6, color="0.35")
    return figure


def _with_share(ax: Axes, image: np.ndarray, true: np.ndarray) -> None:
    """A mean image and its share of correct pixels; nothing where it was not made."""
    if np.isnan(image).any():
        ax.set_axis_off()
        return
    show_image(ax, image)
    ax.set_xlabel(f"{100 * np.mean((image > 0.5) == (true > 0.5)):.1f}%", fontsize=6, labelpad=1)


def _shares(ax: Axes, priors: Sequence[str], rows: Sequence[dict]) -> None:
    """Shares of correct pixels: a dot for each run, a bar at their mean."""
    for place, prior in enumerate(priors):
        found = [100 * row["pixels_right"] for row in rows if row["prior"] == prior]
        color = style.CYCLE[place % len(style.CYCLE)]
        ax.plot(found, np.full(len(found), place), "o", color=color, alpha=0.6, mec="none")
        ax.plot([np.mean(found)] * 2, [place - 0.25, place + 0.25], color=color, lw=2)
        ax.text(101, place, f"{np.mean(found):.1f}", va="center", fontsize=7)
    for goal, style_of in zip(GOALS, (":", "--"), strict=True):
        ax.axvline(100 * goal, color="0.6", lw=0.7, ls=style_of)
    ax.set_yticks(range(len(priors)), [PRIORS.get(prior, prior) for prior in priors])
    ax.invert_yaxis()
    ax.set_xlim(45, 100)
    ax.set_xlabel("pixels right (%): a dot for each target and seed, bar and number: mean")
