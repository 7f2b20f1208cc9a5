"""The compiled random numbers: right generator, right distributions, right independence."""

import numpy as np
import pytest
from numba import njit
from scipy import stats

from latentearth.samplers import random_numbers

COUNT = 1_000_000


@njit
def _draw(function, state, count):
    out = np.empty(count)
    for i in range(count):
        out[i] = function(state)
    return out


@pytest.fixture
def state():
    return random_numbers.stream_states(np.random.SeedSequence(2022), 1)[0]


def _xoshiro(state, count):
    """Blackman & Vigna's algorithm in Python's integers, where nothing can overflow."""
    mask = (1 << 64) - 1
    s = [int(word) for word in state]
    out = []
    for _ in range(count):
        mixed = (s[0] + s[3]) & mask
        out.append((((mixed << 23) | (mixed >> 41)) + s[0]) & mask)
        t = (s[1] << 17) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = ((s[3] << 45) | (s[3] >> 19)) & mask
    return out


def test_bits_are_xoshiro256_plus_plus(state):
    expected = _xoshiro(state, 1000)
    assert [int(random_numbers.bits(state)) for _ in range(1000)] == expected


def test_bits_match_the_reference_output():
    # The first outputs of the authors' C code for the state 1, 2, 3, 4 (the test vector that
    # other implementations of the generator use too).
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    assert [int(random_numbers.bits(state)) for _ in range(3)] == [
        41943041,
        58720359,
        3588806011781223,
    ]


def test_ziggurat_closes():
    # All layers have the same area only if the last edge, computed from the one before, is 0:
    # then the area under the top layer's ceiling is exactly used up. The tail's start is known
    # to 1e-16, and errors grow by less than 1e4 on the way through the layers.
    edges = random_numbers._EDGES
    area = edges[0] * np.exp(-0.5 * edges[1] ** 2)
    height = area / edges[-2] + np.exp(-0.5 * edges[-2] ** 2)
    assert height == pytest.approx(1, abs=1e-10)
    assert (np.diff(edges) < 0).all()


def test_uniform_numbers(state):
    u = _draw(random_numbers.uniform, state, COUNT)
    assert u.min() >= 0
    assert u.max() < 1
    # A true uniform stream fails with probability 1e-4; the seed is fixed, so never by chance.
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4 / np.sqrt(COUNT)  # 4 standard errors


@pytest.mark.parametrize("fill", [False, True])
def test_normal_numbers(state, fill):
    if fill:
        z = np.empty(COUNT)
        random_numbers.fill_normal(state, z)
    else:
        z = _draw(random_numbers.normal, state, COUNT)
    assert stats.kstest(z, "norm").pvalue > 1e-4
    for order in range(1, 9):
        # 4 standard errors of a sample moment: sqrt(Var z^k / N), Var from exact moments.
        exact = stats.norm.moment(order)
        error = np.sqrt((stats.norm.moment(2 * order) - exact**2) / COUNT)
        assert abs(np.mean(z**order) - exact) < 4 * error


def test_normal_tail(state):
    # The tail beyond the ziggurat has a code path of its own: its share (4 Poisson errors) and
    # its shape, with 5000 numbers, enough to see an error of 3 per cent in the distribution.
    z, tails = np.empty(COUNT), []
    for _ in range(20):
        random_numbers.fill_normal(state, z)
        tails.append(np.abs(z[np.abs(z) > random_numbers.TAIL]))
    tail = np.concatenate(tails)
    share = 2 * stats.norm.sf(random_numbers.TAIL)
    expected = 20 * share * COUNT
    assert abs(tail.size - expected) < 4 * np.sqrt(expected)
    assert stats.kstest(2 * stats.norm.sf(tail) / share, "uniform").pvalue > 1e-4


def test_normal_numbers_fit_a_fine_histogram(state):
    # 400 cells of equal probability cut across every layer of the ziggurat, wedges included.
    z = np.empty(4 * COUNT)
    random_numbers.fill_normal(state, z)
    counts = np.bincount((stats.norm.cdf(z) * 400).astype(int), minlength=400)
    assert stats.chisquare(counts).pvalue > 1e-4


def test_fill_and_single_draws_agree(state):
    other = state.copy()
    filled = np.empty(100_000)
    random_numbers.fill_normal(state, filled)
    np.testing.assert_array_equal(filled, _draw(random_numbers.normal, other, 100_000))
    np.testing.assert_array_equal(state, other)


def test_integers_below(state):
    @njit
    def draw(state, count):
        out = np.empty(count, np.int64)
        for i in range(count):
            out[i] = random_numbers.below(state, 7)
        return out

    counts = np.bincount(draw(state, 700_000), minlength=7)
    assert counts.size == 7
    assert stats.chisquare(counts).pvalue > 1e-4


def test_streams_depend_on_their_number_only():
    seed = np.random.SeedSequence([3, 4])
    many = random_numbers.stream_states(seed, 10)
    np.testing.assert_array_equal(random_numbers.stream_states(seed, 3), many[:3])
    assert len(np.unique(many)) == many.size
    assert seed.n_children_spawned == 0


def test_streams_are_uncorrelated():
    states = random_numbers.stream_states(np.random.SeedSequence(5), 8)
    draws = np.array([_draw(random_numbers.uniform, state, 100_000) for state in states])
    correlation = np.corrcoef(draws)[np.triu_indices(8, 1)]
    # 28 correlations with standard error 1 / sqrt(N): their squares make a chi-square.
    assert stats.chi2.sf(100_000 * (correlation**2).sum(), 28) > 1e-4
