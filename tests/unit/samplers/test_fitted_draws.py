"""Draws of fitted densities against posteriors and evidences that are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import i0e

from latentearth.inversion.image_priors import bank_of
from latentearth.samplers.fitted_draws import FittedDraws, Mixture, fitted, powered
from latentearth.samplers.population_annealing import PopulationAnnealing
from latentearth.samplers.targets import Box, Normal, Posterior

SEEDS = np.random.SeedSequence(17)
SAMPLER = FittedDraws(draws=300, rounds=12, wanted=400, learned=60)


def around(points):
    """A population at points; what it knows of likelihoods is not used."""
    return bank_of(points, np.zeros(len(points)))


def runs_of(target, points, sampler=SAMPLER, count=6):
    return [sampler(target, around(points), seed) for seed in SEEDS.spawn(count)]


def check_evidence(found, log_true, spread=0.25):
    """Evidences agree within `spread`, and their mean is right by four of its own errors."""
    ratio = np.exp(np.array([one.log_evidence for one in found]) - log_true)
    assert abs(ratio.mean() - 1) < 4 * ratio.std(ddof=1) / np.sqrt(len(found))
    assert ratio.std() < spread


def two_modes(sizes, size=3, deviation=0.01):
    """Two narrow normal modes in a unit box: they hold shares `sizes` of the posterior."""
    centres = np.full((2, size), [[0.3], [0.7]])

    def log_likelihood(x):
        far = np.square((x[:, None] - centres) / deviation).sum(2)
        return np.logaddexp(*(np.log(sizes) - 0.5 * far).T)

    log_true = size * np.log(deviation * np.sqrt(2 * np.pi))  # whose sizes add up to 1
    return Posterior(log_likelihood, Box([[0, 1]] * size)), centres, log_true


def test_two_modes_get_their_weights_from_a_population_that_has_them_wrong():
    target, centres, log_true = two_modes([0.2, 0.8])
    random = np.random.default_rng(1)
    # half of it in either mode, and each at one side of its mode
    points = centres[np.arange(100) % 2] + 0.006 * random.standard_normal((100, 3)) + 0.006
    found = runs_of(target, points, replace(SAMPLER, components=2))
    check_evidence(found, log_true)
    share = np.array([(one.flat[:, 0] > 0.5).mean() for one in found])
    # 400 effective draws know a share of 0.8 to 0.02; 100 points that leave make it 0.04
    assert np.all(np.abs(share - 0.8) < 4 * np.hypot(0.02, 0.04))
    deviation = [one.flat[one.flat[:, 0] > 0.5].std(0) for one in found]
    assert np.mean(deviation) == pytest.approx(0.01, rel=0.1)  # six times 80 points: 0.03


def test_one_component_is_enough_for_two_modes_if_draws_are():
    """The evidence does not rest on the fit: a poor one costs draws."""
    target, centres, log_true = two_modes([0.2, 0.8], size=1)
    points = centres[np.arange(40) % 2] + 0.01 * np.random.default_rng(2).standard_normal((40, 1))
    check_evidence(runs_of(target, points, replace(SAMPLER, wanted=150)), log_true)


class Bent:
    """Straightens a valley along x_0 that bends as x_0 squared."""

    def forward(self, x):
        return np.column_stack([x[:, 0], x[:, 1] - 2 * x[:, 0] ** 2])

    def back(self, y):
        return np.column_stack([y[:, 0], y[:, 1] + 2 * y[:, 0] ** 2]), np.zeros(len(y))


def test_a_population_that_fills_a_part_of_a_valley():
    """A hundredth of its length: all of it is found, and the evidence is of all."""

    def log_likelihood(x):
        return -0.5 * np.square((x[:, 1] - 2 * x[:, 0] ** 2) / 0.01)

    target = Posterior(log_likelihood, Normal(2), chart=Bent())
    # p(x_1 = 2 x_0^2 + e): its mean over x_0, by quadrature
    x = np.linspace(-6, 6, 4001)
    density = np.exp(-0.5 * x**2 - 0.5 * 4 * x**4 / (1 + 0.01**2)) / (2 * np.pi)
    log_true = np.log(density.sum() * (x[1] - x[0]) * 0.01 * np.sqrt(2 * np.pi))
    near = 0.5 + 0.01 * np.random.default_rng(3).standard_normal(50)
    points = Bent().back(np.column_stack([near, 0.003 * np.sin(near * 1e4)]))[0]
    found = runs_of(target, points)
    check_evidence(found, log_true, 0.15)
    for one in found:  # half of the valley lies on the other side
        assert 0.3 < (one.flat[:, 0] < 0).mean() < 0.7


def test_a_phase_at_the_seam():
    kappa = 400.0

    def log_likelihood(x):
        return kappa * (np.cos(x[:, 0] - 0.01) - 1)

    target = Posterior(log_likelihood, Box([[0, 2 * np.pi]], (0,)))
    points = np.mod(0.02 * np.random.default_rng(4).standard_normal((60, 1)), 2 * np.pi)
    found = runs_of(target, points)
    check_evidence(found, np.log(i0e(kappa)))
    assert all(((one.flat >= 0) & (one.flat <= 2 * np.pi)).all() for one in found)
    assert all(0.3 < (one.flat[:, 0] > np.pi).mean() < 0.55 for one in found)


def test_after_annealing_that_stops_early():
    """Few chains, one ancestor: evidences of seeds agree all the same, and draws count as asked."""
    sigma, latent, calls = 0.02, 4, []

    def log_likelihood(z):
        calls.append(len(z))
        return -0.5 * np.square((z - 1) / sigma).sum(1)

    target = Posterior(log_likelihood, Normal(latent))
    own = FittedDraws(draws=200, rounds=25, wanted=200)
    sampler = PopulationAnnealing(particles=128, chains=8, rounds=1, until=0.1, fitted=own)
    found = [sampler(target, None, seed) for seed in SEEDS.spawn(6)]
    log_true = latent * (np.log(sigma) - 0.5 * np.log(1 + sigma**2))
    check_evidence(found, log_true - latent * 0.5 / (1 + sigma**2))
    assert all(one.independent >= 200 and one.flat.shape == (128, latent) for one in found)
    assert sum(one.evaluations for one in found) == sum(calls)
    np.testing.assert_array_equal(sampler(target, None, SEEDS.spawn(1)[0]).weight, 1 / 128)
    with pytest.raises(ValueError, match="draws of a fit"):
        replace(sampler, by_screen=True, fitted=FittedDraws())


def test_annealing_by_a_screen_alone():
    """One that is shifted by a few deviations, and wider: only draws ask for the likelihood."""
    sigma, calls, screened = 0.02, [], []

    def log_likelihood(z):
        calls.append(len(z))
        return -0.5 * np.square((z - 1) / sigma).sum(1)

    def screen(z):
        screened.append(len(z))
        return -0.5 * np.square((z - 1.05) / 0.05).sum(1)

    target = Posterior(log_likelihood, Normal(3), screen=screen)
    sampler = PopulationAnnealing(
        particles=128, chains=16, rounds=1, by_screen=True, fitted=replace(SAMPLER, wanted=200)
    )
    bank = around(np.random.default_rng(6).standard_normal((500, 3)))
    found = [sampler(target, bank, seed) for seed in SEEDS.spawn(6)]
    check_evidence(found, 3 * (np.log(sigma) - 0.5 * np.log(1 + sigma**2) - 0.5 / (1 + sigma**2)))
    assert sum(one.evaluations for one in found) == sum(calls)
    assert sum(one.about["screened"] for one in found) == sum(screened)
    with pytest.raises(TypeError, match="a screen"):
        sampler(replace(target, screen=None), bank, SEEDS)


def test_few_points_tell_no_correlations():
    """Two points, or one over and over, still give a density that draws have."""
    random = np.random.default_rng(8)
    for points in (np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 2.0]]), np.ones((30, 3))):
        found = fitted(points, np.full(len(points), 1 / len(points)), 1, random)
        drawn = found.draw(200, random)
        z = (drawn - found.means[0]) / np.sqrt(np.diag(found.covariances[0]))
        assert np.abs(z).max() < 8  # the wider of both has 1.4
        assert np.isfinite(found.log_density(drawn)).all()
        assert found.covariances[0][0, 1] == 0


def test_a_mixture_is_a_density():
    random = np.random.default_rng(5)
    x = np.concatenate([random.normal(-1, 0.1, (300, 1)), random.normal(1, 0.3, (100, 1))])
    found = fitted(x, np.full(400, 1 / 400), 2, random)
    grid = np.linspace(-6, 6, 4001)[:, None]
    total = np.exp(found.log_density(grid)).sum() * (grid[1, 0] - grid[0, 0])
    assert total == pytest.approx(1, abs=1e-3)
    narrow = Mixture(found.shares[:2] / found.shares[:2].sum(), found.means[:2], found.covariances)
    # means of 300 and 100 points, four of their errors
    np.testing.assert_allclose(np.sort(narrow.means[:, 0]), [-1, 1], atol=4 * 0.03)
    drawn = found.draw(20_000, random)
    assert np.mean(drawn > 0) == pytest.approx(0.25, abs=0.03)


def test_weights_to_a_power():
    logs = np.array([0.0, -1.0, -1000.0, -np.inf])
    weights, power = powered(logs, 2.5)
    assert power < 0.01 and 1 / np.square(weights).sum() == pytest.approx(2.5, rel=1e-3)
    assert weights[3] == 0
    assert powered(logs, 1.2)[1] == 1
    with pytest.raises(ValueError, match="no draw has any weight"):
        powered(np.full(3, -np.inf), 2)
