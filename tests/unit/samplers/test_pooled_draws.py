"""Pools of draws against posteriors and evidences that are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import i0e
from scipy.stats import multivariate_normal

from latentearth.inversion.image_priors import bank_of
from latentearth.samplers.fitted_draws import FittedDraws
from latentearth.samplers.pooled_draws import LocalMixture, PooledDraws
from latentearth.samplers.targets import Box, Normal, Posterior

SEEDS = np.random.SeedSequence(23)
SAMPLER = PooledDraws(draws=400, rounds=15, wanted=200, learned=80, centres=60, near=15)


def runs_of(target, sampler=SAMPLER, bank=4000, count=6):
    found = []
    for seed in SEEDS.spawn(count):
        draws = target.prior.draw(bank, np.random.default_rng(seed.spawn(1)[0]))
        found.append(sampler(target, bank_of(draws, target.log_likelihood(draws)), seed))
    return found


def check_evidence(found, log_true, spread=0.25):
    """Evidences agree within `spread`, and their mean is right by four of its own errors."""
    ratio = np.exp(np.array([one.log_evidence for one in found]) - log_true)
    assert abs(ratio.mean() - 1) < 4 * ratio.std(ddof=1) / np.sqrt(len(found))
    assert ratio.std() < spread


def test_many_modes_get_their_weights():
    """Twenty narrow modes in four numbers, of which a bank of 4000 knows the skirts."""
    rng, deviation = np.random.default_rng(1), 0.02
    centres, sizes = rng.uniform(0.3, 0.7, (20, 4)), rng.dirichlet(np.ones(20))

    def log_likelihood(x):
        far = np.square((x[:, None] - centres) / deviation).sum(2)
        skirts = np.exp(-far / 32)  # four times as wide
        return np.log((np.exp(-0.5 * far) + 1e-3 * skirts) @ sizes + 1e-300)

    target = Posterior(log_likelihood, Box([[0, 1]] * 4))
    log_true = 4 * np.log(deviation * np.sqrt(2 * np.pi)) + np.log1p(1e-3 * 4**4)
    found = runs_of(target, replace(SAMPLER, draws=1500))
    check_evidence(found, log_true)
    nearest = [np.square(one.flat[:, None] - centres).sum(2).argmin(1) for one in found]
    shares = np.mean([np.bincount(one, minlength=20) / len(one) for one in nearest], axis=0)
    # by far the most of a mode is nearest to its own centre; 200 effective draws know a share of
    # 0.2 to 0.03, six runs their mean to 0.012
    assert np.abs(shares - sizes).max() < 4 * 0.012 + 0.02


def test_a_normal_posterior_of_a_normal_prior():
    sigma = 0.05
    target = Posterior(lambda z: -0.5 * np.square((z - 1) / sigma).sum(1), Normal(4))
    one = sigma / np.hypot(1, sigma) * np.exp(-0.5 / (1 + sigma**2))
    found = runs_of(target)
    check_evidence(found, 4 * np.log(one))
    assert np.mean([run.flat.std(0) for run in found]) == pytest.approx(sigma, rel=0.1)


def test_a_phase_at_the_seam():
    kappa = 400.0
    target = Posterior(lambda x: kappa * (np.cos(x[:, 0] - 0.01) - 1), Box([[0, 2 * np.pi]], (0,)))
    found = runs_of(target, bank=500)
    check_evidence(found, np.log(i0e(kappa)))
    assert all(((one.flat >= 0) & (one.flat <= 2 * np.pi)).all() for one in found)
    assert all(0.25 < (one.flat[:, 0] > np.pi).mean() < 0.6 for one in found)


def test_a_screen_leads_and_the_true_likelihood_decides():
    """The screen is off by two deviations of the posterior; nothing of that is left."""
    sigma = 0.05

    def of(mean):
        return lambda z: -0.5 * np.square((z - mean) / sigma).sum(1)

    target = Posterior(of(1.0), Normal(3), screen=of(1.0 + 2 * sigma))
    with pytest.raises(ValueError, match="by_screen"):
        PooledDraws(by_screen=True)
    sampler = replace(SAMPLER, by_screen=True, fitted=FittedDraws(300, 12, 300, 60))
    found = []
    for seed in SEEDS.spawn(6):
        draws = target.prior.draw(3000, np.random.default_rng(seed.spawn(1)[0]))
        found.append(sampler(target, bank_of(draws, target.screen(draws)), seed))
    one = sigma / np.hypot(1, sigma) * np.exp(-0.5 / (1 + sigma**2))
    check_evidence(found, 3 * np.log(one))
    assert all(run.about["screened"] > 0 and run.evaluations <= 3600 for run in found)


def test_density_around_points():
    rng = np.random.default_rng(5)
    x, weights = rng.standard_normal((80, 3)) * [1, 10, 0.1], np.full(80, 1 / 80)
    found = LocalMixture.of(x, weights, 30, 10, rng).wider(0.7)
    at = rng.standard_normal((20, 3)) * [1, 10, 0.1]
    each = [
        share * multivariate_normal(mean, root @ root.T).pdf(at)
        for share, mean, root in zip(found.shares, found.means, found.roots, strict=True)
    ]
    np.testing.assert_allclose(found.log_density(at), np.log(np.sum(each, 0)), atol=2e-3)
    drawn = found.draw(4000, rng)  # its mean is known to a 63rd of the deviation
    assert np.all(np.abs(drawn.mean(0) - found.shares @ found.means) < 4 * drawn.std(0) / 63)
