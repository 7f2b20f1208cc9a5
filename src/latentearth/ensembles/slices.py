"""Samples close to the plane of the first two coordinates: Scheiter et al. 2022, Fig. 4.

A sample belongs to the slice if every coordinate beyond the second is within +-half_width, a
box. In many dimensions few samples do, so that billions must be drawn, and none be stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import boolean, float64, njit


@dataclass(frozen=True)
class Slice:
    """Samples of a slice and what they cost.

    Attributes
    ----------
    samples
        (sample, coordinate), no more than were wanted.
    drawn
        Samples drawn in all.
    found
        Of those, samples in the slice, surplus of the last block included: ``found / drawn``
        estimates the probability of the slice.
    seconds
        Wall-clock time.
    """

    samples: np.ndarray
    drawn: int
    found: int
    seconds: float


@njit(boolean(float64[::1], float64[::1]), cache=True, nogil=True)
def in_slice(x: np.ndarray, limits: np.ndarray) -> bool:
    """Tell whether one point (coordinate,) is in the slice of half-width ``limits[0]``."""
    for j in range(2, x.size):  # noqa: SIM110 - a plain loop is what compiles
        if abs(x[j]) >= limits[0]:
            return False
    return True


@njit(cache=True, nogil=True)
def _rows_in_slice(points: np.ndarray, half_width: float, rows: np.ndarray) -> int:
    """Write the numbers of the rows in the slice into `rows`; return how many."""
    count = 0
    for i in range(points.shape[0]):
        rows[count] = i  # overwritten unless the row is counted
        inside = 1
        for j in range(2, points.shape[1]):
            if not abs(points[i, j]) < half_width:  # so written, NaN is outside
                inside = 0
                break
        count += inside
    return count


def within_slice(points: np.ndarray, half_width: float) -> np.ndarray:
    """Points (sample, coordinate) in the slice, in their order, as a copy."""
    points = np.asarray(points)
    if points.ndim != 2 or points.shape[1] < 2:
        raise ValueError(f"points have shape {points.shape}; expected (sample, 2 or more)")
    rows = np.empty(len(points), np.int64)
    return points[rows[: _rows_in_slice(points, half_width, rows)]]


def collect_slice(
    draw_block: Callable[[], np.ndarray | tuple[np.ndarray, int]],
    half_width: float,
    wanted: int,
    maximum: int,
    report: Callable[[int, int], None] | None = None,
) -> Slice:
    """Draw blocks of samples until enough are in the slice, holding one block at a time.

    Parameters
    ----------
    draw_block
        Gives a new block of samples (sample, coordinate) at each call; or a pair of samples
        and their number before filtering, if it has left some outside the slice out already
        (a generator on a GPU, or :func:`latentearth.samplers.random_walk.drawer`).
    half_width
        Of the slice, in each coordinate beyond the second.
    wanted
        Samples in the slice after which to stop.
    maximum
        Samples drawn after which to stop; the last block may go beyond.
    report
        Called with the numbers drawn and found after each block.

    Raises
    ------
    ValueError
        If a block is empty, since the search would never end.
    """
    begin = time.perf_counter()
    kept: list[np.ndarray] = []
    drawn = found = 0
    while found < wanted and drawn < maximum:
        block = draw_block()
        block, count = block if isinstance(block, tuple) else (block, len(block))
        if count < 1:
            raise ValueError("draw_block gave an empty block")
        kept.append(within_slice(block, half_width))
        drawn += count
        found += len(kept[-1])
        if report is not None:
            report(drawn, found)
    samples = np.concatenate(kept)[:wanted] if kept else np.empty((0, 2), np.float32)
    return Slice(samples, drawn, found, time.perf_counter() - begin)
