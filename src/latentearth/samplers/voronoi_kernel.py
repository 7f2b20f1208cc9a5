"""Compiled core of the trans-dimensional sampler: spherical Voronoi cells and path averages.

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

The file is long because its parts cannot be told apart from outside: every kind of proposal
keeps the same lists, bounds and sums of the `State`, by functions that are compiled into it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from latentearth.samplers.random_numbers import below, normal, uniform

BIRTH, DEATH, MOVE, VALUE, NOISE = range(5)
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
    square: np.ndarray  # (4,) A, B, C, S of the sum of squares (see `_draw`)
    visited: np.ndarray  # (cell,) int32, cells whose points were looked at
    floor: np.ndarray  # (cell,) their new floors
    near: np.ndarray  # (cell,) cosine of every nucleus to the place concerned
    candidate: np.ndarray  # (cell,) int32
    place: np.ndarray  # (3,) the new nucleus
    count: np.ndarray  # type: ignore[assignment]  # (2,) int64: changed points, visited cells


class VoronoiSettings(NamedTuple):
    """Prior and proposals, as plain numbers (see `transdimensional.Prior` and `Moves`)."""

    cells: tuple[int, int]
    vs: tuple[float, float]
    noise: tuple[float, float]
    steps: tuple[float, float]  # angle (rad), log noise
    far: float  # share of velocities, newborn or changed, that are drawn from the prior
    choice: tuple[float, float, float, float]  # cumulative probabilities of the first four kinds
    use_data: bool


@njit(cache=True, nogil=True)
def _dot(a, i, b, j):
    return a[i, 0] * b[j, 0] + a[i, 1] * b[j, 1] + a[i, 2] * b[j, 2]


@njit(cache=True, nogil=True)
def _shift(paths, state, work, p, slower):
    """Make point p slower by so many s/km."""
    d = paths.datum[p]
    more = paths.weight[p] * slower
    left = state.residual[d] - work.change[d]
    work.change[d] += more
    work.square[1] -= more * work.length[d]
    work.square[2] += more * (more - 2.0 * left)


@njit(cache=True, nogil=True)
def _claim(paths, state, work, p, slowness):
    """Give point p, of this slowness so far, to the cell whose velocity is drawn."""
    d, more = paths.datum[p], paths.weight[p]
    _shift(paths, state, work, p, work.square[3] - slowness)
    length = work.length[d]
    work.square[0] += more * (2.0 * length + more)
    work.square[1] += more * (state.residual[d] - work.change[d])
    work.length[d] = length + more


@njit(cache=True, nogil=True)
def _density(state, settings, square, slowness):
    """log of q(vs) / p(vs): how a velocity is drawn (see `_draw`), over its prior."""
    if square[0] == 0.0 or not settings.use_data or settings.far == 1.0:
        return 0.0
    spread, width = state.fit[1] / math.sqrt(square[0]), settings.vs[1] - settings.vs[0]
    bell = math.exp(-0.5 * ((slowness - square[3] - square[1] / square[0]) / spread) ** 2)
    bell *= width * slowness**2 / (spread * math.sqrt(2.0 * math.pi))
    return math.log(settings.far + (1.0 - settings.far) * bell)


@njit(cache=True, nogil=True)
def _draw(state, settings, square):
    """Draw the slowness of a cell from what the data say of it, all else being fixed.

    With length l_d of path in the cell, and residuals a_d if its slowness were S, the change of
    the sum of squares is, for a slowness s,

        A (s - S)^2 - 2 B (s - S) + C,    A = sum l_d^2,    B = sum a_d l_d,

    so that the likelihood is normal in s, with mean S + B / A and variance sigma^2 / A. A share
    `far`, and all where no data are, comes from the prior. Outside the prior's bounds: 0.
    """
    if square[0] == 0.0 or not settings.use_data or uniform(state.random) < settings.far:
        return 1.0 / _from_prior(state, settings)
    spread = state.fit[1] / math.sqrt(square[0])
    slowness = square[3] + square[1] / square[0] + spread * normal(state.random)
    if not slowness * settings.vs[1] > 1.0 or not slowness * settings.vs[0] < 1.0:
        return 0.0
    return slowness


@njit(cache=True, nogil=True)
def _present_density(paths, state, work, settings, cell):
    """log of q / p of the velocity that a cell has; leaves its slowness as S."""
    work.square[3] = state.slowness[cell]
    p = state.head[cell]
    while p >= 0:
        _claim(paths, state, work, p, state.slowness[cell])
        p = state.after[p]
    found = _density(state, settings, work.square, state.slowness[cell])
    p = state.head[cell]
    while p >= 0:
        work.change[paths.datum[p]] = 0.0
        work.length[paths.datum[p]] = 0.0
        p = state.after[p]
    work.square[:3] = 0.0
    return found


@njit(cache=True, nogil=True)
def _gain(square, slowness):
    """Change of the sum of squares if the cell that is drawn has this slowness."""
    more = slowness - square[3]
    return square[2] - 2.0 * square[1] * more + square[0] * more**2


@njit(cache=True, nogil=True)
def _take(paths, state, work, cell, skip):
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
                _claim(paths, state, work, p, state.slowness[j])
            else:
                lowest = min(lowest, state.cosine[p])
            p = state.after[p]
        work.visited[n_visited] = j
        work.floor[n_visited] = lowest
        n_visited += 1
    work.count[0], work.count[1] = n_changed, n_visited


@njit(cache=True, nogil=True)
def _give(paths, state, work, cell, reach, stays):
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
            _shift(paths, state, work, p, state.slowness[owner] - slowness)
        else:
            _claim(paths, state, work, p, slowness)
        p = state.after[p]
    work.count[0] = n_changed


@njit(cache=True, nogil=True)
def _commit(paths, state, work, slowness):
    """Carry the points found by `_take` and `_give` over into the state.

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
def _forget(paths, work):
    for m in range(work.count[0]):
        d = paths.datum[work.changed[m]]
        work.change[d] = work.length[d] = 0.0


@njit(cache=True, nogil=True)
def _look_around(state, work, skip):
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
def _accepts(state, settings, gain, log_ratio):
    """Metropolis-Hastings: likelihood ratio times the ratio of priors and proposals."""
    if settings.use_data:
        log_ratio -= 0.5 * gain / state.fit[1] ** 2
    return log_ratio >= 0.0 or math.log(1.0 - uniform(state.random)) < log_ratio


@njit(cache=True, nogil=True)
def _from_prior(state, settings):
    return settings.vs[0] + (settings.vs[1] - settings.vs[0]) * uniform(state.random)


@njit(cache=True, nogil=True)
def _birth(paths, state, work, settings):
    """Add a cell: place uniform on the sphere, velocity by what its data say.

    With k cells, nuclei independent and uniform, velocities independent, p(k) constant:
    acceptance = L'/L * p(vs')/q(vs'), as the density 1/(4 pi) of the place cancels against
    its prior, and the chance 1/(k+1) to be chosen by the reverse death cancels against the
    k+1 positions that the newborn can have among the cells of an unordered set.
    """
    k = state.count[0]
    z = 2.0 * uniform(state.random) - 1.0
    longitude = 2.0 * math.pi * uniform(state.random)
    ring = math.sqrt(1.0 - z * z)
    work.place[0], work.place[1] = ring * math.cos(longitude), ring * math.sin(longitude)
    work.place[2] = z
    if k == settings.cells[1]:
        return False
    work.square[3] = state.slowness[_look_around(state, work, -1)]
    _take(paths, state, work, k, -1)
    slowness = _draw(state, settings, work.square)
    gain = _gain(work.square, slowness)
    if slowness == 0.0 or not _accepts(
        state, settings, gain, -_density(state, settings, work.square, slowness)
    ):
        _forget(paths, work)
        return False
    state.nucleus[k] = work.place
    state.vs[k], state.slowness[k], state.floor[k], state.head[k] = (
        1.0 / slowness,
        slowness,
        1.0,
        -1,
    )
    state.count[0] = k + 1
    _commit(paths, state, work, slowness)
    state.fit[0] += gain
    return True


@njit(cache=True, nogil=True)
def _death(paths, state, work, settings):
    """Take away a cell, each with chance 1/k; the exact reverse of `_birth`."""
    k = state.count[0]
    cell = below(state.random, k)
    if k == settings.cells[0]:
        return False
    work.place[:] = state.nucleus[cell]
    nearest = _look_around(state, work, cell)
    radius = math.acos(max(-1.0, min(1.0, state.floor[cell])))
    gap = math.acos(max(-1.0, min(1.0, work.near[nearest])))
    log_ratio = _present_density(paths, state, work, settings, cell)
    _give(paths, state, work, cell, 2.0 * radius + gap, False)
    gain = work.square[2]
    if not _accepts(state, settings, gain, log_ratio):
        _forget(paths, work)
        return False
    _commit(paths, state, work, 0.0)
    state.fit[0] += gain
    last = k - 1
    if cell != last:  # the last cell takes the number that has become free
        state.nucleus[cell] = state.nucleus[last]
        state.vs[cell], state.slowness[cell] = state.vs[last], state.slowness[last]
        state.floor[cell], state.head[cell] = state.floor[last], state.head[last]
        p = state.head[cell]
        while p >= 0:
            state.owner[p] = cell
            p = state.after[p]
    state.count[0] = last
    return True


@njit(cache=True, nogil=True)
def _displace(nucleus, cell, step, random, place):
    """Put into `place` the nucleus after a normal step in its tangent plane.

    The density depends on the angle between the two places only, so the step is symmetric.
    """
    x, y, z = nucleus[cell, 0], nucleus[cell, 1], nucleus[cell, 2]
    a, b, c = step * normal(random), step * normal(random), step * normal(random)
    radial = a * x + b * y + c * z
    a, b, c = a - radial * x + x, b - radial * y + y, c - radial * z + z
    length = math.sqrt(a * a + b * b + c * c)
    place[0], place[1], place[2] = a / length, b / length, c / length


@njit(cache=True, nogil=True)
def _move(paths, state, work, settings):
    """Shift a nucleus, and draw its velocity anew by what its data say there.

    The prior is uniform and the step symmetric: acceptance = L'/L * q(vs)/q(vs').
    """
    cell = below(state.random, state.count[0])
    # A step of random size (up to the setting) is a mixture of symmetric steps: symmetric.
    step = settings.steps[0] * uniform(state.random)
    # `_take` needs cosines to the new place, `_give` bounds around the old one: two looks.
    work.place[:] = state.nucleus[cell]
    _look_around(state, work, cell)
    radius = math.acos(max(-1.0, min(1.0, state.floor[cell])))
    _displace(state.nucleus, cell, step, state.random, work.place)
    x, y, z = state.nucleus[cell, 0], state.nucleus[cell, 1], state.nucleus[cell, 2]
    cosine = work.place[0] * x + work.place[1] * y + work.place[2] * z
    shift = math.acos(max(-1.0, min(1.0, cosine)))
    log_ratio = _present_density(paths, state, work, settings, cell)
    _give(paths, state, work, cell, 2.0 * radius + shift, True)
    _look_around(state, work, cell)
    _take(paths, state, work, cell, cell)
    slowness = _draw(state, settings, work.square)
    gain = _gain(work.square, slowness)
    log_ratio -= _density(state, settings, work.square, slowness)
    if slowness == 0.0 or not _accepts(state, settings, gain, log_ratio):
        _forget(paths, work)
        return False
    state.nucleus[cell] = work.place
    state.vs[cell], state.slowness[cell] = 1.0 / slowness, slowness
    state.floor[cell] = 1.0
    _commit(paths, state, work, slowness)
    state.fit[0] += gain
    return True


@njit(cache=True, nogil=True)
def _value(paths, state, work, settings):
    """Draw a velocity anew by what its data say: acceptance = L'/L * q(vs)/q(vs')."""
    cell = below(state.random, state.count[0])
    old = state.slowness[cell]
    work.square[3] = old
    p = state.head[cell]
    while p >= 0:
        _claim(paths, state, work, p, old)
        p = state.after[p]
    slowness = _draw(state, settings, work.square)
    gain = _gain(work.square, slowness)
    log_ratio = _density(state, settings, work.square, old)
    log_ratio -= _density(state, settings, work.square, slowness)
    accepted = slowness > 0.0 and _accepts(state, settings, gain, log_ratio)
    p = state.head[cell]
    while p >= 0:
        d = paths.datum[p]
        if accepted:
            state.residual[d] -= work.change[d] + work.length[d] * (slowness - old)
        work.change[d] = work.length[d] = 0.0
        p = state.after[p]
    if accepted:
        state.vs[cell], state.slowness[cell] = 1.0 / slowness, slowness
        state.fit[0] += gain
    return accepted


@njit(cache=True, nogil=True)
def _noise(state, settings):
    """Change log sigma by a normal step; its prior is uniform: acceptance = L'/L."""
    old = state.fit[1]
    new = old * math.exp(settings.steps[1] * normal(state.random))
    if not settings.noise[0] < new < settings.noise[1]:
        return False
    log_ratio = 0.0
    if settings.use_data:
        log_ratio = state.residual.size * math.log(old / new)
        log_ratio += 0.5 * state.fit[0] * (1.0 / old**2 - 1.0 / new**2)
    if math.log(1.0 - uniform(state.random)) >= log_ratio:
        return False
    state.fit[1] = new
    return True


@njit(cache=True, nogil=True)
def advance_cells(paths, state, work, settings, n_proposals):
    """Make so many proposals; the state is changed in place."""
    for _ in range(n_proposals):
        work.count[:] = 0
        work.square[:] = 0.0
        u = uniform(state.random)
        kind = 0
        while kind < 4 and u >= settings.choice[kind]:
            kind += 1
        if kind == BIRTH:
            accepted = _birth(paths, state, work, settings)
        elif kind == DEATH:
            accepted = _death(paths, state, work, settings)
        elif kind == MOVE:
            accepted = _move(paths, state, work, settings)
        elif kind == VALUE:
            accepted = _value(paths, state, work, settings)
        else:
            accepted = _noise(state, settings)
        state.tally[kind, 0] += 1
        state.tally[kind, 1] += accepted
    state.count[1] += n_proposals


@njit(cache=True, nogil=True)
def record_cells(paths, state, work, settings, thinning, n_cells, cells, fit):
    """Advance and keep one model after every `thinning` proposals.

    Fills `n_cells` (model,), `cells` (cell, 3: latitude and longitude in degrees, vs in km/s)
    and `fit` (model, 2: root-mean-square residual and noise level, s); returns the cells used.
    `cells` must hold one largest model per model.
    """
    used = 0
    for model in range(n_cells.size):
        advance_cells(paths, state, work, settings, thinning)
        k = state.count[0]
        for j in range(k):
            x, y, z = state.nucleus[j, 0], state.nucleus[j, 1], state.nucleus[j, 2]
            cells[used + j, 0] = math.degrees(math.asin(max(-1.0, min(1.0, z))))
            cells[used + j, 1] = math.degrees(math.atan2(y, x))
            cells[used + j, 2] = state.vs[j]
        used += k
        n_cells[model] = k
        fit[model, 0] = math.sqrt(max(state.fit[0], 0.0) / state.residual.size)
        fit[model, 1] = state.fit[1]
    return used


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
