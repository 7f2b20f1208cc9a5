"""Posterior of a latent vector: densities, slopes, and errors learned from residuals."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from latentearth.inversion.latent_posterior import (
    DataError,
    learn_error,
    learn_model_error,
    traveltime_posterior,
)
from latentearth.samplers.annealing import Annealing

V = 0.08, 0.06
RNG = np.random.default_rng(8)
RAYS = torch.from_numpy(RNG.random((6, 4))).float()
MIX = torch.from_numpy(RNG.normal(size=(2, 4))).float()


def decode(z):
    """Facies of four cells."""
    return torch.sigmoid(z @ MIX)


def operator(slownesses):
    return slownesses @ RAYS.T


def target(times, error):
    return traveltime_posterior(decode, operator, V, times, error, latent=2)


def some_error():
    root = RNG.normal(size=(6, 6))
    return DataError(RNG.normal(size=6), root @ root.T + np.eye(6))


def test_the_density_is_a_normal_one_of_residuals():
    error, times = some_error(), 30 + RNG.normal(size=6)
    z = torch.from_numpy(RNG.normal(size=(5, 2)))
    found = target(times, error).log_likelihood(z).numpy()
    facies = decode(z.float()).numpy()
    recorded = (1 / (V[0] + (V[1] - V[0]) * facies)) @ RAYS.numpy().T
    expected = multivariate_normal(error.mean, error.covariance).logpdf(times - recorded)
    # up to a constant; float32 sums of a few hundred
    np.testing.assert_allclose(found - found[0], expected - expected[0], rtol=1e-4, atol=1e-3)


def test_slopes_are_those_of_differences():
    error, times = some_error(), 30 + RNG.normal(size=6)
    posterior, z = target(times, error), torch.from_numpy(RNG.normal(size=(3, 2)))
    value, slope = posterior.gradient(z)
    np.testing.assert_allclose(value, posterior.log_likelihood(z), rtol=1e-6)
    step = 1e-2
    for axis in (0, 1):
        shift = torch.zeros(2).double()
        shift[axis] = step
        ends = [posterior.log_likelihood(z + sign * shift) for sign in (1, -1)]
        # float32 rounding of the ends over the step, and the third derivative
        np.testing.assert_allclose(
            (ends[0] - ends[1]) / (2 * step), slope[:, axis], rtol=0.02, atol=0.05
        )


def test_a_covariance_of_many_models_is_the_true_one_and_of_few_is_shrunk():
    truth = np.array([[2.0, 1.2, 0.0], [1.2, 1.0, 0.3], [0.0, 0.3, 0.5]])
    drawn = RNG.multivariate_normal([1, 2, 3], truth, size=20_000)
    found = learn_error(drawn, 0.5)
    # five standard errors of a covariance: sqrt(2 * 2 * 2 / 20 000) at most
    np.testing.assert_allclose(found.covariance, truth + 0.25 * np.eye(3), atol=0.1)
    np.testing.assert_allclose(found.mean, [1, 2, 3], atol=0.05)
    alone = RNG.normal(size=(8, 40))  # covariances of nothing but chance
    few = learn_error(alone, 0.0).covariance
    off = ~np.eye(40, dtype=bool)
    assert (few[off] ** 2).sum() < 0.3 * (np.cov(alone.T)[off] ** 2).sum()
    np.testing.assert_allclose(np.diag(few), np.var(alone, axis=0, ddof=1))
    np.linalg.cholesky(few + 1e-6 * np.eye(40))  # no negative variances


def test_two_models_tell_too_little():
    with pytest.raises(ValueError, match="2 models"):
        learn_error(np.zeros((2, 4)), 0.1)


def test_an_annealing_finds_the_moments_that_a_grid_has():
    times = operator(1 / (V[0] + (V[1] - V[0]) * decode(torch.tensor([[0.7, -0.4]])))).numpy()[0]
    posterior = target(times, DataError(np.zeros(6), 0.04 * np.eye(6)))
    line = np.linspace(-4, 4, 81)
    grid = torch.from_numpy(np.stack(np.meshgrid(line, line), -1).reshape(-1, 2))
    density = posterior.log_likelihood(grid).numpy() - 0.5 * (grid.numpy() ** 2).sum(1)
    weight = np.exp(density - density.max())
    weight /= weight.sum()
    mean = weight @ grid.numpy()
    deviation = np.sqrt(weight @ (grid.numpy() - mean) ** 2)
    found = Annealing(particles=400, moves=2)(posterior, None, np.random.SeedSequence(3))
    # five standard errors of 400 particles, taken as a hundred independent ones
    np.testing.assert_allclose(found.mean, mean, atol=0.5 * deviation.max())
    np.testing.assert_allclose(found.deviation, deviation, rtol=0.4)


def test_what_cannot_be_made_is_learned_jointly_with_its_times():
    """Numbers that times decide are left with no error; intervals of others hold their share."""
    rng = np.random.default_rng(3)
    hidden = rng.standard_normal((4000, 3))
    made = hidden @ [[1.0, 0.5], [0.5, 1.0], [0.0, 0.0]] + 2  # the third is in no time
    found = learn_model_error(hidden, made, 0.01)
    assert found.covariance[2, 2] == pytest.approx(1, abs=0.1)  # 4000 draws: 0.022
    # two times with errors of 0.01 and inverses below 2; shrinking 4000 draws adds some 1e-3
    assert np.diag(found.covariance)[:2].max() < 0.05
    truth, misfit = hidden[:400], made[:400]
    drawn = found.draw(misfit, 200, rng)
    assert drawn.shape == (400, 200, 3)
    inside = np.abs((drawn < truth[:, None]).mean(1) - 0.5) < 0.475
    assert inside[:, 2].mean() == pytest.approx(0.95, abs=0.033)  # three errors of 400
