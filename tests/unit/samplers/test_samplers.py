"""All samplers on posteriors that are known, judged by one summary."""

from dataclasses import replace

import numpy as np
import pytest

from latentearth.diagnostics import summary
from latentearth.earth.cmb import PathData
from latentearth.samplers import nested, random_walk
from latentearth.samplers.annealing import Annealing
from latentearth.samplers.cell_posterior import CellMoves, CellPosterior, CellPrior
from latentearth.samplers.importance import Importance
from latentearth.samplers.latent_chains import LatentChains
from latentearth.samplers.latent_kernels import METHODS
from latentearth.samplers.metropolis import Metropolis
from latentearth.samplers.nested import Nested
from latentearth.samplers.random_walk import Density
from latentearth.samplers.targets import Box, Normal, Posterior
from latentearth.samplers.transdimensional import Transdimensional
from latentearth.samples import Samples
from latentearth.seeds import stream

SIZE, MEAN, WIDTH = 3, 0.5, 0.3
BOX = Box(np.array([[-3.0, 4.0]] * SIZE))
UNIFORM = SIZE * (np.log(WIDTH * np.sqrt(2 * np.pi)) - np.log(7.0))
LATENT = SIZE * (np.log(WIDTH) - 0.5 * np.log(1 + WIDTH**2) - 0.5 * MEAN**2 / (1 + WIDTH**2))


@random_walk.compiled_density
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
        Metropolis(0.35, 3000, 10, 500),
        Density(compiled, np.array([MEAN, WIDTH])),
        FAR,
        None,
    ),
    "latent chains": (LatentChains(METHODS["hmc"], 300, 600), NORMAL, None, None),
    "annealing": (Annealing(400), NORMAL, None, LATENT),
    "importance": (Importance(wanted=1000), Posterior(value, BOX), None, UNIFORM),
    "nested": (Nested(ENGINE, effective=1500), Posterior(value, BOX), None, UNIFORM),
}


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


def test_a_known_posterior_over_models_of_any_size():
    # One datum, the mean of two antipodal places. The nucleus nearest to one place is the farthest
    # from the other, so for k >= 2 the two velocities are independent, and for k = 1 they are
    # equal: evidences and means by quadrature.
    sigma, time, poles = 0.5, 16.0, np.array([[0, 0, 1.0], [0, 0, -1.0]])
    data = PathData(poles, np.zeros(2, int), np.full(2, 1000.0), np.array([time]), 7.0)
    prior = CellPrior(cells=(1, 4), vs=(6.5, 7.8), noise=(sigma, sigma * (1 + 1e-9)))
    vs = 6.5 + 1.3 * (np.arange(2000) + 0.5) / 2000

    def likelihood(predicted):
        return np.exp(-0.5 * ((time - (predicted - 2000 / 7.0)) / sigma) ** 2)

    one, two = likelihood(2000 / vs), likelihood(1000 / vs[:, None] + 1000 / vs)
    share = np.array([one.mean(), *[two.mean()] * 3]) / (one.mean() + 3 * two.mean())
    cells = share @ [1, 2, 3, 4]
    velocity = share[0] * (one @ vs / one.sum()) + share[1:].sum() * (two @ vs).sum() / two.sum()
    moves = CellMoves(move=90.0, noise=0.0, far=0.3, shares=(0.25, 0.2, 0.2, 0.1))
    sampler = Transdimensional(4000, 50, 2000, moves, chains=8, places=poles)
    found = sampler(CellPosterior(data, prior), None, stream(3, "cells"))
    numbers = summary(replace(found, position=found.position[..., [0, 2, 3]]))  # noise is fixed
    assert found.names == ("cells", "noise", "vs_0", "vs_1")
    assert numbers["r_hat"] < 1.02 and 1000 < numbers["ess"] < 32_000
    error = 5 * found.deviation / np.sqrt(numbers["ess"])
    exact = np.array([cells, sigma, velocity, velocity])
    assert (abs(found.mean - exact) < error + 1e-6).all()
    assert abs(cells - 2.5) > 2 * error[0]  # the data matter
    # the likelihood of the predicted time, by the velocities at the two places
    predicted = (1000 / found.position[..., 2:]).sum(-1) - 2000 / 7.0
    away = found.log_likelihood + 0.5 * ((time - predicted) / sigma) ** 2
    # velocities and misfits are kept in float32: 1e-6 of times of 290 s over half a second
    np.testing.assert_allclose(away, away[0, 0], atol=0.02)
    assert found.evaluations == 8 * 4000 * 50
    assert 0 < found.about["acceptance_birth"] < 1 and found.setup_cpu_s > 0


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
