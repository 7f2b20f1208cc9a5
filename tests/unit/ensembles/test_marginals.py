"""Histograms and the earth mover's distance against numpy, scipy and closed forms."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from latentearth.ensembles import marginals


def test_histograms_are_those_of_numpy():
    rng = np.random.default_rng(1)
    edges = np.linspace(6.5, 7.5, 41).astype(np.float32).astype(np.float64)
    x = rng.normal(7.0, 0.3, (400, 130)).astype(np.float32)
    x[:41, 0] = edges  # values on edges, the last one among them
    counts = marginals.marginal_histograms(np.array_split(x, 7), edges)
    expected = [np.histogram(x[:, point].astype(float), edges)[0] for point in range(130)]
    np.testing.assert_array_equal(counts, expected)  # counts are exact


def test_uneven_bins_and_bad_ones():
    x = np.array([[0.0], [0.5], [1.0], [5.0], [9.0], [9.1]])
    np.testing.assert_array_equal(marginals.marginal_histograms([x], [0, 1, 9]), [[2, 3]])
    with pytest.raises(ValueError, match="ascending"):
        marginals.marginal_histograms([x], [0, 1, 1])
    with pytest.raises(ValueError, match="no block"):
        marginals.marginal_histograms([], [0, 1])


@pytest.mark.parametrize(("n", "m"), [(200, 200), (200, 77), (1, 50), (3, 1)])
def test_distance_is_that_of_scipy(n, m):
    rng = np.random.default_rng(2)
    a = rng.normal(7.0, 0.2, (n, 70)).astype(np.float32)
    b = rng.gamma(4.0, 0.1, (m, 70)).astype(np.float32) + np.float32(6.5)
    b[0] = a[0]  # ties between the ensembles
    found = marginals.earth_movers_distance(a, b)
    expected = [
        wasserstein_distance(a[:, p].astype(float), b[:, p].astype(float)) for p in range(70)
    ]
    # Sums of a few hundred float64 terms of order 1.
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_distance_of_a_shift_is_the_shift():
    x = np.round(np.random.default_rng(3).normal(size=(1000, 5)) * 64) / 64  # dyadic: no rounding
    shift = np.array([0.0, 0.25, -0.5, 1.0, 8.0])
    np.testing.assert_allclose(
        marginals.earth_movers_distance(x, x + shift), abs(shift), rtol=1e-12
    )


def test_distance_is_symmetric_and_does_not_see_the_order():
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(60, 4)), rng.normal(size=(45, 4))
    forth = marginals.earth_movers_distance(a, b)
    back = marginals.earth_movers_distance(b[::-1], rng.permutation(a))
    np.testing.assert_allclose(forth, back, rtol=1e-13)  # the same sum in the same order


def test_ensembles_that_cannot_be_compared():
    with pytest.raises(ValueError, match="cannot be compared"):
        marginals.earth_movers_distance(np.zeros((3, 2)), np.zeros((3, 1)))


@pytest.mark.parametrize("sizes", [None, (4000, 1000)])
def test_sampling_floor_of_a_uniform_distribution(sizes):
    # For independent uniform samples the difference of the distribution functions at u is nearly
    # Gaussian with variance u(1 - u)(1/n + 1/m), so that the mean distance is
    # sqrt(2/pi) sqrt(1/n + 1/m) times the integral of sqrt(u(1 - u)), which is pi/8.
    x = np.random.default_rng(5).uniform(size=(1000, 2000))
    floor = marginals.sampling_floor(x, marginals.random_halves(1000, 6), sizes)
    n, m = sizes or (500, 500)
    expected = np.sqrt(2 / np.pi) * np.pi / 8 * np.sqrt(1 / n + 1 / m)
    error = floor.std() / np.sqrt(floor.size)
    # 4 standard errors, and 0.2 per cent for the Gaussian limit at 500 samples.
    assert abs(floor.mean() - expected) < 4 * error + 0.002 * expected


def test_halves():
    half = marginals.random_halves(101, 7)
    assert half.sum() == 50 and np.array_equal(half, marginals.random_halves(101, 7))
    chain = np.repeat([3, 5, 9, 11], [2, 3, 2, 1])
    np.testing.assert_array_equal(marginals.halves_by_chain(chain), [1, 1, 0, 0, 0, 1, 1, 0])
    with pytest.raises(ValueError, match="two chains"):
        marginals.halves_by_chain(np.zeros(4))


def test_distance_to_gaussian_against_draws_of_it():
    rng = np.random.default_rng(8)
    x = np.stack([rng.normal(7, 0.2, 20_000), rng.gamma(1.0, 0.2, 20_000)], axis=1)
    found = marginals.distance_to_gaussian(x.astype(np.float32))
    # samples of a Gaussian are as near to it as their number lets them be: some 0.2/sqrt(20 000)
    assert found[0] < 0.004
    # of the gamma distribution, against a million draws, which are as near to their Gaussian
    drawn = rng.normal(x[:, 1].mean(), x[:, 1].std(), 1_000_000)
    assert found[1] == pytest.approx(wasserstein_distance(x[:, 1], drawn), abs=0.001)
