"""Random numbers for compiled samplers: one small stream per chain.

numpy's generators cannot be called from compiled loops at full speed with one stream per
chain, so the loops carry their own: xoshiro256++ (Blackman & Vigna 2021, ACM Trans. Math.
Softw. 47, 36), whose whole state is four integers, and Marsaglia & Tsang's ziggurat (2000,
J. Stat. Softw. 5, 8) for normal numbers, which keeps nothing back between calls. A run is
therefore resumed exactly from the four integers alone.

numba's disk cache of a compiled loop does not notice an edit of the functions that it calls:
after an edit of this file, delete the ``__pycache__`` folders of the modules that use it.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LAYERS = 256
TAIL = 3.6541528853610088  # where the ziggurat of 256 layers of equal area ends


def stream_states(seed: np.random.SeedSequence, count: int) -> np.ndarray:
    """States of independent streams: stream k depends on the seed and on k only.

    Parameters
    ----------
    seed
        For example from :func:`latentearth.seeds.stream`; it is not changed.
    count
        Number of streams.

    Returns
    -------
    numpy.ndarray
        uint64, (count, 4). Pass one row to the functions below, which advance it in place.
    """
    # Children are named here and not spawned: spawn() counts its calls, so a second call
    # with the same seed would give other streams.
    children = (
        np.random.SeedSequence(
            seed.entropy, spawn_key=(*seed.spawn_key, k), pool_size=seed.pool_size
        )
        for k in range(count)
    )
    states = [child.generate_state(4, np.uint64) for child in children]
    return np.array(states, dtype=np.uint64).reshape(count, 4)


def _ziggurat() -> np.ndarray:
    """Edges of the layers, (LAYERS + 1,), from the widest (which stands for the tail) to 0."""
    area = TAIL * math.exp(-0.5 * TAIL**2) + math.sqrt(0.5 * math.pi) * math.erfc(
        TAIL / math.sqrt(2)
    )
    edges = np.zeros(LAYERS + 1)
    edges[0] = area / math.exp(-0.5 * TAIL**2)
    edges[1] = TAIL
    for i in range(2, LAYERS):
        edges[i] = math.sqrt(
            -2 * math.log(area / edges[i - 1] + math.exp(-0.5 * edges[i - 1] ** 2))
        )
    return edges


_EDGES = _ziggurat()
_17, _19, _23, _41, _45 = (np.uint64(bits) for bits in (17, 19, 23, 41, 45))
_LAYER_BITS, _FRACTION_SHIFT, _ONE = np.uint64(LAYERS - 1), np.uint64(11), np.uint64(1)


@njit(cache=True, nogil=True)
def _next(s0, s1, s2, s3):
    """Return 64 random bits (xoshiro256++) and the four integers of the next state."""
    mixed = s0 + s3
    result = ((mixed << _23) | (mixed >> _41)) + s0
    shifted = s1 << _17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << _45) | (s3 >> _19)
    return result, s0, s1, s2, s3


@njit(cache=True, nogil=True)
def bits(state: np.ndarray) -> np.uint64:
    """Return 64 random bits and advance the state, uint64 (4,)."""
    result, state[0], state[1], state[2], state[3] = _next(state[0], state[1], state[2], state[3])
    return result


@njit(cache=True, nogil=True)
def uniform(state: np.ndarray) -> float:
    """Return a uniform number in [0, 1), a multiple of 2^-53."""
    return float(np.int64(bits(state) >> _FRACTION_SHIFT)) * 1.1102230246251565e-16


@njit(cache=True, nogil=True)
def below(state: np.ndarray, count: int) -> int:
    """Return a uniform integer in [0, count); its bias, count / 2^53, is beyond notice."""
    return int(uniform(state) * count)


@njit(cache=True, nogil=True)
def _signed(random: np.uint64) -> float:
    """Turn the 53 highest bits into a number in [-1, 1)."""
    return float(np.int64(random >> _FRACTION_SHIFT)) * 2.220446049250313e-16 - 1.0


@njit(cache=True, nogil=True)
def _edge(state: np.ndarray, random: np.uint64) -> float:
    """Finish a normal number that fell outside the core of its layer; NaN: draw again."""
    layer = random & _LAYER_BITS
    x = _signed(random) * _EDGES[layer]
    if layer == 0:
        while True:  # the tail beyond TAIL, Marsaglia's method
            beyond = -math.log(1.0 - uniform(state)) / TAIL
            if -2.0 * math.log(1.0 - uniform(state)) > beyond * beyond:
                return math.copysign(TAIL + beyond, x)
    high = math.exp(-0.5 * (_EDGES[layer + _ONE] ** 2 - x * x))
    low = math.exp(-0.5 * (_EDGES[layer] ** 2 - x * x))
    return x if low + uniform(state) * (high - low) < 1.0 else math.nan


@njit(cache=True, nogil=True)
def fill_normal(state: np.ndarray, out: np.ndarray) -> None:
    """Fill a vector with standard normal numbers.

    The state stays in registers from number to number, which makes this three times as fast
    as a call of :func:`normal` for each; the numbers are the same.
    """
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    for i in range(out.size):
        while True:
            random, s0, s1, s2, s3 = _next(s0, s1, s2, s3)
            layer = random & _LAYER_BITS  # the lowest bits; the fraction uses the highest
            x = _signed(random) * _EDGES[layer]
            if abs(x) < _EDGES[layer + _ONE]:  # inside the layer above as well: 99 per cent
                break
            state[0], state[1], state[2], state[3] = s0, s1, s2, s3
            x = _edge(state, random)
            s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
            if not math.isnan(x):
                break
        out[i] = x
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3


@njit(cache=True, nogil=True)
def normal(state: np.ndarray) -> float:
    """Return a standard normal number."""
    while True:
        random = bits(state)
        layer = random & _LAYER_BITS
        x = _signed(random) * _EDGES[layer]
        if abs(x) < _EDGES[layer + _ONE]:
            return x
        x = _edge(state, random)
        if not math.isnan(x):
            return x
