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
    axes, _ = np.linalg.qr(RNG.normal(size=(6, 6)))
    scales, shares = np.array([0.3, 4.0]), np.array([0.6, 0.4])
    return DataError(RNG.normal(size=6), axes, RNG.uniform(0.5, 3, 6), scales, shares, 0.7)


def normal(deviation):
    """Independent errors of one scale."""
    one = np.ones(1)
    return DataError(np.zeros(6), np.eye(6), np.zeros(6), one, one, deviation)


def covariance(error):
    """At scale 1, without noise."""
    return error.axes * error.variances @ error.axes.T


def test_the_density_is_a_mixture_of_normal_ones_of_residuals():
    error, times = some_error(), 30 + RNG.normal(size=6)
    z = torch.from_numpy(RNG.normal(size=(5, 2)))
    found = target(times, error).log_likelihood(z).numpy()
    facies = decode(z.float()).numpy()
    recorded = (1 / (V[0] + (V[1] - V[0]) * facies)) @ RAYS.numpy().T
    totals = [s * covariance(error) + 0.49 * np.eye(6) for s in error.scales]
    parts = [multivariate_normal(error.mean, total).pdf(times - recorded) for total in totals]
    expected = np.log(error.shares @ parts)
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


def test_an_annealing_finds_the_moments_that_a_grid_has():
    times = operator(1 / (V[0] + (V[1] - V[0]) * decode(torch.tensor([[0.7, -0.4]])))).numpy()[0]
    posterior = target(times, normal(0.2))
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
    hidden = rng.standard_normal((4000, 41))
    made = hidden[:, :40] @ (np.eye(40) + 0.5 * np.eye(40, k=1)) + 2  # the last is in no time
    hidden, made, truth, misfit = hidden[400:], made[400:], hidden[:400], made[:400]
    found = learn_model_error(hidden, made, 0.01)[0]
    drawn = found.draw(misfit, 200, rng)
    assert drawn.shape == (400, 200, 41)
    # of 1; a covariance of 1800 models is shrunk by some hundredths, which leaves a tenth
    assert drawn[..., :40].std(1).mean() < 0.2
    # of one scale: a grid's step of 1.4 in variance; 200 draws
    assert drawn[..., 40].std(1).mean() == pytest.approx(1, abs=0.2)
    inside = np.abs((drawn < truth[:, None]).mean(1) - 0.5) < 0.475
    assert inside[:, 40].mean() == pytest.approx(0.95, abs=0.033)  # three errors of 400


def test_errors_drawn_have_the_scale_that_the_times_show():
    rng = np.random.default_rng(4)
    factor = np.where(np.arange(2000) < 1000, 3.0, 1.0)[:, None]
    times, number = rng.standard_normal((2000, 60)), rng.standard_normal((2000, 1))
    found = learn_model_error(factor * number, factor * times, 0.01)[0]
    wide, narrow = found.draw(np.stack([3.0 * times[1], times[2]]), 1000, rng).std(1)
    assert wide / narrow == pytest.approx(3, rel=0.2)  # the grid's step is 1.2 in deviation


def test_intervals_hold_their_share_though_models_are_hardly_more_than_times():
    """Numbers that 150 times tell of, learned from 400 models: what is left is not too little."""
    rng = np.random.default_rng(5)
    mix = rng.normal(size=(150, 20)) / 150**0.5
    times = rng.standard_normal((1000, 150))
    numbers = times @ mix + 0.3 * rng.standard_normal((1000, 20))
    errors = learn_model_error(numbers[:400], times[:400], 0.01)
    drawn = np.concatenate([each.draw(times[400:], 100, rng) for each in errors], 1)
    inside = np.abs((drawn < numbers[400:, None]).mean(1) - 0.5) < 0.34
    # 20 numbers of 600 models, of which each may count as one: two errors; two regressions
    # together are wider than each
    assert inside.mean() == pytest.approx(0.68, abs=0.04)
