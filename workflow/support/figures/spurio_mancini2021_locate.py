"""A page of figures for one event: where it was, how it broke, how well it explains the records."""

from __future__ import annotations

import textwrap

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from latentearth.figures import style
from latentearth.figures.beachballs import beachball, lune_frame, to_lune
from latentearth.inversion.tensor_types import lune

COLOUR, TRUE, PICKED = "#0072b2", "#d55e00", "#009e73"
PLANES = ((0, 1), (0, 2), (1, 2))
NAMES = ("x", "y", "z")


def event_page(event: xr.Dataset, magnitude: tuple[float, float]) -> Figure:
    """One page.

    Parameters
    ----------
    event
        As of :func:`support.one_event.event_dataset`.
    magnitude
        Mean and deviation, Mw.
    """
    page = style.figure(height_mm=190)
    top, bottom = page.subfigures(2, 1, height_ratios=(1.15, 1.0))
    upper = top.subplots(2, 3, height_ratios=(1.0, 1.0))
    true = event.true_position.values if "true_position" in event else None
    for ax, pair in zip(upper[0], PLANES, strict=True):
        _plane(ax, event.position.values, pair, true)
    _times(upper[1, 0], event, magnitude)
    _ball(upper[1, 1], event)
    _types(upper[1, 2], event)
    handles, names = upper[0, 0].get_legend_handles_labels()
    top.legend(handles, names, loc="outside upper center", ncols=3)
    _records(bottom, event)
    page.suptitle(textwrap.fill(f"errors that count: {event.attrs['errors']}", 115), fontsize=7)
    return page


def _plane(ax: Axes, positions: np.ndarray, pair: tuple[int, int], true: np.ndarray | None) -> None:
    """Draws in a plane, about their mean."""
    mean, deviation = positions.mean(0), positions.std(0)
    ax.plot(
        *(positions[:, list(pair)] - mean[list(pair)]).T,
        ".",
        ms=2,
        color=COLOUR,
        alpha=0.3,
        mew=0,
        label="draws of the posterior (points)",
    )
    ax.plot(0, 0, "+", color="k", ms=7, label="their mean")
    if true is not None:
        ax.plot(*(true - mean)[list(pair)], "x", color=TRUE, ms=7, mew=1.5, label="true (example)")
    labels = [f"{NAMES[k]} about {mean[k]:.1f} ± {deviation[k]:.2g} (m)" for k in pair]
    ax.set(xlabel=labels[0], ylabel=labels[1])


def _times(ax: Axes, event: xr.Dataset, magnitude: tuple[float, float]) -> None:
    """Time and size of the event."""
    times = event.event_time.values
    ax.hist(1e3 * (times - times.mean()), 30, color=COLOUR, alpha=0.6)
    if "true_time" in event:
        ax.axvline(1e3 * float(event.true_time - times.mean()), color=TRUE)
    ax.set(
        xlabel=f"time after {times.mean():.4f} s (ms)",
        yticks=[],
        ylabel="draws",
        title=f"Mw {magnitude[0]:.2f} ± {magnitude[1]:.2g}",
    )


def _ball(ax: Axes, event: xr.Dataset) -> None:
    """Beach ball of the mean tensor, and of the true one beside it."""
    beachball(ax, event.tensor.values.mean(0), (0, 0), 1.0, COLOUR)
    ax.set_title("mean tensor" + (", and true (small)" if "true_tensor" in event else ""))
    if "true_tensor" in event:
        beachball(ax, event.true_tensor.values, (1.75, 0), 0.5, TRUE)
    ax.set_aspect("equal")
    ax.axis("off")


def _types(ax: Axes, event: xr.Dataset) -> None:
    """Draws of the tensor on the lune."""
    lune_frame(ax)
    ax.plot(*to_lune(*lune(event.tensor.values)), ".", ms=2, color=COLOUR, alpha=0.3, mew=0)
    if "true_tensor" in event:
        ax.plot(*to_lune(*lune(event.true_tensor.values)), "x", color=TRUE, ms=6, mew=1.5)
    ax.set_xlabel("type of source")


def _records(part, event: xr.Dataset) -> None:
    """Records and what the most likely source predicts, in deviations of the noise."""
    axes = part.subplots(event.sizes["receiver"], 1, sharex=True)
    time, noise = event.time.values, event.noise.values
    for number, ax in enumerate(np.atleast_1d(axes)):
        ax.plot(time, event.observed[number] / noise[number], color="0.6", lw=0.8, label="record")
        ax.plot(
            time, event.predicted[number] / noise[number], color=COLOUR, lw=0.8, label="predicted"
        )
        ax.set(xlim=(time[0], time[-1]))
        ax.set_title(
            f"receiver {number + 1} of those used, noise {noise[number]:.2g} Pa", fontsize=7
        )
    axes[0].legend(loc="upper left", ncols=2, fontsize=6)
    part.supylabel("pressure, in deviations of the noise", fontsize=8)
    axes[-1].set_xlabel("time on the records' clock (s)")
