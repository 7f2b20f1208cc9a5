"""One annealing gives posteriors to all powers of the likelihood, with their evidences."""

import numpy as np
import pytest
import torch

from latentearth.inversion.image_priors import bank_of
from latentearth.samplers.annealing import Annealing
from latentearth.samplers.population_annealing import PopulationAnnealing
from latentearth.samplers.targets import Normal, Posterior
from latentearth.samplers.tempered_path import TemperedPath

MEAN, SIGMA, LATENT = 1.5, 0.2, 2
POWERS = (0.002, 0.05, 0.3, 1.0)  # the first before any stage: from the bank alone


def log_likelihood(z):
    return -0.5 * ((z - MEAN) ** 2).sum(-1) / SIGMA**2


def expected(power):
    """Mean and deviation of each coordinate, and log evidence, in closed form."""
    of_data = power / SIGMA**2
    mean, variance = of_data / (1 + of_data) * MEAN, 1 / (1 + of_data)
    evidence = 0.5 * np.log(variance) - 0.5 * of_data * variance * MEAN**2
    return mean, variance**0.5, LATENT * evidence


@pytest.fixture(scope="module")
def paths():
    target, found = Posterior(log_likelihood, Normal(LATENT)), []
    for seed in np.random.SeedSequence(4).spawn(8):
        first = target.prior.draw(2000, np.random.default_rng(seed))
        bank = bank_of(first, log_likelihood(first))
        found.append(TemperedPath(bank))
        sampler = PopulationAnnealing(particles=512, chains=128, rounds=3)
        sampler(target, bank, seed, on_stage=found[-1].add)
    return found


@pytest.mark.parametrize("power", POWERS)
def test_each_power_has_its_mean_width_and_evidence(paths, power):
    mean, deviation, evidence = expected(power)
    rng = np.random.default_rng(0)
    found = [path.at(power, 512, rng) for path in paths]
    means = np.array([one.mean for one in found])
    # 8 runs of at least 128 independent states: four errors of their mean
    assert abs(means.mean() - mean) < 4 * deviation / (8 * 128 * LATENT) ** 0.5
    # a variance to 3 per cent; three, and what resampling takes away
    assert np.mean([one.deviation for one in found]) == pytest.approx(deviation, rel=0.08)
    ratio = np.exp(np.array([one.log_evidence for one in found]) - evidence)
    # runs tell their own error: four of it
    assert abs(ratio.mean() - 1) < 4 * ratio.std(ddof=1) / 8**0.5
    assert ratio.std(ddof=1) < 0.5  # a spread that would let anything pass


def test_lower_powers_cost_less_and_have_more_ancestors(paths):
    low, high = (paths[0].at(power, 64, np.random.default_rng(0)) for power in (0.05, 1.0))
    assert low.cpu_s < high.cpu_s
    assert low.independent > high.independent
    assert low.flat.shape == (64, LATENT)


def test_of_the_bank_the_effective_draws_are_told(paths):
    found = paths[0].at(POWERS[0], 64, np.random.default_rng(0))
    assert found.cpu_s == 0 and 64 < found.independent < 2000


def test_particles_that_follow_gradients_pass_the_same_densities():
    def gradient(z):
        return log_likelihood(z), -(z - MEAN) / SIGMA**2

    target = Posterior(log_likelihood, Normal(LATENT), gradient=gradient)
    whole, part = TemperedPath(), TemperedPath()
    seed = np.random.SeedSequence(1)
    Annealing(256)(target, None, seed, on_stage=whole.add)
    Annealing(256, until=0.3)(target, None, seed, on_stage=part.add)
    assert part.betas == whole.betas[: len(part.betas)] and 0.3 <= part.betas[-1] < 1
    found = [path.at(0.3, 256, np.random.default_rng(2)) for path in (whole, part)]
    np.testing.assert_array_equal(found[0].position, found[1].position)
    mean, deviation, _ = expected(0.3)
    # 256 particles whose ancestors are a tenth of them at least: four errors
    assert abs(float(found[0].mean.mean()) - mean) < 4 * deviation / 25**0.5 / LATENT**0.5
    assert not torch.is_tensor(found[0].position)
