"""Compiled core of the cell-copying model: visit points in turn, join their cells, add up, draw.

A model in the making is known by the values of its visited points, by their scores (the normal
scores of these values at the points themselves), and by the cell of each point with the first point
and the size so far of each cell.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

from latentearth.generators.coordinates import interpolate_one

CLASSES = 16  # of cells by their reach, as many by their size, and as many by their value
DISTANCES = 8  # at which influences of other cells are kept
VALUE_LEVELS = 8  # of a value at a point, by its score
CELL_SIZES = 6  # of other cells: 1, 2, 3 to 4, 5 to 8, 9 to 16, more


class Geometry(NamedTuple):
    """Points and their visited neighbours, and partitions of the first of these."""

    near: np.ndarray  # (point, conditioned) int32, nearest first
    place: np.ndarray  # (point, 3) unit vectors
    first: np.ndarray  # (code,) where a partition's outcomes begin
    cells: np.ndarray  # (code,) of a partition


class Tables(NamedTuple):
    """What decides which cell is copied."""

    probability: np.ndarray  # (point, outcome)
    shape: np.ndarray  # (class of reach and size,)
    worth: np.ndarray  # (class of value and size,)
    tilt: np.ndarray  # (point, level of the value there)
    trade: np.ndarray  # (distance and size,) of other cells on the value of a point
    step: float  # chord from one class of reach to the next


class Room(NamedTuple):
    """Where one point is worked out."""

    label: np.ndarray  # (copied,) cells of the first visited neighbours
    weight: np.ndarray  # (copied + 1,) probabilities of the outcomes
    by_shape: np.ndarray  # (copied,) class of each cell that may be copied
    by_worth: np.ndarray  # (copied,)
    owner: np.ndarray  # (copied,) its nearest point
    other: np.ndarray  # (conditioned,) nearest point of each cell around
    feature: np.ndarray  # (conditioned,) its distance and size


@numba.njit(cache=True)
def partition(values, near, label):
    """Label the cells of the first visited neighbours; give the code and how many they are."""
    most, code, base = 0, 0, 1
    label[0] = 0
    for j in range(1, label.size):
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
def count_outcomes(samples, geometry, copied, counts, begins):
    """Add up the outcomes of all samples (sample, point); mark where cells begin."""
    label = np.empty(copied, np.int64)
    for sample in range(samples.shape[0]):
        values = samples[sample]
        begins[sample, 0] = True
        for point in range(1, values.size):
            near = geometry.near[point]
            code, number = partition(values, near, label)
            outcome = number
            for j in range(copied):
                if values[near[j]] == values[point]:
                    outcome = label[j]
                    break
            begins[sample, point] = outcome == number
            counts[point, geometry.first[code] + outcome] += 1


@numba.njit(cache=True)
def _chord(place, a, b):
    return math.sqrt(
        (place[a, 0] - place[b, 0]) ** 2
        + (place[a, 1] - place[b, 1]) ** 2
        + (place[a, 2] - place[b, 2]) ** 2
    )


@numba.njit(cache=True)
def _start(geometry, copied):
    """Room for one point; cell of each point, and first point and size of each cell."""
    n_points, conditioned = geometry.near.shape
    room = Room(
        np.empty(copied, np.int64),
        np.empty(copied + 1),
        np.empty(copied, np.int64),
        np.empty(copied, np.int64),
        np.empty(copied, np.int64),
        np.empty(conditioned, np.int64),
        np.empty(conditioned, np.int64),
    )
    so_far = np.empty((3, n_points), np.int64)
    return room, (so_far[0], so_far[1], so_far[2])


@numba.njit(cache=True)
def _join(point, source, so_far, number):
    """Put a point into the cell of another one, or (-1) into a new one; give the next number."""
    cell, start, size = so_far
    if source >= 0:
        cell[point] = cell[source]
        size[cell[point]] += 1
        return number
    cell[point], start[number], size[number] = number, point, 1
    return number + 1


@numba.njit(cache=True)
def _look_around(point, values, geometry, so_far, step, room):
    """Find the cells around and what they are known by; give how many there are."""
    near, number = geometry.near[point], 0
    for j in range(near.size if point > 0 else 0):
        new = True
        for i in range(number):
            if values[room.other[i]] == values[near[j]]:
                new = False
                break
        if new:
            chord = _chord(geometry.place, point, near[j])
            distance = min(int(2 * chord / step), DISTANCES - 1)
            size = so_far[2][so_far[0][near[j]]]
            room.other[number] = near[j]
            large = min(math.ceil(math.log2(size)), CELL_SIZES - 1)
            room.feature[number] = distance * CELL_SIZES + large
            number += 1
    return number


@numba.njit(cache=True)
def level(score):
    """Level of a score: three quarters of a deviation each."""
    return min(max(int(score / 0.75 + VALUE_LEVELS / 2), 0), VALUE_LEVELS - 1)


@numba.njit(cache=True)
def count_levels(scores, counts):
    """Add up the levels of scores (sample, point): counts (point, level)."""
    for sample in range(scores.shape[0]):
        for point in range(scores.shape[1]):
            counts[point, level(scores[sample, point])] += 1


@numba.njit(cache=True)
def _weigh(point, values, scores, around, geometry, tables, quantiles, so_far, room):
    """Probabilities of the outcomes at a point; also classes and owner of each visited cell."""
    near = geometry.near[point]
    cell, start, size = so_far
    code, number = partition(values, near, room.label)
    for j in range(room.label.size - 1, -1, -1):
        room.owner[room.label[j]] = near[j]
    traded = 0.0
    for i in range(around):
        traded += tables.trade[room.feature[i]] * scores[room.other[i]]
    total = 0.0
    for outcome in range(number + 1):
        weight = tables.probability[point, geometry.first[code] + outcome]
        if outcome < number:
            owner = room.owner[outcome]
            mine = cell[owner]
            reach = int(_chord(geometry.place, point, start[mine]) / tables.step)
            large = min(int(2 * math.log2(size[mine])), CLASSES - 1)
            shape = min(reach, CLASSES - 1) * CLASSES + large
            score = interpolate_one(values[owner], quantiles[0][point], quantiles[1])
            weight *= tables.tilt[point, level(score)]
            score -= traded
            for i in range(around):  # a cell does not trade off against itself
                if values[room.other[i]] == values[owner]:
                    score += tables.trade[room.feature[i]] * scores[room.other[i]]
                    break
            worth = min(max(int(2 * (score + CLASSES / 4)), 0), CLASSES - 1) * CLASSES + large
            room.by_shape[outcome], room.by_worth[outcome] = shape, worth
            weight *= tables.shape[shape] * tables.worth[worth]
        room.weight[outcome] = weight
        total += weight
    for outcome in range(number + 1):
        room.weight[outcome] /= total
    return number


@numba.njit(cache=True)
def measure_classes(samples, scores, geometry, tables, quantiles, copied, by_shape, by_worth):
    """Add up what is seen and what is expected of each class of cells, (2, class) each."""
    room, so_far = _start(geometry, copied)
    for sample in range(samples.shape[0]):
        values, mine = samples[sample], scores[sample]
        count = _join(0, -1, so_far, 0)
        for point in range(1, values.size):
            around = _look_around(point, values, geometry, so_far, tables.step, room)
            number = _weigh(point, values, mine, around, geometry, tables, quantiles, so_far, room)
            source = -1
            for outcome in range(number):
                by_shape[1, room.by_shape[outcome]] += room.weight[outcome]
                by_worth[1, room.by_worth[outcome]] += room.weight[outcome]
                if values[room.owner[outcome]] == values[point]:
                    by_shape[0, room.by_shape[outcome]] += 1
                    by_worth[0, room.by_worth[outcome]] += 1
                    source = room.owner[outcome]
            count = _join(point, source, so_far, count)


@numba.njit(cache=True)
def measure_trades(samples, scores, own_scores, geometry, step, copied, matrix, right):
    """Add up the normal equations of a point's score on those of the other cells around.

    First of all values, then of those that begin a cell: matrix (2, feature, feature), right-hand
    side (2, feature).
    """
    room, so_far = _start(geometry, copied)
    for sample in range(samples.shape[0]):
        values, count = samples[sample], _join(0, -1, so_far, 0)
        for point in range(1, values.size):
            around = _look_around(point, values, geometry, so_far, step, room)
            source = -1
            for j in range(copied):
                if values[geometry.near[point, j]] == values[point]:
                    source = geometry.near[point, j]
                    break
            count = _join(point, source, so_far, count)
            for kind in range(2 if source < 0 else 1):
                target = own_scores[sample, point] if kind else scores[sample, point]
                for i in range(around):
                    a = room.other[i]
                    if values[a] == values[point]:
                        continue
                    right[kind, room.feature[i]] += scores[sample, a] * target
                    for k in range(around):
                        b = room.other[k]
                        if values[b] != values[point]:
                            matrix[kind, room.feature[i], room.feature[k]] += (
                                scores[sample, a] * scores[sample, b]
                            )


@numba.njit(parallel=True, cache=True)
def draw_models(uniform, normal, geometry, own, tables, quantiles, influences, copied, drawn):
    """Fill models (sample, point)."""
    influence, deviation = influences
    n_points = geometry.near.shape[0]
    for sample in numba.prange(drawn.shape[0]):
        values, scores = drawn[sample], np.empty(n_points, np.float32)
        room, so_far = _start(geometry, copied)
        count = 0
        for point in range(n_points):
            source = -1
            around = _look_around(point, values, geometry, so_far, tables.step, room)
            if point > 0:
                number = _weigh(
                    point, values, scores, around, geometry, tables, quantiles, so_far, room
                )
                left = uniform[sample, point]
                for outcome in range(number):
                    left -= room.weight[outcome]
                    if left < 0:
                        source = room.owner[outcome]
                        break
            count = _join(point, source, so_far, count)
            if source >= 0:
                values[point] = values[source]
            else:
                score = deviation * normal[sample, point]
                for i in range(around):
                    score += influence[room.feature[i]] * scores[room.other[i]]
                values[point] = interpolate_one(score, own[1], own[0][point])
            scores[point] = interpolate_one(values[point], quantiles[0][point], quantiles[1])
