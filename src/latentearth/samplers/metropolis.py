"""Random-walk Metropolis sampling of any compiled density, resumable to the bit.

A target is a compiled function ``log_density(x, parameters) -> float`` of a point (coordinate,)
and a vector of its own parameters, decorated with :data:`target`; it returns the logarithm of
the density up to a constant, and ``-inf`` where the density is zero. All targets share one
compiled kernel, which calls them through a function pointer and is kept on disk.

Nothing is adapted: the step is one number, fixed for the whole run, burn-in included, so that
the chain is a Markov chain with the right limit from its first step. Each chain has its own
stream, so chain k is the same whatever the number of chains or threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numba import float32, float64, int64, njit, types, uint64

from latentearth import io
from latentearth.samplers.random_numbers import fill_normal, stream_states, uniform

_POINT = float64(float64[::1], float64[::1])
_INSIDE = types.boolean(float64[::1], float64[::1])
GROUP = 32  # jumps drawn at a time

target = njit(_POINT, cache=True, nogil=True)
"""Decorator that compiles ``log_density(x, parameters) -> float``."""

region = njit(_INSIDE, cache=True, nogil=True)
"""Decorator that compiles ``inside(x, parameters) -> bool``, see :func:`advance_within`."""


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


@dataclass(frozen=True)
class Run:
    """Samples (chain, sample, coordinate), acceptance rate (chain,) after burn-in, last state."""

    samples: np.ndarray
    acceptance: np.ndarray
    state: WalkState


@region
def everywhere(x, parameters):
    """Keep every state."""
    return True


@njit(
    types.UniTuple(int64, 2)(
        types.FunctionType(_POINT), float64[::1], types.FunctionType(_INSIDE), float64[::1],
        float64[::1], float64[::1], uint64[::1], float64, int64, int64, float32[:, ::1],
    ),
    cache=True, nogil=True,
)  # fmt: skip
def _walk(log_density, target_p, inside, inside_p, x, value, stream, step, states, thinning, out):
    """Take `states` x `thinning` steps from x, in place; put every thinning-th state into `out`
    if it is inside. Return the number of states put there and of accepted steps.
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
            kept += 1
    value[0] = current
    return kept, accepted


def begin_walk(
    log_density: Callable,
    parameters: np.ndarray,
    position: np.ndarray,
    seed: np.random.SeedSequence,
) -> WalkState:
    """Put chains at their first positions.

    Parameters
    ----------
    log_density
        Compiled by :data:`target`.
    parameters
        Its parameters, a vector.
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
    parameters = np.ascontiguousarray(parameters, dtype=np.float64)
    values = np.array([log_density(x, parameters) for x in position])
    if not np.isfinite(values).all():
        chain = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(
            f"chain {chain} cannot start at {position[chain]}: log density {values[chain]}"
        )
    chains = len(position)
    return WalkState(
        position, values, stream_states(seed, chains), np.zeros(chains, int), np.zeros(chains, int)
    )


def advance_within(
    log_density: Callable,
    parameters: np.ndarray,
    state: WalkState,
    states: int,
    *,
    step: float,
    thinning: int = 1,
    inside: Callable = everywhere,
    limits: np.ndarray | tuple = (),
    threads: int = 1,
) -> tuple[list[np.ndarray], WalkState]:
    """Walk on from a state, keeping only the states inside a region.

    States outside are counted but take no memory, so billions of them can stream through.

    Parameters
    ----------
    log_density, parameters
        The target, compiled by :data:`target`, and its parameters.
    state
        From :func:`start` or from an earlier call; it is not changed.
    states
        States to draw per chain, `thinning` steps apart.
    step
        Standard deviation of the Gaussian jump of each coordinate.
    thinning
        Steps from one state to the next.
    inside, limits
        The region, compiled by :data:`region`, and its parameters.
    threads
        Chains that run at the same time.

    Returns
    -------
    kept : list of numpy.ndarray
        For each chain the states inside, (kept, coordinate), float32.
    state : State
        Where the chains stand now. Going on from here gives the same numbers as one longer
        call would have given.
    """
    parameters = np.ascontiguousarray(parameters, dtype=np.float64)
    limits = np.ascontiguousarray(limits, dtype=np.float64)
    if not step > 0 or thinning < 1 or states < 0:
        raise ValueError(f"step {step}, thinning {thinning} and states {states} must be positive")
    position, stream = state.position.copy(), state.stream.copy()
    values, accepted = state.log_density.copy(), state.accepted.copy()

    def walk(chain: int) -> np.ndarray:
        # Memory of rows that are never written is never taken, so the full size costs nothing.
        out = np.empty((states, position.shape[1]), np.float32)
        kept, accepted_now = _walk(
            log_density, parameters, inside, limits, position[chain], values[chain : chain + 1],
            stream[chain], float(step), states, thinning, out,
        )  # fmt: skip
        accepted[chain] += accepted_now
        return out if kept == states else out[:kept].copy()

    with ThreadPoolExecutor(threads) as pool:
        kept = list(pool.map(walk, range(len(position))))
    return kept, WalkState(position, values, stream, state.steps + states * thinning, accepted)


def advance(
    log_density: Callable,
    parameters: np.ndarray,
    state: WalkState,
    samples: int,
    *,
    step: float,
    thinning: int = 1,
    threads: int = 1,
) -> tuple[np.ndarray, WalkState]:
    """Walk on from a state; returns samples (chain, sample, coordinate), float32, and the state.

    See :func:`advance_within` for the parameters.
    """
    kept, state = advance_within(
        log_density, parameters, state, samples, step=step, thinning=thinning, threads=threads
    )
    return np.stack(kept), state


def burn_in(
    log_density: Callable,
    parameters: np.ndarray,
    state: WalkState,
    steps: int,
    *,
    step: float,
    threads: int = 1,
) -> WalkState:
    """Take steps and forget them, their count included; see :func:`advance_within`."""
    if steps > 0:
        _, state = advance_within(
            log_density, parameters, state, 1, step=step, thinning=steps, threads=threads
        )
    zero = np.zeros_like(state.steps)
    return replace(state, steps=zero, accepted=zero.copy())


def sample(
    log_density: Callable,
    parameters: np.ndarray,
    position: np.ndarray,
    seed: np.random.SeedSequence,
    samples: int,
    *,
    step: float,
    thinning: int,
    burn_in_steps: int,
    threads: int = 1,
) -> Run:
    """Sample a density from first positions: burn-in, then `samples` states of every chain.

    Parameters
    ----------
    log_density, parameters, position, seed
        See :func:`start`.
    samples
        To keep per chain.
    step, thinning, threads
        See :func:`advance_within`.
    burn_in_steps
        Steps per chain before the first sample.
    """
    state = begin_walk(log_density, parameters, position, seed)
    state = burn_in(log_density, parameters, state, burn_in_steps, step=step, threads=threads)
    drawn, state = advance(
        log_density, parameters, state, samples, step=step, thinning=thinning, threads=threads
    )
    return Run(drawn, state.accepted / np.maximum(state.steps, 1), state)


def blocks(
    log_density: Callable,
    parameters: np.ndarray,
    state: WalkState,
    samples: int,
    block: int,
    *,
    step: float,
    thinning: int = 1,
    threads: int = 1,
) -> Iterator[tuple[np.ndarray, WalkState]]:
    """Sample in blocks, each with the state after it, to be written as a checkpoint.

    The blocks joined together are the same to the bit as one call of :func:`advance`; so are
    the blocks of a run that goes on from any of the states.
    """
    for first in range(0, samples, block):
        count = min(block, samples - first)
        drawn, state = advance(
            log_density, parameters, state, count, step=step, thinning=thinning, threads=threads
        )
        yield drawn, state


def drawer(
    log_density: Callable,
    parameters: np.ndarray,
    state: WalkState,
    states: int,
    *,
    step: float,
    thinning: int,
    inside: Callable,
    limits: np.ndarray | tuple,
    threads: int = 1,
) -> Callable[[], tuple[np.ndarray, int]]:
    """Return a function that walks on at each call and gives the states inside a region.

    It returns (kept, coordinate), chain after chain, and the number of states drawn, which is
    `states` per chain: what :func:`latentearth.ensembles.slices.collect_slice` asks for. See
    :func:`advance_within` for the parameters.
    """

    def draw() -> tuple[np.ndarray, int]:
        nonlocal state
        kept, state = advance_within(
            log_density, parameters, state, states, step=step, thinning=thinning,
            inside=inside, limits=limits, threads=threads,
        )  # fmt: skip
        return np.concatenate(kept), states * len(kept)

    return draw


def write_state(path: str | os.PathLike, state: WalkState, attributes: dict) -> None:
    """Write a checkpoint atomically."""
    dims = {"position": ("chain", "coordinate"), "stream": ("chain", "word")}
    variables = {name: (dims.get(name, ("chain",)), value) for name, value in vars(state).items()}
    io.write_dataset(path, xr.Dataset(variables), attributes)


def read_state(path: str | os.PathLike) -> WalkState:
    """Read a checkpoint.

    Raises
    ------
    InputError
        If the file is missing, broken, or no checkpoint.
    """
    dataset = io.read_dataset(path)
    names = WalkState.__dataclass_fields__
    missing = [name for name in names if name not in dataset]
    if missing:
        raise io.InputError(path, "checkpoint", f"no variable {missing[0]!r}", list(names))
    return WalkState(**{name: np.ascontiguousarray(dataset[name].values) for name in names})
