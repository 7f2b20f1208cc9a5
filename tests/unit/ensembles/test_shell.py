"""The shell's exact properties, against closed forms, other quadrature, and samples."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from latentearth.ensembles import shell, slices

DIMENSIONS = [2, 3, 4, 7, 10]


def _weight(r, dimension):
    return r ** (dimension - 1) * np.exp(-((r - 0.7) ** 2) / 0.02)


def test_log_density_is_the_papers():
    x = np.array([0.3, -0.5, 0.2])
    expected = -((np.linalg.norm(x) - 0.7) ** 2) / 0.02
    assert shell.log_density(x, np.array(shell.SHELL)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_moments_match_adaptive_quadrature(dimension):
    def integral(power):
        return integrate.quad(
            lambda r: r**power * _weight(r, dimension), 0, 3, points=[0.7], epsabs=0, epsrel=1e-12
        )[0]

    radius, total = shell.Radius(dimension), integral(0)
    # quad promises 1e-12; differences of squares in the deviation lose two digits.
    assert radius.log_integral == pytest.approx(np.log(total), abs=1e-10)
    assert radius.mean == pytest.approx(integral(1) / total, rel=1e-11)
    assert radius.moment(4) == pytest.approx(integral(4) / total, rel=1e-11)
    variance = integral(2) / total - (integral(1) / total) ** 2
    assert radius.std == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_a_maxwell_distribution_is_recovered():
    # Radius 0: the chi distribution of d degrees of freedom, known in closed form.
    radius = shell.Radius(5, radius=0.0, width=1.0)
    r = np.linspace(0, 6, 101)
    np.testing.assert_allclose(radius.pdf(r), stats.chi(5).pdf(r), atol=1e-12)
    np.testing.assert_allclose(radius.cdf(r), stats.chi(5).cdf(r), atol=1e-10)
    p = np.array([1e-6, 0.01, 0.5, 0.99, 1 - 1e-6])
    # Errors of 1e-12 in the distribution become 1e-6 where the density is 1e-6.
    np.testing.assert_allclose(radius.quantile(p), stats.chi(5).ppf(p), rtol=1e-6)
    exact = special.gamma(3) / special.gamma(2.5) * np.sqrt(2)
    assert radius.mean == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("dimension", [1, *DIMENSIONS, 100])
def test_quantiles_invert_the_distribution(dimension):
    radius = shell.Radius(dimension)
    p = np.concatenate([[0, 1e-12, 1e-6], np.linspace(0.001, 0.999, 999), [1 - 1e-9, 1]])
    # Newton's iteration ends at rounding: 1e-13 of a probability.
    np.testing.assert_allclose(radius.cdf(radius.quantile(p)), p, atol=1e-13, rtol=1e-6)
    assert (np.diff(radius.quantile(p)) > 0).all()


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_exact_samples(dimension):
    radius = shell.Radius(dimension)
    x = radius.sample(np.random.default_rng(dimension), 200_000)
    r = np.linalg.norm(x, axis=1)
    # Independent samples: Kolmogorov's distribution, false alarm 1e-4 (the seed is fixed).
    assert stats.kstest(r, radius.cdf).pvalue > 1e-4
    # The first direction cosine squared of a uniform direction is Beta(1/2, (d - 1)/2).
    cosine = stats.beta(0.5, 0.5 * (dimension - 1))
    assert stats.kstest((x[:, 0] / r) ** 2, cosine.cdf).pvalue > 1e-4
    # Radius and direction are independent; mean zero: 4 standard errors each.
    error = np.sqrt(radius.moment(2) / dimension / len(x))
    assert (np.abs(x.mean(axis=0)) < 4 * error).all()
    assert abs(np.corrcoef(r, (x[:, 0] / r) ** 2)[0, 1]) < 4 / np.sqrt(len(x))


def test_slice_probability_in_three_dimensions_by_surface():
    # d = 3: on a sphere of radius r the height is uniform (Archimedes), so that the share with
    # |z| < h is min(1, h / r). quad promises 1e-11.
    part = integrate.quad(
        lambda r: min(1, 0.15 / r) * _weight(r, 3), 0, 3, points=[0.15, 0.7], epsabs=0, epsrel=1e-11
    )[0]
    total = integrate.quad(lambda r: _weight(r, 3), 0, 3, points=[0.7], epsabs=0, epsrel=1e-11)[0]
    assert shell.slice_probability(3, 0.15) == pytest.approx(part / total, rel=1e-9)


def test_slice_probability_in_four_dimensions_by_double_quadrature():
    def plane(z, y):
        t2 = y * y + z * z
        return integrate.quad(
            lambda s: s * np.exp(-((np.sqrt(s * s + t2) - 0.7) ** 2) / 0.02),
            0,
            2,
            points=[0.7],
            epsrel=1e-10,
        )[0]

    box = integrate.dblquad(plane, 0, 0.15, 0, 0.15, epsrel=1e-9)[0] * 4 * 2 * np.pi
    total = integrate.quad(lambda r: _weight(r, 4), 0, 3, points=[0.7])[0] * 2 * np.pi**2
    # 1e-7 leaves room for the quadrature's three levels, each with its own error.
    assert shell.slice_probability(4, 0.15) == pytest.approx(box / total, rel=1e-7)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_slice_probability_matches_samples(dimension):
    # d = 10 expects 295 samples of 2 million in the slice; 4 binomial standard errors.
    x = shell.Radius(dimension).sample(np.random.default_rng(dimension), 1_000_000)
    exact = shell.slice_probability(dimension, 0.15)
    share = len(slices.within_slice(x, 0.15)) / len(x)
    assert abs(share - exact) <= 4 * np.sqrt(exact * (1 - exact) / len(x))


@pytest.mark.parametrize("dimension", [7, 10])
def test_slice_probability_matches_points_in_the_box(dimension):
    # A sharper test than the last: the integral over the box by 1,000,000 uniform points, with
    # the first two coordinates integrated exactly. 4 standard errors, about 1e-4 relative.
    y = np.random.default_rng(1).uniform(-0.15, 0.15, (1_000_000, dimension - 2))
    z = (np.linalg.norm(y, axis=1) - 0.7) / (0.1 * np.sqrt(2))
    plane = 0.01 * np.exp(-(z**2)) + 0.07 * np.sqrt(np.pi / 2) * special.erfc(z)
    surface = 2 * np.pi ** (dimension / 2) / special.gamma(dimension / 2)
    total = surface * integrate.quad(lambda r: _weight(r, dimension), 0, 3, points=[0.8])[0]
    factor = 2 * np.pi * 0.3 ** (dimension - 2) / total
    error = plane.std() / np.sqrt(len(plane)) * factor
    exact = shell.slice_probability(dimension, 0.15)
    assert error < 2e-4 * exact
    assert abs(plane.mean() * factor - exact) < 4 * error


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_slice_probability_has_converged(dimension):
    # Half as many nodes agree: the error is far below the 1e-6 that anyone needs.
    assert shell.slice_probability(dimension, 0.15, nodes=32) == pytest.approx(
        shell.slice_probability(dimension, 0.15), rel=1e-9
    )


def test_shells_that_do_not_exist():
    with pytest.raises(ValueError, match="dimension 0"):
        shell.Radius(0)
    with pytest.raises(ValueError, match="width -1"):
        shell.Radius(2, width=-1)
    with pytest.raises(ValueError, match="no slice"):
        shell.slice_probability(1, 0.15)
