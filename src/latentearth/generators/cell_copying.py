"""The cell-copying model: a sequential generator of ensembles of Voronoi models.

Models of a trans-dimensional sampler are constant within cells, and a point shares its value with
neighbours more often than not. Gaussians, copulas, flows and GANs blur that; here it is the model.
Points are visited in turn. Each either *copies* the value of a cell that some of its nearest
visited neighbours lie in, or *begins a new cell*. Which, is drawn from probabilities of its own
that depend on which of these neighbours share cells among each other (a table over the partitions
of the neighbours, counted in the ensemble and drawn towards the counts of all points), on how far a
cell reaches and how large it is by now (so that cells stay compact), and on how far its value lies
from the point's own values (so that extreme values stay in small cells). A new value comes from the
values that begin cells at this point, given the scores of the other cells nearby; their influence
is measured, and is negative in tomography, where data trade one cell off against the next.

Discontinuities, marginals, and covariances over some cells follow; there are no patches, hence no
seams. The idea joins sequential Gaussian simulation (Deutsch and Journel 1998, GSLIB) and multiple-
point statistics (Strebelle 2002, Mathematical Geology 34), where the event that is learnt is a
partition.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from scipy.spatial import cKDTree

from latentearth.earth.sphere import unit_vectors
from latentearth.generators.base import EnsembleGenerator
from latentearth.generators.coordinates import (
    NormalScores,
    fit_normal_scores,
    interpolate_one,
)

SEARCHED = 96  # nearest points among which visited ones are looked for first
DRAWN_AT_ONCE = 128  # models for which random numbers are drawn together: 8 MB for 8000 points
CLASSES = 16  # of cells by their reach, and as many by their size
DISTANCES = 16  # at which influences of other cells are kept


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
    """

    copied: int = 4
    conditioned: int = 12
    knots: int = 33
    pooling: float = 10.0
    learnt: int = 2_000_000
    rounds: int = 12


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
        Of each outcome of each partition (see :func:`partitions`), (point, outcome).
    shape
        By which the probability of copying a cell is multiplied, for each class of its reach (the
        chord to its first point) and size so far, (class,).
    worth
        By which it is multiplied, for each class of the score that the cell's value has at the
        point, and of its size so far: far values are in small cells, (class,).
    influence
        On the score of a new value, of the score of another cell, by chord, (distance,).
    step
        Chord from one class, or distance, to the next.
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
    influence: np.ndarray
    step: float
    deviation: float
    copied: int
    conditioned: int

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        rng = np.random.default_rng(seed)
        geometry = _geometry(self.lat, self.lon, self.copied, self.conditioned)
        drawn = np.empty((count, len(self.lat)), np.float32)
        marginals, own = self.marginals, self.beginnings
        for start in range(0, count, DRAWN_AT_ONCE):
            part = drawn[start : start + DRAWN_AT_ONCE]
            _draw(
                rng.random(part.shape, np.float32),
                rng.standard_normal(part.shape, np.float32),
                geometry,
                (own.knots, own.scores),
                (self.probability, self.shape, self.worth, self.step),
                (marginals.knots, marginals.scores),
                (self.influence, self.deviation),
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
    near, place, first, cells = geometry
    counts = np.zeros((len(near), int((cells[first >= 0] + 1).sum())), np.float32)
    begins = np.zeros(samples.shape, bool)
    _count_outcomes(samples, near, first, cells, settings.copied, counts, begins)
    marginals = fit_normal_scores(samples, settings.knots)
    beginnings = _beginnings(samples, begins, marginals, settings.knots)
    probability = _probabilities(counts, first, cells, settings.pooling)
    learnt = min(len(samples), math.ceil(settings.learnt / samples.shape[1]))
    rows = np.linspace(0, len(samples) - 1, learnt).astype(int)
    some = samples[rows]
    scores = marginals.forward(some), beginnings.forward(some)
    step = _farthest_copy(some, near, place) / CLASSES
    shape, worth = np.ones(CLASSES**2), np.ones(CLASSES**2)
    for number in range(2 * settings.rounds):
        by_shape, by_worth = np.zeros((2, CLASSES**2)), np.zeros((2, CLASSES**2))
        # influences depend on neither table: once, with the last, is enough
        distances = DISTANCES if number == 2 * settings.rounds - 1 else 0
        matrix, right = np.zeros((distances, distances)), np.zeros(distances)
        tables = probability, shape, worth, step
        quantiles, sums = (marginals.knots, marginals.scores), (by_shape, by_worth, matrix, right)
        _measure(some, *scores, geometry, tables, quantiles, sums)
        if number % 2:
            shape *= (by_shape[0] + 1) / (by_shape[1] + 1)
        else:
            worth *= (by_worth[0] + 1) / (by_worth[1] + 1)
    ridge = 1e-3 * matrix.trace() / DISTANCES + 1e-9
    influence = np.linalg.solve(matrix + ridge * np.eye(DISTANCES), right)
    count = max(int(begins[rows].sum()), 1)
    explained = float(2 * influence @ right - influence @ matrix @ influence) / count
    return CellCopying(
        np.asarray(lat, float),
        np.asarray(lon, float),
        marginals,
        beginnings,
        probability,
        shape,
        worth,
        influence,
        float(step),
        max(1.0 - explained, 0.05) ** 0.5,
        settings.copied,
        settings.conditioned,
    )


def _geometry(lat, lon, copied: int, conditioned: int) -> tuple[np.ndarray, ...]:
    """Visited neighbours, unit vectors, and partitions of the first `copied` neighbours."""
    near = visited_neighbours(lat, lon, conditioned)
    return near, unit_vectors(lat, lon), *partitions(copied)


def _farthest_copy(samples, near, place) -> float:
    """Chord that cells seldom exceed, from their first point to their last ones."""
    far = 0.0
    for values in samples[:: max(len(samples) // 20, 1)]:
        _, first, cell = np.unique(values, return_index=True, return_inverse=True)
        far = max(far, np.quantile(np.linalg.norm(place - place[first[cell]], axis=1), 0.999))
    nearest = np.linalg.norm(place[1:] - place[near[1:, 0]], axis=1).mean()
    return max(far, 2 * nearest)


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


@numba.njit(cache=True)
def _partition(values, near, copied, label):
    """Label the cells of the first `copied` neighbours; give the code and how many they are."""
    most, code, base = 0, 0, 1
    label[0] = 0
    for j in range(1, copied):
        base *= j
        mine = most + 1
        for other in range(j):
            if values[near[other]] == values[near[j]]:
                mine = label[other]
                break
        label[j] = mine
        most = max(most, mine)
        code += mine * base
    return code, most + 1


@numba.njit(cache=True)
def _count_outcomes(samples, near, first, cells, copied, counts, begins):
    """Add up the outcomes of all samples (sample, point); mark where cells begin."""
    label = np.empty(copied, np.int64)
    for sample in range(samples.shape[0]):
        values = samples[sample]
        begins[sample, 0] = True
        for point in range(1, values.size):
            code, number = _partition(values, near[point], copied, label)
            outcome = number
            for j in range(copied):
                if values[near[point, j]] == values[point]:
                    outcome = label[j]
                    break
            begins[sample, point] = outcome == number
            counts[point, first[code] + outcome] += 1


@numba.njit(cache=True)
def _class(place, point, start, size, step):
    """Class of a visited cell: by the chord to its first point, and by how many it has."""
    chord = math.sqrt(
        (place[point, 0] - place[start, 0]) ** 2
        + (place[point, 1] - place[start, 1]) ** 2
        + (place[point, 2] - place[start, 2]) ** 2
    )
    reach = min(int(chord / step), CLASSES - 1)
    return reach * CLASSES + min(int(3 * math.log2(size)), CLASSES - 1)


@numba.njit(cache=True)
def _weigh(point, values, geometry, tables, quantiles, cells_so_far, room):
    """Probabilities of the outcomes at a point; also classes and owner of each visited cell."""
    near, place, first, _ = geometry
    probability, shape, worth, step = tables
    cell, start, size = cells_so_far
    label, weight, classes, owner, worths = room
    code, number = _partition(values, near[point], label.size, label)
    for j in range(label.size - 1, -1, -1):
        owner[label[j]] = near[point, j]
    total = 0.0
    for outcome in range(number + 1):
        weight[outcome] = probability[point, first[code] + outcome]
        if outcome < number:
            mine = cell[owner[outcome]]
            classes[outcome] = _class(place, point, start[mine], size[mine], step)
            value = values[owner[outcome]]
            score = interpolate_one(value, quantiles[0][point], quantiles[1])
            worths[outcome] = min(max(int(2 * (score + CLASSES / 4)), 0), CLASSES - 1)
            worths[outcome] = worths[outcome] * CLASSES + classes[outcome] % CLASSES
            weight[outcome] *= shape[classes[outcome]] * worth[worths[outcome]]
        total += weight[outcome]
    for outcome in range(number + 1):
        weight[outcome] /= total
    return number


@numba.njit(cache=True)
def _room(first):
    """What :func:`_weigh` fills: labels, probabilities, classes of shape, owners, of worth."""
    copied, codes = 1, 1
    while codes * copied < first.size:
        codes *= copied
        copied += 1
    whole = np.empty((4, copied), np.int64)
    return whole[0], np.empty(copied + 1), whole[1], whole[2], whole[3]


@numba.njit(cache=True)
def _no_cells(n_points):
    """Cell of each point, and first point and size of each cell: nothing yet."""
    return (
        np.empty(n_points, np.int64),
        np.empty(n_points, np.int64),
        np.empty(n_points, np.int64),
    )


@numba.njit(cache=True)
def _join(point, source, cells_so_far, number):
    """Put a point into the cell of another one, or (-1) into a new one; give the next number."""
    cell, start, size = cells_so_far
    if source >= 0:
        cell[point] = cell[source]
        size[cell[point]] += 1
        return number
    cell[point], start[number], size[number] = number, point, 1
    return number + 1


@numba.njit(cache=True)
def _others(point, values, near, others):
    """One point, the nearest, of each cell among the visited neighbours; how many there are."""
    number = 0
    for j in range(near.shape[1] if point > 0 else 0):
        new = True
        for i in range(number):
            if values[others[i]] == values[near[point, j]]:
                new = False
                break
        if new:
            others[number] = near[point, j]
            number += 1
    return number


@numba.njit(cache=True)
def _at_chord(place, a, b, step, last):
    """Number of the distance between two points."""
    chord = math.sqrt(
        (place[a, 0] - place[b, 0]) ** 2
        + (place[a, 1] - place[b, 1]) ** 2
        + (place[a, 2] - place[b, 2]) ** 2
    )
    return min(int(chord / step), last)


@numba.njit(cache=True)
def _measure(samples, scores, own_scores, geometry, tables, quantiles, sums):
    """Add up what is seen and expected of each class of cells, and the normal equations.

    `sums` are seen and expected by shape (2, class) and by worth (2, class), matrix (distance,
    distance) and right-hand side (distance,) of new values on those of other cells, or none of
    these two.
    """
    near, place, _, _ = geometry
    by_shape, by_worth, matrix, right = sums
    n_points, step = samples.shape[1], tables[3]
    room, cells_so_far = _room(geometry[2]), _no_cells(n_points)
    others, row = np.empty(near.shape[1], np.int64), np.empty(right.size)
    for sample in range(samples.shape[0]):
        values = samples[sample]
        count = _join(0, -1, cells_so_far, 0)
        for point in range(1, n_points):
            number = _weigh(point, values, geometry, tables, quantiles, cells_so_far, room)
            source = -1
            for outcome in range(number):
                by_shape[1, room[2][outcome]] += room[1][outcome]
                by_worth[1, room[4][outcome]] += room[1][outcome]
                if values[room[3][outcome]] == values[point]:
                    by_shape[0, room[2][outcome]] += 1
                    by_worth[0, room[4][outcome]] += 1
                    source = room[3][outcome]
            count = _join(point, source, cells_so_far, count)
            if source < 0 and right.size > 0:
                row[:] = 0
                for i in range(_others(point, values, near, others)):
                    at = _at_chord(place, point, others[i], step, right.size - 1)
                    row[at] += scores[sample, others[i]]
                for i in range(right.size):
                    if row[i] != 0:
                        right[i] += row[i] * own_scores[sample, point]
                        for j in range(right.size):
                            matrix[i, j] += row[i] * row[j]


@numba.njit(parallel=True, cache=True)
def _draw(uniform, normal, geometry, own, tables, quantiles, influences, drawn):
    """Fill models (sample, point)."""
    near, place, _, _ = geometry
    own_knots, own_scores = own
    influence, deviation = influences
    n_points, step = near.shape[0], tables[3]
    for sample in numba.prange(drawn.shape[0]):
        values, scores = drawn[sample], np.empty(n_points, np.float32)
        room, cells_so_far = _room(geometry[2]), _no_cells(n_points)
        others, count = np.empty(near.shape[1], np.int64), 0
        for point in range(n_points):
            source = -1
            if point > 0:
                number = _weigh(point, values, geometry, tables, quantiles, cells_so_far, room)
                left = uniform[sample, point]
                for outcome in range(number):
                    left -= room[1][outcome]
                    if left < 0:
                        source = room[3][outcome]
                        break
            count = _join(point, source, cells_so_far, count)
            if source >= 0:
                values[point] = values[source]
            else:
                score = deviation * normal[sample, point]
                for i in range(_others(point, values, near, others)):
                    at = _at_chord(place, point, others[i], step, influence.size - 1)
                    score += influence[at] * scores[others[i]]
                values[point] = interpolate_one(score, own_scores, own_knots[point])
            scores[point] = interpolate_one(values[point], quantiles[0][point], quantiles[1])
