"""Corrections of a cell-copying model by its own draws.

A sequential model is learnt one step ahead of true models, but draws on what it has drawn itself;
small errors of one point are copied to the next. So models are drawn, and what they have too much
of is made less likely, until they agree with the ensemble in three things: how often each value
occurs at each point (cells are copied more or less readily by the level of their value there), how
often a point differs from its visited neighbours (new cells become more or less likely there), and
how values of neighbouring cells correlate (one factor on all influences). Corrections of this kind
make moments of simulations equal to those that are wanted, as the method of simulated moments does
(McFadden 1989, Econometrica 57); steps become smaller as draws add up (Robbins and Monro 1951).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from latentearth.generators.cell_copying_kernel import VALUE_LEVELS, Geometry, count_levels
from latentearth.generators.coordinates import NormalScores

COMPARED = 2000  # samples of the ensemble that draws are compared with, evenly spread
FULL_STEPS = 6  # rounds before steps become smaller
OF_VALUES, OF_CELLS = 0.6, 2.0  # exponents: above 1 where much of a change is undone by others
KNOWN = (5, 20)  # models' worth of agreement added to counts of values and of differences
MOST_CHANGE = 2.0  # by which influences change at once


class Corrected(NamedTuple):
    """What of a cell-copying model is corrected, in place."""

    probability: np.ndarray
    tilt: np.ndarray
    trade: np.ndarray
    influence: np.ndarray


class DrawnStatistics(NamedTuple):
    """What draws and the ensemble should share."""

    levels: np.ndarray  # shares of the levels of values, (point, level)
    apart: np.ndarray  # share of visited neighbours that differ, (point,)
    traded: float  # mean product of the scores of neighbours that differ


def drawn_statistics(
    marginals: NormalScores, samples: np.ndarray, near: np.ndarray
) -> DrawnStatistics:
    """Statistics of samples (sample, point) with the first visited neighbours (point, copied)."""
    scores = marginals.forward(samples)
    levels = np.zeros((samples.shape[1], VALUE_LEVELS))
    count_levels(scores, levels)
    apart, product, pairs = np.zeros(samples.shape[1]), 0.0, 0
    for neighbour in near.T:
        differ = samples[:, neighbour] != samples
        apart += differ.mean(0) / near.shape[1]
        product += (scores[:, neighbour] * scores)[differ].sum(dtype=float)
        pairs += int(differ.sum())
    return DrawnStatistics(levels / len(samples), apart, product / max(pairs, 1))


def correct_by_draws(
    draw: Callable[[], np.ndarray],
    parts: Corrected,
    samples: np.ndarray,
    geometry: Geometry,
    marginals: NormalScores,
    *,
    copied: int,
    rounds: int,
) -> None:
    """Change parts of a model until its draws agree with samples (sample, point).

    `draw` gives new models (model, point) of the parts as they are, once in each round.
    """
    near = geometry.near[:, :copied]
    rows = np.linspace(0, len(samples) - 1, min(len(samples), COMPARED)).astype(int)
    wanted = drawn_statistics(marginals, samples[rows], near)
    possible = geometry.first >= 0
    new = geometry.first[possible] + geometry.cells[possible]
    for number in range(rounds):
        drawn = draw()
        found, count = drawn_statistics(marginals, drawn, near), len(drawn)
        gain = min(1.0, FULL_STEPS / (number + 1))
        ratio = (wanted.levels * count + KNOWN[0]) / (found.levels * count + KNOWN[0])
        parts.tilt[:] *= ratio ** (OF_VALUES * gain)
        odds = (wanted.apart * count + KNOWN[1]) / (found.apart * count + KNOWN[1])
        parts.probability[:, new] *= (odds[:, None] ** (OF_CELLS * gain)).astype(np.float32)
        if wanted.traded * found.traded > 0:
            more = np.clip(wanted.traded / found.traded, 1 / MOST_CHANGE, MOST_CHANGE) ** gain
            parts.trade[:] *= more
            parts.influence[:] *= more
