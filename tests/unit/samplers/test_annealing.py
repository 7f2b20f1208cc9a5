"""Annealed particles against posteriors and evidences that are known."""

import numpy as np
import pytest
import torch

from latentearth.samplers import annealing
from latentearth.samplers.latent_chains import prior_starts
from latentearth.samplers.latent_kernels import Target

SEED = np.random.SeedSequence(4)


def target_of(phi):
    """A target from a differentiable log likelihood."""

    def gradient(z):
        z = z.detach().requires_grad_()
        values = phi(z)
        return values.detach(), torch.autograd.grad(values.sum(), z)[0]

    return Target(lambda z: phi(z).detach(), gradient)


def gaussian(mean, sigma):
    """Data `mean` with errors `sigma`: posterior and evidence are known."""
    return target_of(lambda z: -0.5 * ((z - mean) / sigma).square().sum(1))


def populations(target, latent, particles, runs):
    """Several independent populations."""
    return [
        annealing.anneal(target, prior_starts(seed, particles, latent), seed)
        for seed in SEED.spawn(runs)
    ]


def test_gaussian_posterior_and_evidence():
    mean, sigma, latent, runs = 2.0, 0.3, 4, 12
    found = populations(gaussian(mean, sigma), latent, 256, runs)
    precision = 1 + 1 / sigma**2
    means = np.array([p.position.mean(0).numpy() for p in found])
    # independent populations tell their own standard error: 4 of those, for 4 coordinates
    error = means.std(0, ddof=1) / np.sqrt(runs)
    assert np.all(np.abs(means.mean(0) - mean / sigma**2 / precision) < 4 * error)
    variances = np.array([p.position.var(0).numpy() for p in found])
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

    def phi(z):
        near = [-0.5 * ((z - s * centre) / 0.15).square().sum(1) for s in (1, -1)]
        return torch.logaddexp(near[0] + np.log(3.0), near[1])

    shares = np.array(
        [
            float((p.position[:, 0] > 0).double().mean())
            for p in populations(target_of(phi), 3, 200, 16)
        ]
    )
    error = shares.std(ddof=1) / 4
    assert abs(shares.mean() - 0.75) < 4 * error
    assert error < 0.05  # else the bound above would say nothing


def test_stages_keep_the_share_that_is_asked_for():
    phi = np.random.default_rng(0).normal(size=500) * 300
    beta = annealing.next_beta(phi, 0.2, 0.5)
    weights = np.exp((beta - 0.2) * (phi - phi.max()))
    share = weights.sum() ** 2 / np.square(weights).sum() / len(phi)
    assert 0.2 < beta < 1
    assert share == pytest.approx(0.5, abs=1e-6)  # by halving: the function is smooth
    assert annealing.next_beta(1e-3 * phi, 0.2, 0.5) == 1.0


def test_resampling_takes_every_particle_in_proportion():
    weights = np.array([0.5, 0.25, 0.125, 0.125, 0.0])
    for uniform in (0.0, 0.3, 0.999):
        counts = np.bincount(annealing.systematic(weights, uniform), minlength=5)
        # systematic resampling: within one of the expected number
        assert np.all(np.abs(counts - 5 * weights) < 1)
        assert counts[4] == 0


def test_a_likelihood_that_is_no_number_loses_its_particle():
    def phi(z):
        value = -0.5 * ((z - 1) / 0.2).square().sum(1)
        return torch.where(z[:, 0] < 0, torch.nan, value)

    found = annealing.anneal(target_of(phi), prior_starts(SEED, 64, 2), SEED)
    assert torch.isfinite(found.log_likelihood).all()
    assert (found.position[:, 0] >= 0).all()


def test_an_interrupted_annealing_goes_on(tmp_path):
    target, start = gaussian(1.0, 0.1), prior_starts(SEED, 32, 3)
    whole = annealing.anneal(target, start, SEED)
    calls = []

    def stop(z):
        calls.append(1)
        if len(calls) == 12:
            raise KeyboardInterrupt
        return target.gradient(z)

    file = tmp_path / "particles"
    with pytest.raises(KeyboardInterrupt):
        annealing.anneal(Target(target.value, stop), start, SEED, checkpoint=file)
    assert file.exists()
    found = annealing.anneal(target, start, SEED, checkpoint=file)
    assert torch.equal(found.position, whole.position)
    assert found.stages == whole.stages
    assert found.log_evidence == whole.log_evidence


def test_starts_of_several_targets_lie_in_their_posteriors():
    targets = [gaussian(mean, 0.1) for mean in (-1.0, 1.0)]
    found = annealing.starts(targets, 3, 40, 2, SEED)
    assert found.position.shape == (6, 2)
    expected = torch.tensor([-1.0] * 3 + [1.0] * 3)[:, None] / 1.01
    # posterior deviation 0.1: five of them
    assert ((found.position - expected).abs() < 0.5).all()
    assert np.isfinite(found.log_evidence).all()
    prior = annealing.starts(targets, 3, 0, 2, SEED)
    assert torch.equal(prior.position, prior_starts(SEED, 6, 2))
    assert np.isnan(prior.log_evidence).all()
