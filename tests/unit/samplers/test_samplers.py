"""All samplers on posteriors that are known, judged by one summary."""

import numpy as np
import pytest

from latentearth.diagnostics import summary
from latentearth.samplers import metropolis, nested
from latentearth.samplers.annealing import Annealing
from latentearth.samplers.importance import Importance
from latentearth.samplers.latent_chains import LatentChains
from latentearth.samplers.latent_kernels import METHODS
from latentearth.samplers.metropolis import Density, Metropolis
from latentearth.samplers.nested import Nested
from latentearth.samplers.targets import Box, Normal, Posterior
from latentearth.samples import Samples
from latentearth.seeds import stream

SIZE, MEAN, WIDTH = 3, 0.5, 0.3
BOX = Box(np.array([[-3.0, 4.0]] * SIZE))
UNIFORM = SIZE * (np.log(WIDTH * np.sqrt(2 * np.pi)) - np.log(7.0))
LATENT = SIZE * (np.log(WIDTH) - 0.5 * np.log(1 + WIDTH**2) - 0.5 * MEAN**2 / (1 + WIDTH**2))


@metropolis.compiled_density
def compiled(x, parameters):
    total = 0.0
    for value in x:
        total -= 0.5 * ((value - parameters[0]) / parameters[1]) ** 2
    return total


def value(z):
    """A Gaussian likelihood of arrays or tensors."""
    return -0.5 * (((z - MEAN) / WIDTH) ** 2).sum(-1)


def with_gradient(z):
    return value(z), -(z - MEAN) / WIDTH**2


NORMAL = Posterior(value, Normal(SIZE), with_gradient)
FAR = np.random.default_rng(1).normal(size=(4, SIZE))
ENGINE = "multinest" if nested.multinest_available() else "nautilus"
CASES = {  # sampler, target, start, log evidence
    "metropolis": (
        Metropolis(0.35, 3000, 10, 500), Density(compiled, np.array([MEAN, WIDTH])), FAR, None
    ),
    "latent chains": (LatentChains(METHODS["hmc"], 300, 600), NORMAL, None, None),
    "annealing": (Annealing(400), NORMAL, None, LATENT),
    "importance": (Importance(wanted=1000), Posterior(value, BOX), None, UNIFORM),
    "nested": (Nested(ENGINE, effective=1500), Posterior(value, BOX), None, UNIFORM),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_known_posterior(name):
    sampler, target, start, log_evidence = CASES[name]
    found = sampler(target, start, stream(3, name))
    numbers = summary(found)
    assert isinstance(found, Samples) and found.position.shape[2] == SIZE
    precision = WIDTH**-2 + (target is NORMAL)
    deviation = precision**-0.5
    # five standard errors of a mean, and of a standard deviation, which is 1 / sqrt(2 n) of it
    assert numbers["ess"] > 100  # else the bounds would say little
    error = 5 / np.sqrt(numbers["ess"])
    assert (abs(found.mean - MEAN * WIDTH**-2 / precision) < error * deviation).all()
    assert (abs(np.log(found.deviation / deviation)) < error / np.sqrt(2)).all()
    assert found.weight.sum() == pytest.approx(1)
    chains = name in ("metropolis", "latent chains")
    assert np.isfinite(numbers["r_hat"]) == np.isfinite(numbers["acceptance"]) == chains
    if chains:
        assert numbers["r_hat"] < 1.02 and 0.1 < numbers["acceptance"] < 0.95
    # up to one constant: likelihood and prior are those of the positions, rounded to float32
    prior = getattr(target, "prior", BOX).log_density(found.position.astype(float))
    away = found.log_density - value(found.position.astype(float)) - prior
    np.testing.assert_allclose(away - away[0, 0], 0, atol=1e-4)
    assert found.evaluations > 0 and found.cpu_s > 0 and found.setup_cpu_s >= 0
    assert numbers["ess_per_evaluation"] == pytest.approx(numbers["ess"] / found.evaluations)
    if log_evidence is not None:
        stated = numbers["log_evidence_error"]  # particles state none: 1 / sqrt(n) a stage
        stated = np.sqrt(found.about["stages"] / numbers["ess"]) if np.isnan(stated) else stated
        assert abs(numbers["log_evidence"] - log_evidence) < 4 * stated + 0.02


@pytest.mark.parametrize("name", ["importance", "nested"])
def test_evaluations_are_the_likelihoods_after_setup(name):
    counts = []

    def counted(z):
        counts.append(len(z))
        return value(z)

    found = CASES[name][0](Posterior(counted, BOX), None, stream(3, name))
    assert found.evaluations == sum(counts[name == "importance" :])  # without its scan


@pytest.mark.parametrize("name", CASES)
def test_equal_seeds_give_equal_samples(name):
    sampler, target, start, _ = CASES[name]
    one, other = (sampler(target, start, stream(4, name)) for _ in range(2))
    for part in ("position", "log_density", "weight", "evaluations"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
