"""Compiled core of the trans-dimensional sampler: proposals over spherical Voronoi cells.

What a chain keeps, and how points find their cells again, stands in `voronoi_cells`; here are the
five kinds of proposals, how velocities are drawn, and why each is accepted as it is.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from latentearth.samplers.random_numbers import below, normal, uniform
from latentearth.samplers.voronoi_cells import (
    claim_point,
    commit_points,
    forget_points,
    give_points,
    look_around,
    take_points,
)

BIRTH, DEATH, MOVE, VALUE, NOISE = range(5)
SPHERE = -2.0  # in the place of a cap's cosine: the whole sphere


class VoronoiSettings(NamedTuple):
    """Prior and proposals, as plain numbers (see `cell_posterior.CellPrior` and `CellMoves`)."""

    cells: tuple[int, int]
    vs: tuple[float, float]
    noise: tuple[float, float]
    steps: tuple[float, float]  # angle (rad), log noise
    far: float  # share of velocities, newborn or changed, that are drawn from the prior
    choice: tuple[float, float, float, float]  # cumulative probabilities of the first four kinds
    use_data: bool
    near: tuple[float, float]  # share of proposals in caps about path points, cosine of the radius


@njit(cache=True, nogil=True)
def _pick(state, work):
    """Choose a cell with its nucleus in `work.cap`, or -1; return how many there are, too."""
    k, n, chosen = state.count[0], 0, -1
    if work.cap[3] < -1.0:
        return below(state.random, k), k
    for j in range(k):
        if _in_cap(work, state.nucleus[j, 0], state.nucleus[j, 1], state.nucleus[j, 2]):
            work.candidate[n] = j
            n += 1
    if n:
        chosen = work.candidate[below(state.random, n)]
    return chosen, n


@njit(cache=True, nogil=True)
def _in_cap(work, x, y, z):
    return work.cap[0] * x + work.cap[1] * y + work.cap[2] * z >= work.cap[3]


@njit(cache=True, nogil=True)
def _somewhere(state, work):
    """Draw `work.place` from the cap, uniformly."""
    cap, place = work.cap, work.place
    u = uniform(state.random)
    z = 2.0 * u - 1.0 if cap[3] < -1.0 else 1.0 - (1.0 - cap[3]) * u
    longitude = 2.0 * math.pi * uniform(state.random)
    ring = math.sqrt(max(0.0, 1.0 - z * z))
    x, y = ring * math.cos(longitude), ring * math.sin(longitude)
    if cap[3] < -1.0:
        place[0], place[1], place[2] = x, y, z
        return
    # two tangents of the centre (Duff et al. 2017)
    sign = 1.0 if cap[2] >= 0.0 else -1.0
    a = -1.0 / (sign + cap[2])
    b = cap[0] * cap[1] * a
    place[0] = x * (1.0 + sign * cap[0] ** 2 * a) + y * b + z * cap[0]
    place[1] = x * sign * b + y * (sign + cap[1] ** 2 * a) + z * cap[1]
    place[2] = -x * sign * cap[0] - y * cap[1] + z * cap[2]


@njit(cache=True, nogil=True)
def _crowding(work, k, n):
    """log of births' acceptance by the cap: k cells before, n of them in the cap.

    The place has the density 1 / area of the cap, the reverse death the chance 1 / (n + 1): with
    the k + 1 positions in an unordered set, (k + 1) area / (4 pi (n + 1)), 1 on the whole sphere.
    """
    if work.cap[3] < -1.0:
        return 0.0
    return math.log((k + 1) * 0.5 * (1.0 - work.cap[3]) / (n + 1))


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
        claim_point(paths, state, work, p, state.slowness[cell])
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
    k+1 positions that the newborn can have among the cells of an unordered set. Within a cap
    neither does: `_crowding`.
    """
    k = state.count[0]
    if k == settings.cells[1]:
        return False
    n = k if work.cap[3] < -1.0 else _pick(state, work)[1]
    _somewhere(state, work)
    work.square[3] = state.slowness[look_around(state, work, -1)]
    take_points(paths, state, work, k, -1)
    slowness = _draw(state, settings, work.square)
    gain = _gain(work.square, slowness)
    if slowness == 0.0 or not _accepts(
        state,
        settings,
        gain,
        _crowding(work, k, n) - _density(state, settings, work.square, slowness),
    ):
        forget_points(paths, work)
        return False
    state.nucleus[k] = work.place
    state.vs[k], state.slowness[k], state.floor[k], state.head[k] = (
        1.0 / slowness,
        slowness,
        1.0,
        -1,
    )
    state.count[0] = k + 1
    commit_points(paths, state, work, slowness)
    state.fit[0] += gain
    return True


@njit(cache=True, nogil=True)
def _death(paths, state, work, settings):
    """Take away a cell, each with chance 1/k; the exact reverse of `_birth`."""
    k = state.count[0]
    cell, n = _pick(state, work)
    if cell < 0 or k == settings.cells[0]:
        return False
    work.place[:] = state.nucleus[cell]
    nearest = look_around(state, work, cell)
    radius = math.acos(max(-1.0, min(1.0, state.floor[cell])))
    gap = math.acos(max(-1.0, min(1.0, work.near[nearest])))
    log_ratio = _present_density(paths, state, work, settings, cell) - _crowding(work, k - 1, n - 1)
    give_points(paths, state, work, cell, 2.0 * radius + gap, False)
    gain = work.square[2]
    if not _accepts(state, settings, gain, log_ratio):
        forget_points(paths, work)
        return False
    commit_points(paths, state, work, 0.0)
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
    cell, _ = _pick(state, work)
    if cell < 0:
        return False
    # A step of random size (up to the setting) is a mixture of symmetric steps: symmetric.
    step = settings.steps[0] * uniform(state.random)
    # `take_points` needs cosines to the new place, `give_points` bounds around the old one.
    work.place[:] = state.nucleus[cell]
    look_around(state, work, cell)
    radius = math.acos(max(-1.0, min(1.0, state.floor[cell])))
    _displace(state.nucleus, cell, step, state.random, work.place)
    if not _in_cap(work, work.place[0], work.place[1], work.place[2]):
        return False
    x, y, z = state.nucleus[cell, 0], state.nucleus[cell, 1], state.nucleus[cell, 2]
    cosine = work.place[0] * x + work.place[1] * y + work.place[2] * z
    shift = math.acos(max(-1.0, min(1.0, cosine)))
    log_ratio = _present_density(paths, state, work, settings, cell)
    give_points(paths, state, work, cell, 2.0 * radius + shift, True)
    look_around(state, work, cell)
    take_points(paths, state, work, cell, cell)
    slowness = _draw(state, settings, work.square)
    gain = _gain(work.square, slowness)
    log_ratio -= _density(state, settings, work.square, slowness)
    if slowness == 0.0 or not _accepts(state, settings, gain, log_ratio):
        forget_points(paths, work)
        return False
    state.nucleus[cell] = work.place
    state.vs[cell], state.slowness[cell] = 1.0 / slowness, slowness
    state.floor[cell] = 1.0
    commit_points(paths, state, work, slowness)
    state.fit[0] += gain
    return True


@njit(cache=True, nogil=True)
def _value(paths, state, work, settings):
    """Draw a velocity anew by what its data say: acceptance = L'/L * q(vs)/q(vs')."""
    cell, _ = _pick(state, work)
    if cell < 0:
        return False
    old = state.slowness[cell]
    work.square[3] = old
    p = state.head[cell]
    while p >= 0:
        claim_point(paths, state, work, p, old)
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
def _proposal(paths, state, work, settings, kind):
    """Make one proposal of a kind (not of noise); tell whether it is accepted."""
    work.count[:] = 0
    work.square[:] = 0.0
    if kind == BIRTH:
        return _birth(paths, state, work, settings)
    if kind == DEATH:
        return _death(paths, state, work, settings)
    if kind == MOVE:
        return _move(paths, state, work, settings)
    return _value(paths, state, work, settings)


@njit(cache=True, nogil=True)
def advance_cells(paths, state, work, settings, n_proposals):
    """Make so many proposals; the state is changed in place."""
    for _ in range(n_proposals):
        u = uniform(state.random)
        kind = 0
        while kind < 4 and u >= settings.choice[kind]:
            kind += 1
        work.cap[3] = SPHERE
        if kind == NOISE:
            accepted = _noise(state, settings)
        else:
            # the centre does not depend on the model: each cap's proposals are reversible
            if settings.near[0] > 0.0 and uniform(state.random) < settings.near[0]:
                work.cap[:3] = paths.point[below(state.random, paths.datum.size)]
                work.cap[3] = settings.near[1]
            accepted = _proposal(paths, state, work, settings, kind)
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
