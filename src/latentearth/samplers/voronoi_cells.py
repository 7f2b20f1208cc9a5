"""Compiled records and lists of spherical Voronoi cells, for `voronoi_kernel`.

A model is a set of nuclei on the unit sphere, each with a shear velocity; a place belongs to
the nearest nucleus. The data feel the model only at fixed path points, so the chain keeps, for
every point, its cell and the cosine of the angle to that cell's nucleus, and for every cell the
list of its points. A proposal visits only the points that it could concern. Two bounds from the
triangle inequality, with R_j the largest angle between nucleus j and a point of its cell, find
them exactly:

- a new nucleus x takes points only from cells with angle(x, j) < 2 R_j;
- the points of a cell i that goes, or moves by d, end up only with nuclei within 2 R_i + D of
  it, where D is the angle to the nearest other nucleus (or d).

A proposal is worked out in the arrays of `Work` and copied into the `State` only if accepted,
so that a rejection leaves no trace. The only scan over all cells is one dot product per cell.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

SLACK = 1e-12  # added to the bounds on cosines: rounding must never hide a cell


class Paths(NamedTuple):
    """What the data measure: time of datum d = sum over its points of weight / vs."""

    point: np.ndarray  # (point, 3) unit vectors
    datum: np.ndarray  # (point,) int32
    weight: np.ndarray  # (point,) length of path that the point stands for, km


class VoronoiState(NamedTuple):
    """All that a chain is; copying these arrays and nothing else resumes it exactly.

    The field `count` hides the method of tuples of that name, here and in :class:`Work`.
    """

    nucleus: np.ndarray  # (cell, 3) unit vectors
    vs: np.ndarray  # (cell,) km/s
    slowness: np.ndarray  # (cell,) s/km
    floor: np.ndarray  # (cell,) lower bound on the cosine to its points (R_j, see above)
    head: np.ndarray  # (cell,) int32, first point of its list, -1 if it has none
    after: np.ndarray  # (point,) int32, next point in the list
    before: np.ndarray  # (point,) int32, previous point in the list
    owner: np.ndarray  # (point,) int32, cell
    cosine: np.ndarray  # (point,) to the nucleus of its cell
    residual: np.ndarray  # (datum,) observed minus predicted, s
    fit: np.ndarray  # (2,) sum of squared residuals, s^2; noise level, s
    count: np.ndarray  # type: ignore[assignment]  # (2,) int64: cells, proposals made
    tally: np.ndarray  # (kind of proposal, proposed | accepted) int64
    random: np.ndarray  # (4,) uint64, state of the chain's random stream


class Work(NamedTuple):
    """Where one proposal is worked out; of no meaning between proposals."""

    changed: np.ndarray  # (point,) int32, points with a new cell or cosine
    owner: np.ndarray  # (point,) int32, their new cells
    cosine: np.ndarray  # (point,) their new cosines
    change: np.ndarray  # (datum,) change of the predictions, s; zero between proposals
    length: np.ndarray  # (datum,) of path in the cell whose velocity is drawn, km; zero between
    square: np.ndarray  # (4,) A, B, C, S of the sum of squares (see `voronoi_kernel`)
    visited: np.ndarray  # (cell,) int32, cells whose points were looked at
    floor: np.ndarray  # (cell,) their new floors
    near: np.ndarray  # (cell,) cosine of every nucleus to the place concerned
    candidate: np.ndarray  # (cell,) int32
    place: np.ndarray  # (3,) the new nucleus
    count: np.ndarray  # type: ignore[assignment]  # (2,) int64: changed points, visited cells
    cap: np.ndarray  # (4,) centre and cosine of the radius of the cap that proposals keep to


@njit(cache=True, nogil=True)
def _dot(a, i, b, j):
    return a[i, 0] * b[j, 0] + a[i, 1] * b[j, 1] + a[i, 2] * b[j, 2]


@njit(cache=True, nogil=True)
def shift_point(paths, state, work, p, slower):
    """Make point p slower by so many s/km."""
    d = paths.datum[p]
    more = paths.weight[p] * slower
    left = state.residual[d] - work.change[d]
    work.change[d] += more
    work.square[1] -= more * work.length[d]
    work.square[2] += more * (more - 2.0 * left)


@njit(cache=True, nogil=True)
def claim_point(paths, state, work, p, slowness):
    """Give point p, of this slowness so far, to the cell whose velocity is drawn."""
    d, more = paths.datum[p], paths.weight[p]
    shift_point(paths, state, work, p, work.square[3] - slowness)
    length = work.length[d]
    work.square[0] += more * (2.0 * length + more)
    work.square[1] += more * (state.residual[d] - work.change[d])
    work.length[d] = length + more


@njit(cache=True, nogil=True)
def take_points(paths, state, work, cell, skip):
    """Claim the points that a nucleus at `work.place` takes from all cells but `skip`."""
    x, y, z = work.place[0], work.place[1], work.place[2]
    n_changed, n_visited = work.count
    for j in range(state.count[0]):
        floor = state.floor[j]
        if j == skip or (floor > 0.0 and work.near[j] < 2.0 * floor * floor - 1.0 - SLACK):
            continue
        p = state.head[j]
        lowest = 1.0
        while p >= 0:
            cosine = paths.point[p, 0] * x + paths.point[p, 1] * y + paths.point[p, 2] * z
            if cosine > state.cosine[p]:
                work.changed[n_changed] = p
                work.owner[n_changed] = cell
                work.cosine[n_changed] = cosine
                n_changed += 1
                claim_point(paths, state, work, p, state.slowness[j])
            else:
                lowest = min(lowest, state.cosine[p])
            p = state.after[p]
        work.visited[n_visited] = j
        work.floor[n_visited] = lowest
        n_visited += 1
    work.count[0], work.count[1] = n_changed, n_visited


@njit(cache=True, nogil=True)
def give_points(paths, state, work, cell, reach, stays):
    """Find new owners for the points of a cell that goes, or that moves to `work.place`.

    Candidates are the other nuclei within `reach` (an angle) of the present nucleus, whose
    cosines are in `work.near`; if it stays, also the cell itself at its new place.
    """
    least = math.cos(min(reach, math.pi)) - SLACK
    n_candidates = 0
    for j in range(state.count[0]):
        if j != cell and work.near[j] >= least:
            work.candidate[n_candidates] = j
            n_candidates += 1
    x, y, z = work.place[0], work.place[1], work.place[2]
    n_changed, slowness = work.count[0], state.slowness[cell]
    p = state.head[cell]
    while p >= 0:
        best, owner = -2.0, cell
        if stays:
            best = paths.point[p, 0] * x + paths.point[p, 1] * y + paths.point[p, 2] * z
        for m in range(n_candidates):
            j = work.candidate[m]
            cosine = _dot(paths.point, p, state.nucleus, j)
            if cosine > best:
                best, owner = cosine, j
        work.changed[n_changed] = p
        work.owner[n_changed] = owner
        work.cosine[n_changed] = best
        n_changed += 1
        if owner != cell:
            shift_point(paths, state, work, p, state.slowness[owner] - slowness)
        else:
            claim_point(paths, state, work, p, slowness)
        p = state.after[p]
    work.count[0] = n_changed


@njit(cache=True, nogil=True)
def commit_points(paths, state, work, slowness):
    """Carry the points found by `take_points` and `give_points` over into the state.

    `slowness` is that of the cell whose velocity has been drawn.
    """
    for m in range(work.count[1]):
        state.floor[work.visited[m]] = work.floor[m]
    for m in range(work.count[0]):
        p = work.changed[m]
        d = paths.datum[p]
        state.residual[d] -= work.change[d] + work.length[d] * (slowness - work.square[3])
        work.change[d] = work.length[d] = 0.0
        state.cosine[p] = work.cosine[m]
        old, new = state.owner[p], work.owner[m]
        if new != old:
            _unlink(state, p, old)
            _link(state, p, new)
        state.floor[new] = min(state.floor[new], work.cosine[m])


@njit(cache=True, nogil=True)
def _unlink(state, p, cell):
    before, after = state.before[p], state.after[p]
    if before >= 0:
        state.after[before] = after
    else:
        state.head[cell] = after
    if after >= 0:
        state.before[after] = before


@njit(cache=True, nogil=True)
def _link(state, p, cell):
    first = state.head[cell]
    state.after[p] = first
    state.before[p] = -1
    if first >= 0:
        state.before[first] = p
    state.head[cell] = p
    state.owner[p] = cell


@njit(cache=True, nogil=True)
def forget_points(paths, work):
    """Leave no trace of a proposal that is rejected."""
    for m in range(work.count[0]):
        d = paths.datum[work.changed[m]]
        work.change[d] = work.length[d] = 0.0


@njit(cache=True, nogil=True)
def look_around(state, work, skip):
    """Fill `work.near` with cosines to `work.place`; return the nearest cell but `skip`."""
    x, y, z = work.place[0], work.place[1], work.place[2]
    nearest, best = -1, -2.0
    for j in range(state.count[0]):
        cosine = state.nucleus[j, 0] * x + state.nucleus[j, 1] * y + state.nucleus[j, 2] * z
        work.near[j] = cosine
        if cosine > best and j != skip:
            nearest, best = j, cosine
    return nearest


@njit(cache=True, nogil=True)
def build_cell_lists(paths, state, time):
    """Work out owners, lists, floors, residuals and fit of a state from its cells alone.

    Every point against every nucleus: slow and simple, for the start of a chain and for tests.
    `time` (datum,) is the whole observed time, s.
    """
    state.residual[:] = time
    state.floor[:] = 1.0
    state.head[:] = -1
    for j in range(state.count[0]):
        state.slowness[j] = 1.0 / state.vs[j]
    for p in range(paths.datum.size):
        best, owner = -2.0, -1
        for j in range(state.count[0]):
            cosine = _dot(paths.point, p, state.nucleus, j)
            if cosine > best:
                best, owner = cosine, j
        _link(state, p, owner)
        state.cosine[p] = best
        state.floor[owner] = min(state.floor[owner], best)
        state.residual[paths.datum[p]] -= paths.weight[p] * state.slowness[owner]
    state.fit[0] = np.sum(state.residual**2)
