"""Posterior of a latent vector: densities, modes, and errors learned from residuals."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from latentearth.inversion.latent_posterior import (
    DataError,
    gauss_newton,
    learn_error,
    learn_remainder,
    learn_vectors,
)

RNG = np.random.default_rng(8)
RAYS, MIX = RNG.random((6, 4)), RNG.normal(size=(2, 4))


def times(z):
    """Of four cells, which are no linear functions of two numbers."""
    return 30 + np.tanh(z @ MIX) @ RAYS.T


def some_error():
    axes, _ = np.linalg.qr(RNG.normal(size=(6, 6)))
    scales, shares = np.array([0.3, 4.0]), np.array([0.6, 0.4])
    return DataError(RNG.normal(size=6), axes, RNG.uniform(0.5, 3, 6), scales, shares, 0.7)


def normal(deviation, count=6):
    """Independent errors of one scale."""
    one = np.ones(1)
    return DataError(np.zeros(count), np.eye(count), np.zeros(count), one, one, deviation)


def covariance(error):
    """At scale 1, without noise."""
    return error.axes * error.variances @ error.axes.T


def test_the_density_is_a_mixture_of_normal_ones_of_residuals():
    error, residuals = some_error(), RNG.normal(size=(5, 6))
    found = np.exp(error.log_densities((residuals - error.mean) @ error.axes)).sum(1)
    totals = [s * covariance(error) + 0.49 * np.eye(6) for s in error.scales]
    parts = [multivariate_normal(error.mean, total).pdf(residuals) for total in totals]
    np.testing.assert_allclose(found, error.shares @ parts * (2 * np.pi) ** 3, rtol=1e-9)


def test_a_linear_problem_has_the_posterior_of_least_squares():
    slopes, observed = RNG.normal(size=(6, 2)), RNG.normal(size=6)
    found = gauss_newton(lambda z: z @ slopes.T, observed, normal(0.5), np.array([2.0, -3.0]))
    expected = np.linalg.inv(slopes.T @ slopes / 0.25 + np.eye(2))
    np.testing.assert_allclose(found.mode, expected @ slopes.T @ observed / 0.25, rtol=1e-6)
    np.testing.assert_allclose(found.root @ found.root.T, expected, rtol=1e-6)
    drawn = found.draw(20_000, RNG)
    np.testing.assert_allclose(drawn.mean(0), found.mode, atol=0.02)  # five errors of 0.5
    np.testing.assert_allclose(np.cov(drawn.T), expected, atol=0.02)


def test_the_mode_is_the_likeliest_that_a_grid_has():
    truth, error = np.array([[0.7, -0.4]]), some_error()
    observed = times(truth)[0] + error.mean
    found = gauss_newton(times, observed, error, np.zeros(2), 30)
    line = np.linspace(-3, 3, 301)
    grid = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    logs = error.log_densities((times(grid) - observed + error.mean) @ error.axes)
    best = grid[(np.logaddexp(*logs.T) - 0.5 * (grid**2).sum(1)).argmax()]
    # steps of 0.02, and a posterior that is flat: the search ends where it rises by 0.01
    np.testing.assert_allclose(found.mode, best, atol=0.1)


def test_vectors_are_regressed_on_times_though_not_linear():
    """The square of a number, of which a linear regression tells nothing."""
    known = RNG.normal(size=(1000, 3))
    regression = learn_vectors(known @ RAYS[:3, :3] + 30, known[:, :1] ** 2)
    new = RNG.normal(size=(300, 3)).clip(-2, 2)
    left = regression(new @ RAYS[:3, :3] + 30) - new[:, :1] ** 2
    assert left.var() < 0.05 * 2  # of a variance of 2


def test_a_covariance_of_many_models_is_the_true_one_and_of_few_is_shrunk():
    root = np.diag([1.5, 1.0, 0.7] * 20) + np.diag(np.full(59, 0.6), -1)
    truth = root @ root.T
    drawn = RNG.standard_normal((20_000, 60)) @ root.T + 2
    found = learn_error(drawn, 0.5)
    mean_scale = found.shares @ found.scales
    # five standard errors of a covariance: sqrt(2 * 2.6 * 2.6 / 20 000) at most
    np.testing.assert_allclose(mean_scale * covariance(found), truth, atol=0.15)
    np.testing.assert_allclose(found.mean, np.full(60, 2), atol=0.06)
    # normal ones have one scale, of which the grid has a neighbour
    assert np.abs(np.log(found.scales)) @ found.shares < 0.1
    alone = RNG.normal(size=(12, 40))  # covariances of nothing but chance
    few = covariance(learn_error(alone, 1.0))
    off = ~np.eye(40, dtype=bool)
    assert (few[off] ** 2).sum() < 0.3 * (np.cov(alone.T)[off] ** 2).sum()


def test_scales_are_learned():
    """A third of the models with thrice the errors of the others: two scales, nine times apart."""
    factor = np.where(np.arange(3000) < 1000, 3.0, 1.0)
    found = learn_error(factor[:, None] * RNG.standard_normal((3000, 80)), 0.1)
    large = found.scales * found.variances.mean() > 3  # between 1 and 9
    # three standard errors of a third of 3000
    assert found.shares[large].sum() == pytest.approx(1 / 3, abs=0.026)
    of_large, of_small = (
        np.exp(np.log(found.scales[k]) @ found.shares[k] / found.shares[k].sum())
        for k in (large, ~large)
    )
    assert of_large / of_small == pytest.approx(9, rel=0.15)  # the grid's step is 1.4


def test_two_models_tell_too_little():
    with pytest.raises(ValueError, match="2 models"):
        learn_error(np.zeros((2, 4)), 0.1)


def test_what_cannot_be_made_is_told_by_times():
    """Numbers that times decide are found; one that is in no time stays at its mean."""
    hidden = RNG.standard_normal((4000, 41)) + 1.0
    made = hidden[:, :40] @ (np.eye(40) + 0.5 * np.eye(40, k=1)) + 2
    found = learn_remainder(hidden[400:], made[400:], 0.01)
    left = found(made[:400]) - hidden[:400]
    # a covariance of 3600 models is shrunk by some hundredths
    assert left[:, :40].std() < 0.2
    assert left[:, 40].std() == pytest.approx(1, abs=0.15)  # three errors of 400, and of the gain
    assert left[:, 40].mean() == pytest.approx(0, abs=0.2)
