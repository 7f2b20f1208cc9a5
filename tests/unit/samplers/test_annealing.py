"""Annealed particles against posteriors and evidences that are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentearth.samplers import annealing
from latentearth.samplers.annealing import Annealing, anneal_all
from latentearth.samplers.latent_chains import first_positions, some_particles
from latentearth.samplers.latent_kernels import differentiated
from latentearth.samplers.targets import Box, Normal, Posterior

SEED = np.random.SeedSequence(4)


def target_of(log_likelihood, latent):
    """A target from a differentiable log likelihood."""
    plain, gradient = differentiated(log_likelihood)
    return Posterior(plain, Normal(latent), gradient)


def gaussian(mean, sigma, latent):
    """Data `mean` with errors `sigma`: posterior and evidence are known."""
    return target_of(lambda z: -0.5 * ((z - mean) / sigma).square().sum(1), latent)


def populations(target, particles, runs):
    """Several independent populations."""
    return [Annealing(particles)(target, None, seed) for seed in SEED.spawn(runs)]


def test_gaussian_posterior_and_evidence():
    mean, sigma, latent, runs = 2.0, 0.3, 4, 12
    found = populations(gaussian(mean, sigma, latent), 256, runs)
    precision = 1 + 1 / sigma**2
    means = np.array([p.mean for p in found])
    # independent populations tell their own standard error: 4 of those, for 4 coordinates
    error = means.std(0, ddof=1) / np.sqrt(runs)
    assert np.all(np.abs(means.mean(0) - mean / sigma**2 / precision) < 4 * error)
    variances = np.array([p.flat.var(0, ddof=1) for p in found])
    # N particles lower a variance by a factor 1 - 1/N, and more as copies are not independent:
    # 10 per cent, beside four standard errors
    error = variances.std(0, ddof=1) / np.sqrt(runs)
    assert np.all(np.abs(variances.mean(0) * precision - 1) < 0.1 + 4 * error * precision)
    # the evidence itself, not its logarithm, is without bias
    log_true = latent * (np.log(sigma) - 0.5 * np.log(1 + sigma**2))
    log_true -= latent * 0.5 * mean**2 / (1 + sigma**2)
    ratio = np.exp(np.array([p.log_evidence for p in found]) - log_true)
    assert abs(ratio.mean() - 1) < 4 * ratio.std(ddof=1) / np.sqrt(runs)
    assert ratio.std() < 1  # a spread that would let anything pass


def test_modes_hold_the_particles_that_they_weigh():
    """Two modes far apart, of weights 3 to 1: a chain would stay where it falls."""
    centre = torch.tensor([1.5, 0.0, 0.0], dtype=torch.float64)

    def log_likelihood(z):
        near = [-0.5 * ((z - s * centre) / 0.15).square().sum(1) for s in (1, -1)]
        return torch.logaddexp(near[0] + np.log(3.0), near[1])

    shares = np.array(
        [(p.flat[:, 0] > 0).mean() for p in populations(target_of(log_likelihood, 3), 200, 16)]
    )
    error = shares.std(ddof=1) / 4
    assert abs(shares.mean() - 0.75) < 4 * error
    assert error < 0.05  # else the bound above would say nothing


def test_stages_keep_the_share_that_is_asked_for():
    values = np.random.default_rng(0).normal(size=500) * 300
    beta = annealing.next_beta(values, 0.2, 0.5)
    weights = np.exp((beta - 0.2) * (values - values.max()))
    share = weights.sum() ** 2 / np.square(weights).sum() / len(values)
    assert 0.2 < beta < 1
    assert share == pytest.approx(0.5, abs=1e-6)  # by halving: the function is smooth
    assert annealing.next_beta(1e-3 * values, 0.2, 0.5) == 1.0


def test_resampling_takes_every_particle_in_proportion():
    weights = np.array([0.5, 0.25, 0.125, 0.125, 0.0])
    for uniform in (0.0, 0.3, 0.999):
        counts = np.bincount(annealing.systematic(weights, uniform), minlength=5)
        # systematic resampling: within one of the expected number
        assert np.all(np.abs(counts - 5 * weights) < 1)
        assert counts[4] == 0


def test_a_likelihood_that_is_no_number_loses_its_particle():
    def log_likelihood(z):
        value = -0.5 * ((z - 1) / 0.2).square().sum(1)
        return torch.where(z[:, 0] < 0, torch.nan, value)

    found = Annealing(64)(target_of(log_likelihood, 2), None, SEED)
    assert np.isfinite(found.log_density).all()
    assert (found.flat[:, 0] >= 0).all()


def test_an_interrupted_annealing_goes_on(tmp_path, capsys):
    """With no more than the stage that was broken off done again."""
    target, anneal = gaussian(1.0, 0.1, 3), Annealing(32)
    calls, at = [], [None]

    def stop(z):
        calls.append(1)
        if len(calls) == at[0]:
            raise KeyboardInterrupt
        return target.gradient(z)

    whole = anneal(replace(target, gradient=stop), None, SEED)
    in_all, stages = len(calls), whole.about["stages"]
    at[0] = 4 * in_all // 5
    calls.clear()

    file = tmp_path / "particles"
    with pytest.raises(KeyboardInterrupt):
        anneal(replace(target, gradient=stop), None, SEED, file)
    assert file.exists()
    capsys.readouterr()
    at[0] = None
    found = anneal(replace(target, gradient=stop), None, SEED, file)
    assert "32 particles: continuing from stage " in capsys.readouterr().out
    assert in_all <= len(calls) <= in_all + in_all // stages  # each stage has as many
    np.testing.assert_array_equal(found.position, whole.position)
    assert found.about == whole.about and found.evaluations == whole.evaluations
    assert found.log_evidence == whole.log_evidence


def test_chains_begin_in_the_posterior_of_their_target():
    targets = [gaussian(mean, 0.1, 2) for mean in (-1.0, 1.0)]
    found = anneal_all(Annealing(40), targets, SEED)
    start = np.concatenate([some_particles(one, 3) for one in found])
    expected = np.array([-1.0] * 3 + [1.0] * 3)[:, None] / 1.01
    # posterior deviation 0.1: five of them
    assert start.shape == (6, 2) and (abs(start - expected) < 0.5).all()
    assert len(some_particles(found[0], 50)) == 50  # several chains in one particle
    first = first_positions(Normal(2), found[0], 3, SEED)
    np.testing.assert_array_equal(first, start[:3])


def test_evaluations_are_counted():
    calls = []

    def counted(function):
        def call(z):
            calls.append(len(z))
            return function(z)

        return call

    plain = gaussian(1.0, 0.3, 2)
    target = replace(
        plain, log_likelihood=counted(plain.log_likelihood), gradient=counted(plain.gradient)
    )
    found = Annealing(16, moves=2)(target, None, SEED)
    assert found.evaluations == sum(calls)


def test_other_priors_are_refused():
    with pytest.raises(TypeError, match="Normal prior"):
        Annealing(4)(replace(gaussian(0.0, 1.0, 1), prior=Box([[0, 1]])), None, SEED)
