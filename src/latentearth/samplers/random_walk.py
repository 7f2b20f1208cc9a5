"""Random walk through any compiled density, resumable to the bit.

A density is a compiled function ``log_density(x, parameters) -> float`` of a point (coordinate,)
and a vector of its own parameters, decorated with :data:`compiled_density`; it returns the
logarithm of the density up to a constant, and ``-inf`` where the density is zero. All densities
share one compiled kernel, which calls them through a function pointer and is kept on disk.

Nothing is adapted: the step is one number, fixed for the whole run, burn-in included, so that
the chain is a Markov chain with the right limit from its first step. Each chain has its own
stream, so chain k is the same whatever the number of chains or threads.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numba import float32, float64, int64, njit, types, uint64

from latentearth.samplers.random_numbers import fill_normal, stream_states, uniform

_POINT = float64(float64[::1], float64[::1])
_INSIDE = types.boolean(float64[::1], float64[::1])
GROUP = 32  # jumps drawn at a time

compiled_density = njit(_POINT, cache=True, nogil=True)
"""Decorator that compiles ``log_density(x, parameters) -> float``."""

compiled_region = njit(_INSIDE, cache=True, nogil=True)
"""Decorator that compiles ``inside(x, parameters) -> bool``, see :func:`advance_within`."""


@dataclass(frozen=True)
class Density:
    """What the walk samples: a function compiled by :data:`compiled_density`, its parameters."""

    log_density: Callable
    parameters: np.ndarray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        parameters = np.ascontiguousarray(self.parameters, dtype=np.float64)
        object.__setattr__(self, "parameters", parameters)

    def at(self, position: np.ndarray) -> np.ndarray:
        """Logarithm of the density at points, (point, coordinate) to (point,)."""
        return np.array([self.log_density(x, self.parameters) for x in position])


@dataclass(frozen=True)
class WalkState:
    """Where the chains stand: all that is needed to go on as if they had never stopped.

    Attributes
    ----------
    position
        (chain, coordinate), float64.
    log_density
        At the position, (chain,), float64.
    stream
        States of the random streams, (chain, 4), uint64.
    steps, accepted
        Steps proposed and accepted so far, burn-in included, (chain,), int64.
    """

    position: np.ndarray
    log_density: np.ndarray
    stream: np.ndarray
    steps: np.ndarray
    accepted: np.ndarray


@compiled_region
def everywhere(x, parameters):
    """Keep every state."""
    return True


@njit(
    types.UniTuple(int64, 2)(
        types.FunctionType(_POINT),
        float64[::1],
        types.FunctionType(_INSIDE),
        float64[::1],
        float64[::1],
        float64[::1],
        uint64[::1],
        float64,
        int64,
        int64,
        float32[:, ::1],
        float64[::1],
    ),
    cache=True,
    nogil=True,
)
def _walk(
    log_density, target_p, inside, inside_p, x, value, stream, step, states, thinning, out, values
):
    """Take `states` x `thinning` steps from x, in place; put every thinning-th state into `out`,
    and its log density into `values`, if it is inside. Return the number of states put there and
    of accepted steps.
    """
    size = x.size
    proposal = np.empty(size)
    jumps = np.empty(size * min(thinning, GROUP))
    current = value[0]
    kept = accepted = 0
    for _ in range(states):
        left = thinning
        while left > 0:
            # Jumps come in groups for speed; a group never reaches past a kept state, because
            # there a run may end and be resumed.
            group = min(left, GROUP)
            fill_normal(stream, jumps[: group * size])
            for k in range(group):
                for j in range(size):
                    proposal[j] = x[j] + step * jumps[k * size + j]
                proposed = log_density(proposal, target_p)
                if uniform(stream) < np.exp(proposed - current):  # never, if not a number
                    accepted += 1
                    current = proposed
                    for j in range(size):
                        x[j] = proposal[j]
            left -= group
        if inside(x, inside_p):
            for j in range(size):
                out[kept, j] = x[j]
            values[kept] = current
            kept += 1
    value[0] = current
    return kept, accepted


def begin_walk(density: Density, position: np.ndarray, seed: np.random.SeedSequence) -> WalkState:
    """Put chains at their first positions.

    Parameters
    ----------
    density
        What is sampled.
    position
        First positions, (chain, coordinate).
    seed
        Of all chains; chain k draws from its k-th stream.

    Raises
    ------
    ValueError
        If the density at a first position is zero or not a number.
    """
    position = np.array(position, dtype=np.float64, order="C")
    values = density.at(position)
    if not np.isfinite(values).all():
        chain = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(
            f"chain {chain} cannot start at {position[chain]}: log density {values[chain]}"
        )
    zeros = np.zeros(len(position), int)
    return WalkState(position, values, stream_states(seed, len(position)), zeros, zeros.copy())


def advance_within(
    density: Density,
    state: WalkState,
    states: int,
    *,
    step_size: float,
    thinning: int = 1,
    inside: Callable = everywhere,
    limits: np.ndarray | tuple = (),
    threads: int = 1,
) -> tuple[list[np.ndarray], list[np.ndarray], WalkState]:
    """Walk on from a state, keeping only the states inside a region.

    States outside are counted but take no memory, so billions of them can stream through.

    Parameters
    ----------
    density
        What is sampled.
    state
        From :func:`begin_walk` or from an earlier call; it is not changed.
    states
        States to draw per chain, `thinning` steps apart.
    step_size
        Standard deviation of the Gaussian jump of each coordinate.
    thinning
        Steps from one state to the next.
    inside, limits
        The region, compiled by :data:`compiled_region`, and its parameters.
    threads
        Chains that run at the same time.

    Returns
    -------
    kept : list of numpy.ndarray
        For each chain the states inside, (kept, coordinate), float32.
    log_density : list of numpy.ndarray
        For each chain theirs, (kept,), before they were rounded.
    state : WalkState
        Where the chains stand now. Going on from here gives the same numbers as one longer
        call would have given.
    """
    limits = np.ascontiguousarray(limits, dtype=np.float64)
    if not step_size > 0 or thinning < 1 or states < 0:
        raise ValueError(
            f"step_size {step_size}, thinning {thinning} and states {states} must be positive"
        )
    position, stream = state.position.copy(), state.stream.copy()
    current, accepted = state.log_density.copy(), state.accepted.copy()

    def walk(chain: int) -> tuple[np.ndarray, np.ndarray]:
        # Memory of rows that are never written is never taken, so the full size costs nothing.
        out, values = np.empty((states, position.shape[1]), np.float32), np.empty(states)
        kept, accepted_now = _walk(
            density.log_density,
            density.parameters,
            inside,
            limits,
            position[chain],
            current[chain : chain + 1],
            stream[chain],
            float(step_size),
            states,
            thinning,
            out,
            values,
        )
        accepted[chain] += accepted_now
        return (out, values) if kept == states else (out[:kept].copy(), values[:kept].copy())

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(walk, range(len(position))))
    end = WalkState(position, current, stream, state.steps + states * thinning, accepted)
    return [out for out, _ in found], [values for _, values in found], end


def drawer(density: Density, state: WalkState, states: int, **walk) -> Callable:
    """Return a function that walks on at each call and gives the states inside a region.

    It returns (kept, coordinate), chain after chain, and the number of states drawn, which is
    `states` per chain: what :func:`latentearth.ensembles.slices.collect_slice` asks for. See
    :func:`advance_within` for the parameters.
    """

    def draw() -> tuple[np.ndarray, int]:
        nonlocal state
        kept, _, state = advance_within(density, state, states, **walk)
        return np.concatenate(kept), states * len(kept)

    return draw
