"""The cell-copying model: a sequential generator of ensembles of Voronoi models.

Models of a trans-dimensional sampler are constant within cells, and a point shares its value with
neighbours more often than not. Gaussians, copulas, flows and GANs blur that; here it is the model.
Points are visited in turn. Each either *copies* the value of a cell that some of its nearest
visited neighbours lie in, or *begins a new cell*. Which, is drawn from probabilities of its own
that depend on which of these neighbours share cells among each other (a table over the partitions
of the neighbours, counted in the ensemble and drawn towards the counts of all points), on how far a
cell reaches and how large it is by now (so that cells stay compact), and on how far its value lies
from what the cells around it leave for the point (so that extreme values stay in small cells). A
new value comes from the values that begin cells at this point, given the scores of the other cells
nearby; their influence is measured by distance and size, and is negative in tomography, where data
trade one cell off against the next.

What is counted one step ahead, given true neighbours, does not add up to the ensemble: errors of
visited points go on to the next ones. So the model is then corrected by its own draws, see
`cell_copying_corrections`.

Discontinuities, marginals, and covariances over some cells follow; there are no patches, hence no
seams. The idea joins sequential Gaussian simulation (Deutsch and Journel 1998, GSLIB) and multiple-
point statistics (Strebelle 2002, Mathematical Geology 34), where the event that is learnt is a
partition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from latentearth.earth.sphere import unit_vectors
from latentearth.generators import cell_copying_kernel as kernel
from latentearth.generators.base import EnsembleGenerator
from latentearth.generators.cell_copying_corrections import Corrected, correct_by_draws
from latentearth.generators.cell_copying_kernel import (
    CELL_SIZES,
    CLASSES,
    DISTANCES,
    VALUE_LEVELS,
    Geometry,
    Tables,
)
from latentearth.generators.coordinates import NormalScores, fit_normal_scores

SEARCHED = 96  # nearest points among which visited ones are looked for first
DRAWN_AT_ONCE = 128  # models for which random numbers are drawn together: 8 MB for 8000 points


@dataclass(frozen=True)
class CellCopyingSettings:
    """How closely an ensemble is followed.

    Attributes
    ----------
    copied
        Visited neighbours that a value is copied from; tables grow as their partitions (Bell
        numbers: 15 of four, 52 of five, 203 of six).
    conditioned
        Visited neighbours that a new value is conditioned on, at least `copied`.
    knots
        Quantiles of each point's values, and of the values that begin a cell there.
    pooling
        Weight of the probabilities of all points, in samples, in the table of each.
    learnt
        Values from which shapes of cells and influences are learnt: all points of samples that are
        evenly spread. The tables have 512 entries, so that a few thousand values stand for each.
    rounds
        Of learning the shapes.
    corrections, drawn
        Rounds of corrections, and models drawn for each.
    seed
        Of these draws.
    """

    copied: int = 4
    conditioned: int = 16
    knots: int = 33
    pooling: float = 10.0
    learnt: int = 2_000_000
    rounds: int = 6
    corrections: int = 14
    drawn: int = 400
    seed: int = 0


@dataclass(frozen=True)
class CellCopying(EnsembleGenerator):
    """A fitted model; its points are visited in their own order.

    Attributes
    ----------
    lat, lon
        Points in degrees, (point,).
    marginals, beginnings
        Normal scores of all values at a point, and of those that begin a cell there.
    probability
        Of each outcome of each partition (see :func:`partitions`), but for a factor,
        (point, outcome).
    shape
        By which the probability of copying a cell is multiplied, for each class of its reach (the
        chord to its first point) and size so far, (class,).
    worth
        By which it is multiplied, for each class of the score that the cell's value has at the
        point, less what the cells around let expect, and of its size so far, (class,).
    tilt
        By which it is multiplied, for each level of the score at the point, (point, level).
    trade, influence
        Of the scores of other cells on that of a value at a point, and of one that begins a cell,
        by their distance and size, (feature,).
    step
        Chord from one class to the next.
    deviation
        Of the score of a new value about what the others make of it.
    copied, conditioned
        Numbers of visited neighbours, see :class:`CellCopyingSettings`.
    """

    lat: np.ndarray
    lon: np.ndarray
    marginals: NormalScores
    beginnings: NormalScores
    probability: np.ndarray
    shape: np.ndarray
    worth: np.ndarray
    tilt: np.ndarray
    trade: np.ndarray
    influence: np.ndarray
    step: float
    deviation: float
    copied: int
    conditioned: int

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        geometry = _geometry(self.lat, self.lon, self.copied, self.conditioned)
        return self.draw_on(geometry, count, np.random.default_rng(seed))

    def draw_on(self, geometry: Geometry, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw models (count, point); visited neighbours, slow to find, are given."""
        drawn = np.empty((count, len(self.lat)), np.float32)
        marginals, own = self.marginals, self.beginnings
        for start in range(0, count, DRAWN_AT_ONCE):
            part = drawn[start : start + DRAWN_AT_ONCE]
            kernel.draw_models(
                rng.random(part.shape, np.float32),
                rng.standard_normal(part.shape, np.float32),
                geometry,
                (own.knots, own.scores),
                Tables(self.probability, self.shape, self.worth, self.tilt, self.trade, self.step),
                (marginals.knots, marginals.scores),
                (self.influence, self.deviation),
                self.copied,
                part,
            )
        return drawn


def visited_neighbours(lat: np.ndarray, lon: np.ndarray, count: int) -> np.ndarray:
    """The nearest points that come before each in the order of visits, nearest first.

    Returns
    -------
    numpy.ndarray
        int32, (point, count). The first points have fewer: the farthest is repeated, and the very
        first has itself.
    """
    place = unit_vectors(lat, lon)
    found = cKDTree(place).query(place, min(SEARCHED, len(place)))[1]
    near = np.zeros((len(place), count), np.int32)
    for point in range(1, len(place)):
        before = found[point][found[point] < point][:count]
        if len(before) < min(count, point):
            before = np.argsort(-(place[:point] @ place[point]), kind="stable")[:count]
        near[point] = before[-1]
        near[point, : len(before)] = before
    return near


def partitions(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes for each way in which `count` neighbours may share cells.

    A partition is written as the number of each neighbour's cell, counted as they come: 0, then
    0 or 1, ... Read as digits of bases 1, 2, 3, ..., they are its code. A partition into m cells
    has m + 1 outcomes in a row: a copy of cell 0, ..., m - 1, or a new cell.

    Returns
    -------
    first, cells
        By code, (count!,): where the outcomes begin (-1 if no partition has the code), and m.
    """
    first = np.full(math.factorial(count), -1, np.int32)
    cells = np.zeros(len(first), np.int32)
    outcomes = 0
    for code in range(len(first)):
        label, rest, most = [], code, -1
        for base in range(1, count + 1):
            label.append(rest % base)
            rest //= base
        for digit in label:
            if digit > most + 1:
                break
            most = max(most, digit)
        else:
            first[code], cells[code] = outcomes, most + 1
            outcomes += most + 2
    return first, cells


def fit(
    samples: np.ndarray, lat: np.ndarray, lon: np.ndarray, settings: CellCopyingSettings
) -> CellCopying:
    """Count which cells are copied, and measure how values in different cells correlate.

    Parameters
    ----------
    samples
        Models that are constant within cells, (sample, point), in any unit: points in one cell
        have the same value to the last bit.
    lat, lon
        Points in degrees, in an order in which each has neighbours before it (row by row, along a
        spiral), (point,).
    settings
        How closely.

    Notes
    -----
    Where no values are shared, all points begin new cells, and what is left is sequential Gaussian
    simulation with the point's own marginals.
    """
    if not 1 <= settings.copied <= settings.conditioned:
        raise ValueError(f"copied {settings.copied} of at most {settings.conditioned} conditioned")
    samples = np.ascontiguousarray(samples, np.float32)
    geometry = _geometry(lat, lon, settings.copied, settings.conditioned)
    counts = np.zeros((len(geometry.near), _outcomes(geometry)), np.float32)
    begins = np.zeros(samples.shape, bool)
    kernel.count_outcomes(samples, geometry, settings.copied, counts, begins)
    marginals = fit_normal_scores(samples, settings.knots)
    beginnings = _beginnings(samples, begins, marginals, settings.knots)
    learnt = min(len(samples), math.ceil(settings.learnt / samples.shape[1]))
    rows = np.linspace(0, len(samples) - 1, learnt).astype(int)
    some = samples[rows]
    scores, step = marginals.forward(some), _farthest_copy(some, geometry) / CLASSES
    (trade, _), (influence, explained) = _trades(
        (some, scores, beginnings.forward(some)), geometry, step, settings.copied
    )
    tables = Tables(
        _probabilities(counts, geometry.first, geometry.cells, settings.pooling),
        np.ones(CLASSES**2),
        np.ones(CLASSES**2),
        np.ones((samples.shape[1], VALUE_LEVELS)),
        trade,
        step,
    )
    _learn_shapes(some, scores, geometry, tables, marginals, settings)
    model = CellCopying(
        np.asarray(lat, float),
        np.asarray(lon, float),
        marginals,
        beginnings,
        *tables[:-1],
        influence,
        step,
        max(1.0 - explained / max(int(begins[rows].sum()), 1), 0.05) ** 0.5,
        settings.copied,
        settings.conditioned,
    )
    rng = np.random.default_rng(settings.seed)
    correct_by_draws(
        lambda: model.draw_on(geometry, settings.drawn, rng),
        Corrected(model.probability, model.tilt, model.trade, model.influence),
        samples,
        geometry,
        marginals,
        copied=settings.copied,
        rounds=settings.corrections,
    )
    return model


def _trades(known: tuple[np.ndarray, ...], geometry: Geometry, step: float, copied: int) -> list:
    """Regressions on the cells around, of all values and of new ones: weights, and what they
    explain of the sum of squares."""
    features = DISTANCES * CELL_SIZES
    matrices, rights = np.zeros((2, features, features)), np.zeros((2, features))
    kernel.measure_trades(*known, geometry, step, copied, matrices, rights)
    found = []
    for matrix, right in zip(matrices, rights, strict=True):
        ridge = 1e-3 * matrix.trace() / features + 1e-9
        weights = np.linalg.solve(matrix + ridge * np.eye(features), right)
        found.append((weights, float(2 * weights @ right - weights @ matrix @ weights)))
    return found


def _learn_shapes(samples, scores, geometry, tables, marginals, settings) -> None:
    """Scale `shape` and `worth` in turn until as much is copied of each class as expected."""
    quantiles = marginals.knots, marginals.scores
    for _ in range(settings.rounds):
        for number, table in enumerate((tables.worth, tables.shape)):
            sums = np.zeros((2, 2, CLASSES**2))
            kernel.measure_classes(
                samples, scores, geometry, tables, quantiles, settings.copied, sums[1], sums[0]
            )
            table *= (sums[number, 0] + 1) / (sums[number, 1] + 1)


def _outcomes(geometry: Geometry) -> int:
    """Outcomes of all partitions."""
    return int((geometry.cells[geometry.first >= 0] + 1).sum())


def _geometry(lat, lon, copied: int, conditioned: int) -> Geometry:
    """Visited neighbours, unit vectors, and partitions of the first `copied` neighbours."""
    near = visited_neighbours(lat, lon, conditioned)
    return Geometry(near, unit_vectors(lat, lon), *partitions(copied))


def _farthest_copy(samples: np.ndarray, geometry: Geometry) -> float:
    """Chord that cells seldom exceed, from their first point to their last ones."""
    near, place, far = geometry.near, geometry.place, 0.0
    for values in samples[:: max(len(samples) // 20, 1)]:
        _, first, cell = np.unique(values, return_index=True, return_inverse=True)
        far = max(far, np.quantile(np.linalg.norm(place - place[first[cell]], axis=1), 0.999))
    nearest = np.linalg.norm(place[1:] - place[near[1:, 0]], axis=1).mean()
    return float(max(far, 2 * nearest))


def _beginnings(
    samples: np.ndarray, begins: np.ndarray, marginals: NormalScores, knots: int
) -> NormalScores:
    """Normal scores of the values that begin a cell; of all values where those are few."""
    count = begins.sum(0)
    scores = np.linspace(-2.5, 2.5, knots).astype(np.float32)
    found = np.empty((samples.shape[1], knots), np.float32)
    for point in range(samples.shape[1]):
        if count[point] < 4 * knots:
            found[point] = np.interp(scores, marginals.scores, marginals.knots[point])
            continue
        own = fit_normal_scores(samples[begins[:, point], point][:, None], knots)
        found[point] = np.interp(scores, own.scores, own.knots[0])
    return NormalScores(found, scores)


def _probabilities(
    counts: np.ndarray, first: np.ndarray, cells: np.ndarray, pooling: float
) -> np.ndarray:
    """Probabilities of outcomes (point, outcome), those of each partition adding up to one."""
    pooled = counts.sum(0, dtype=np.float64) + 1e-3
    found = np.empty_like(counts)
    for code in np.flatnonzero(first >= 0):
        part = slice(first[code], first[code] + cells[code] + 1)
        share = pooled[part] / pooled[part].sum()
        weighted = counts[:, part] + pooling * share.astype(np.float32)
        found[:, part] = weighted / weighted.sum(1, keepdims=True)
    return found
