"""Streaming statistics against scipy and numpy on whole arrays."""

import numpy as np
import pytest
from scipy import stats

from latentearth.ensembles import statistics


@pytest.fixture(scope="module")
def ensemble():
    # Velocities of the core-mantle boundary: mean 7.2, deviation 0.1, skewed, float32; more
    # points than one tile.
    rng = np.random.default_rng(1)
    common = rng.gamma(2.0, 1.0, (500, 1))
    return (7.0 + 0.05 * common + 0.1 * rng.gamma(3.0, 0.5, (500, 300))).astype(np.float32)


def blocks(array, sizes):
    return np.split(array, np.cumsum(sizes))


# Sums of 500 float64 terms: relative rounding of about 500 * 1e-16, times the cancellation of
# standardised third and fourth moments (values of order 1 to 10): 1e-11 is ten times more.
TIGHT = {"rtol": 1e-11, "atol": 1e-11}


@pytest.mark.parametrize("sizes", [[], [250], [1, 2, 3, 300]])
def test_moments_are_those_of_scipy(ensemble, sizes):
    found = statistics.ensemble_moments(blocks(ensemble, sizes))
    x = ensemble.astype(np.float64)
    assert found.n == 500
    np.testing.assert_allclose(found.mean, x.mean(axis=0), **TIGHT)
    np.testing.assert_allclose(found.std(), x.std(axis=0), **TIGHT)
    np.testing.assert_allclose(found.std(ddof=1), x.std(axis=0, ddof=1), **TIGHT)
    np.testing.assert_allclose(found.skewness(), stats.skew(x), **TIGHT)
    np.testing.assert_allclose(found.kurtosis(), stats.kurtosis(x), **TIGHT)


def test_merging_in_any_order_gives_the_same(ensemble):
    a, b, c = (statistics.block_moments(part) for part in blocks(ensemble, [100, 37]))
    one = statistics.merge_moments(statistics.merge_moments(a, b), c)
    two = statistics.merge_moments(c, statistics.merge_moments(b, a))
    for name in ("mean", "m2", "m3", "m4"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), **TIGHT)


def test_a_large_mean_does_not_spoil_the_moments():
    # A mean of 1e6 deviations: sums of raw powers would lose 24 digits of the fourth moment.
    # Values are dyadic, so that the shift itself is exact.
    rng = np.random.default_rng(2)
    x = np.round(rng.normal(size=(1000, 3)) * 1024) / 1024
    plain = statistics.ensemble_moments(blocks(x, [600]))
    shifted = statistics.ensemble_moments(blocks(x + 2.0**20, [600]))
    # The mean of the shifted values is rounded to 1e-10; the moments change in proportion.
    np.testing.assert_allclose(shifted.kurtosis(), plain.kurtosis(), atol=1e-8)
    np.testing.assert_allclose(shifted.skewness(), plain.skewness(), atol=1e-8)


def test_gaussian_moments_within_their_errors():
    n = 20_000
    x = np.random.default_rng(3).normal(7.2, 0.1, (n, 200))
    found = statistics.ensemble_moments(blocks(x, [5000, 7000]))
    # Standard errors of a Gaussian: sqrt(6/n) and sqrt(24/n); the mean over 200 points has them
    # divided by sqrt(200), and 4 of these are exceeded once in 16 000 times.
    assert abs(found.skewness().mean()) < 4 * np.sqrt(6 / n / 200)
    assert abs(found.kurtosis().mean() + 6 / n) < 4 * np.sqrt(24 / n / 200)


def test_a_constant_point_has_no_skewness():
    found = statistics.block_moments(np.full((5, 2), 7.0, np.float32))
    assert (found.std() == 0).all()
    assert np.isnan(found.skewness()).all() and np.isnan(found.kurtosis()).all()


@pytest.mark.parametrize("block", [np.zeros((0, 3)), np.zeros(3)])
def test_blocks_without_samples_are_refused(block):
    with pytest.raises(ValueError, match="samples"):
        statistics.block_moments(block)


@pytest.mark.parametrize("sizes", [[], [1, 250], [499]])
def test_covariance_is_that_of_numpy(ensemble, sizes):
    expected = np.cov(ensemble.astype(np.float64), rowvar=False)
    found = statistics.covariance_matrix(blocks(ensemble, sizes))
    # Covariances of about 0.01 from deviations of 0.1 about means of 7: 1e-16 * 7 * 0.1 per
    # term, far below 1e-14.
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_map_difference_of_simple_maps():
    a, weights = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 1.0])
    rmse, correlation = statistics.map_difference(a, 2 * a, weights)
    # By hand: (1 * 1 + 2 * 4 + 1 * 9) / 4 = 4.5; a line is fully correlated. Rounding only.
    assert rmse == pytest.approx(np.sqrt(4.5), rel=1e-14)
    assert correlation == pytest.approx(1.0, rel=1e-14)
    assert statistics.map_difference(a, 5 - a, weights)[1] == pytest.approx(-1.0, rel=1e-14)


def test_compression_rates_of_the_paper():
    values = statistics.ensemble_values(180_000, 529)
    assert values == 95_220_000
    assert round(statistics.compression_rate(values, 3_574_208), 2) == 0.96  # Sec. 4.2
    values = statistics.ensemble_values(180_000, 8000)
    assert statistics.compression_rate(values, 16 * 201_100) > 0.99  # Sec. 4.4
