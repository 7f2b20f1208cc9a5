"""Modes climbed by least squares against posteriors and evidences that are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from latentearth.samplers import latent_modes
from latentearth.samplers.latent_modes import LatentModes
from latentearth.samplers.targets import Normal, Posterior

SEED = np.random.SeedSequence(8)


def target_of(residuals, latent):
    """A posterior given what half the squares of which its log likelihood is less."""
    return Posterior(
        lambda z: -0.5 * residuals(z).square().sum(1), Normal(latent), residuals=residuals
    )


def straight(latent=6, data=20):
    """Data that are linear in the latent vector: the posterior is normal."""
    random = np.random.default_rng(3)
    matrix, observed = random.normal(size=(data, latent)), random.normal(size=data)
    weights, given = torch.from_numpy(matrix), torch.from_numpy(observed)
    return target_of(lambda z: (z.double() @ weights.T - given) / 0.2, latent), matrix, observed


def test_a_normal_posterior_and_its_evidence():
    target, matrix, observed = straight()
    found = LatentModes(draws=64, starts=8, particles=4000)(target, None, SEED)
    precision = matrix.T @ matrix / 0.2**2 + np.eye(6)
    covariance = np.linalg.inv(precision)
    mean = covariance @ matrix.T @ observed / 0.2**2
    assert found.independent == 1
    deviation = np.sqrt(np.diag(covariance))
    # 4000 draws tell a mean to 1/63 of a deviation, and a deviation to 1/89: four of each
    assert np.all(np.abs(found.mean - mean) < 4 / 63 * deviation)
    assert np.all(np.abs(found.deviation / deviation - 1) < 4 / 89)
    rest = (matrix @ mean - observed) / 0.2
    evidence = -0.5 * (rest @ rest + mean @ mean + np.linalg.slogdet(precision)[1])
    # what a step gains last is left, of 0.3 at most; here slopes are exact
    assert found.log_evidence == pytest.approx(evidence, abs=0.01)


def ridges(z):
    """Waves on a bowl, the lowest of which is at 0.7: one of some ten in each coordinate."""
    offset = z.double() - 0.7
    return torch.cat([6 * offset, 12 * torch.sin(4 * offset)], 1)


def test_the_highest_of_many_tops_is_found():
    found = LatentModes(draws=200, starts=40, particles=16)(target_of(ridges, 2), None, SEED)
    # the prior pulls the top by 0.7 / (6^2 + 48^2), a hundredth of a draw's deviation of 0.02
    assert np.abs(found.flat - 0.7).max() < 5 * 0.021
    alone = latent_modes._climbed(
        lambda z: ridges(torch.as_tensor(z)).numpy(), np.random.default_rng(0).normal(size=(1, 2))
    )
    assert np.abs(alone.position - 0.7).max() > 0.5  # from one start it is missed


def test_two_modes_are_drawn_as_they_weigh():
    """A square is observed: both roots explain it, and the prior likes the nearer to 0 better."""

    def residuals(z):
        x = z.double()
        return torch.cat([20 * ((x[:, :1] - 0.5).square() - 1), x[:, 1:]], 1)

    found = LatentModes(draws=100, starts=20, particles=400)(target_of(residuals, 2), None, SEED)
    assert found.independent == 2
    share = (found.flat[:, 0] > 0.5).mean()
    # the prior's at 1.5 and -0.5; systematic draws: within one of 400; the slopes are alike
    expected = 1 / (1 + np.exp(-0.5 * (0.5**2 - 1.5**2)))
    assert share == pytest.approx(expected, abs=0.02)


def test_a_search_that_was_done_is_not_done_again(tmp_path):
    target, *_ = straight()
    calls = []

    def counted(z):
        calls.append(len(z))
        return target.residuals(z)

    counting = replace(target, residuals=counted)
    search, file = LatentModes(draws=16, starts=4, particles=3), tmp_path / "search"
    first = search(counting, None, SEED, file)
    before = len(calls)
    again = search(counting, None, SEED, file)
    assert len(calls) == before > 0
    np.testing.assert_array_equal(first.position, again.position)
    assert again.log_evidence == first.log_evidence


def test_a_target_without_residuals_is_refused():
    target, *_ = straight()
    with pytest.raises(TypeError, match="residuals"):
        LatentModes()(replace(target, residuals=None), None, SEED)
