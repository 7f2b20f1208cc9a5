"""Integrals over the azimuth against direct sums, exact values and their statistical floor."""

import numpy as np
import pytest
from scipy import integrate, stats

from latentearth.ensembles import azimuth, shell

FREQUENCIES = np.arange(0.5, 100)


def _ring(chains, samples, seed=1):
    x = shell.Radius(2).sample(np.random.default_rng(seed), chains * samples)
    return x.reshape(chains, samples, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sums_match_direct_sines(dtype):
    # 1300 samples: two whole blocks and a part. The documented bound: 1e-11 per sample.
    x = _ring(3, 1300).astype(dtype)
    phi = azimuth.azimuth(x.astype(float))
    direct = np.sin(FREQUENCIES * phi[..., None]).sum(axis=1)
    sums = azimuth.sine_sums(x, FREQUENCIES, threads=2)
    np.testing.assert_allclose(sums, direct, rtol=0, atol=1300 * 1e-11)
    parts = azimuth.sine_sums(x[:, :700], FREQUENCIES) + azimuth.sine_sums(x[:, 700:], FREQUENCIES)
    np.testing.assert_allclose(parts, sums, rtol=0, atol=1300 * 1e-11)


def test_azimuth_convention():
    # arctan2(x, y): clockwise from the y axis, within [0, 2 pi).
    points = np.array([[0, 1], [1, 0], [0, -1], [-1, 0]])
    np.testing.assert_allclose(azimuth.azimuth(points), np.arange(4) * np.pi / 2, atol=1e-15)


@pytest.mark.parametrize("frequency", [0.5, 3.5, 10.5, 0.3, 2.0])
def test_exact_integrals(frequency):
    value = integrate.quad(lambda phi: np.sin(frequency * phi), 0, 2 * np.pi, limit=200)[0]
    assert azimuth.exact_integrals(np.array([frequency]))[0] == pytest.approx(value, abs=1e-12)
    if frequency % 1 == 0.5:
        assert value == pytest.approx(2 / frequency, rel=1e-12)  # eq. 4


def test_even_azimuths_give_the_exact_integral():
    # The midpoint rule with n points has the exact value pi / (n sin(pi w / n)) times the mean
    # of the sine over a turn: no statistics at all.
    n = 100_000
    phi = (np.arange(n) + 0.5) / n * 2 * np.pi
    x = np.stack([np.sin(phi), np.cos(phi)], axis=1)
    turn = np.pi * FREQUENCIES / n
    expected = azimuth.exact_integrals(FREQUENCIES) * turn / np.sin(turn)
    np.testing.assert_allclose(azimuth.sine_integrals(x, FREQUENCIES), expected, atol=1e-9)


def test_spread_over_chains_is_the_floor():
    # For each of three frequencies far apart, chains x (spread / floor)^2 is chi-square with
    # chains - 1 degrees of freedom. Sines of different half-integers are nearly uncorrelated,
    # so that the three add up; the false alarm is 1e-3 on either side (the seed is fixed).
    chains, samples = 400, 1000
    chosen = np.array([0, 30, 99])
    spread = azimuth.error_spread(
        azimuth.sine_integrals(_ring(chains, samples), FREQUENCIES), FREQUENCIES
    )[chosen]
    floor = azimuth.expected_spread(FREQUENCIES[chosen], samples)
    total = (chains * (spread / floor) ** 2).sum()
    low, high = stats.chi2.ppf([1e-3, 1 - 1e-3], 3 * (chains - 1))
    assert low < total < high


def test_mean_error_is_zero():
    errors = azimuth.relative_errors(
        azimuth.sine_integrals(_ring(100, 1000, seed=2), FREQUENCIES), FREQUENCIES
    )
    # 100 standardised errors, 4 standard errors each: a false alarm in 6e-3 without fixed seed.
    z = errors.mean(axis=0) * 10 / azimuth.expected_spread(FREQUENCIES, 1000)
    assert np.abs(z).max() < 4


def test_floor_tends_to_the_simple_form():
    w = np.array([99.5])
    simple = np.pi * w * np.sqrt(0.5 / 200)
    # The neglected term is 1 / (pi w)^2 = 1e-5.
    np.testing.assert_allclose(azimuth.expected_spread(w, 200), simple, rtol=2e-5)


def test_few_chains_show_less_than_the_floor():
    # Mean of the deviation of 10 normal values, by simulation: 4 standard errors of 0.16 / sqrt(n).
    draws = np.random.default_rng(3).standard_normal((200_000, 10)).std(axis=1)
    ratio = azimuth.expected_spread(FREQUENCIES, 200, chains=10) / azimuth.expected_spread(
        FREQUENCIES, 200
    )
    np.testing.assert_allclose(ratio, draws.mean(), atol=4 * draws.std() / np.sqrt(draws.size))


def test_expected_spread_explains_the_published_curves():
    # The paper's published numbers, mean over frequency, for 200, 600, 1000 and 100,000
    # samples. One curve of 10 chains scatters by 1 / sqrt(18) at each of 100 frequencies, which
    # is 0.28 on their mean, weighted with the frequency; 4 standard errors are 11 per cent.
    for samples, published in ((200, 7.30), (600, 4.31), (1000, 3.20), (100_000, 0.322)):
        expected = azimuth.expected_spread(FREQUENCIES, samples, chains=10).mean()
        assert expected == pytest.approx(published, rel=0.11)


def test_wrong_shapes_and_frequencies():
    with pytest.raises(ValueError, match="evenly spaced"):
        azimuth.sine_sums(_ring(1, 5), np.array([0.5, 1.5, 3.5]))
    with pytest.raises(ValueError, match="expected"):
        azimuth.sine_sums(np.zeros((5, 1)), FREQUENCIES)
    assert azimuth.sine_sums(_ring(2, 5), np.array([3.5])).shape == (2, 1)
