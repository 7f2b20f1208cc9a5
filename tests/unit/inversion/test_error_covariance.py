"""Errors that hang together: their law, what it says of the medium, and its likelihood."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from latentearth.inversion import downscaling
from latentearth.inversion.error_covariance import (
    ErrorCovariance,
    draw_media,
    expected_log_density,
    fit_error_covariance,
)
from latentearth.inversion.linear_downscaling import gaussian_evidence, linear_information
from latentearth.operators.homogenization import Homogenization

POINTS = 3
SIGMA = np.array([1.0, 1.0, 0.6, 0.4, 0.1, 0.1])
SIZES = np.array([5.0, 5.0, 3.0, 2.0, 0.2, 0.3])
TOGETHER = np.full((6, 6), 0.95) + 0.05 * np.eye(6)
LAW = ErrorCovariance(SIGMA, TOGETHER * np.outer(SIZES, SIZES), 0.5, 0.0)


def draws(covariance, count, seed):
    """(count, 6, row, column) of a normal law."""
    random = np.random.default_rng(seed).standard_normal((count, len(covariance)))
    return (random @ np.linalg.cholesky(covariance).T).reshape(count, 6, POINTS, POINTS)


def test_the_law_is_found_again():
    residuals = draws(LAW.of_generator(POINTS), 60, 1)
    media = 3 * draws(LAW.of_generator(POINTS), 200, 2)
    found, score = fit_error_covariance(residuals, media, SIGMA)
    # 60 images of 9 points, of which neighbours at 0.5 leave some 3: errors of 5 per cent
    sizes = np.sqrt(np.diag(found.generator))
    np.testing.assert_allclose(sizes, SIZES, rtol=0.15)
    together = found.generator / np.outer(sizes, sizes)
    np.testing.assert_allclose(together, TOGETHER, atol=0.03)
    assert abs(found.neighbour - 0.5) < 0.15  # a step of those that are tried, and half of one
    alone = np.diag(np.repeat(SIGMA**2 + SIZES**2, POINTS**2))
    independent = np.mean([expected_log_density(one, alone, SIGMA) for one in residuals])
    assert score > independent + 10


def test_few_residuals_borrow_the_correlations_of_media():
    residuals = draws(LAW.of_generator(POINTS), 3, 3)
    media = draws(LAW.of_generator(POINTS), 200, 2)
    # of independent errors too: media's correlations do not stand against the residuals' own
    apart = draws(np.diag(np.repeat(SIZES**2, POINTS**2)), 40, 4)
    assert fit_error_covariance(residuals, media, SIGMA)[0].shrinkage > 0
    assert fit_error_covariance(apart, media, SIGMA)[0].shrinkage == 0
    with pytest.raises(ValueError, match="two at least"):
        fit_error_covariance(residuals[:1], media, SIGMA)


def test_expected_density_is_the_mean_over_noise():
    residual, noise = draws(LAW.of_generator(POINTS), 1, 5)[0], np.random.default_rng(6)
    covariance, count = LAW.matrix(POINTS), 4000
    observed = residual.ravel() + np.repeat(SIGMA, POINTS**2) * noise.standard_normal((count, 54))
    by_hand = multivariate_normal(np.zeros(54), covariance).logpdf(observed)
    error = by_hand.std() / count**0.5
    assert abs(expected_log_density(residual, covariance, SIGMA) - by_hand.mean()) < 4 * error


def test_true_media_are_held_by_the_intervals_that_the_law_gives():
    used = downscaling.elements([0, 4], POINTS)
    errors = LAW.of_generator(POINTS), LAW.matrix(POINTS)
    truth = draws(errors[0], 300, 7).reshape(300, -1)
    noise = np.random.default_rng(8).standard_normal(truth.shape) * np.repeat(SIGMA, POINTS**2)
    held = []
    for medium, observed in zip(truth, truth + noise, strict=True):
        predicted = np.zeros((200, medium.size))
        found = draw_media(predicted, observed, errors, used, np.random.default_rng(9))
        low, high = np.quantile(found, [0.16, 0.84], axis=0)
        held.append(np.mean((low <= medium) & (medium <= high)))
    # 300 media, all 54 elements nearly one: an error of 0.027; three of it
    assert np.mean(held) == pytest.approx(0.68, abs=0.08)


def test_likelihood_takes_a_covariance():
    """Diagonal it is the paper's; else the normal density by hand, of chosen components too."""
    operator = Homogenization(16, 1)
    points, random = operator.points, np.random.default_rng(0)
    observed, sigma = random.normal(200, 5, (6, points, points)), SIZES

    def generator(z):
        grid = (torch.arange(16, dtype=z.dtype) + 0.5) / 16
        return torch.sigmoid(3 * torch.sin(6.28 * (grid + z[:, :1]))[:, :, None].expand(-1, -1, 16))

    def values(errors, components=range(6)):
        target = downscaling.latent_posterior(
            generator, operator, observed, errors, 1, components=list(components)
        )
        return target.log_likelihood(z).numpy()

    z = torch.tensor([[0.1], [0.7]], dtype=torch.float64)
    diagonal = np.diag(np.repeat(sigma**2, points**2))
    np.testing.assert_allclose(values(diagonal), values(sigma), rtol=1e-4)  # single precision
    law = LAW.matrix(points)
    media = downscaling.homogenize(operator, downscaling.generate(generator, z.numpy()))
    for components in ([0], [0, 1, 4]):
        used = downscaling.elements(components, points)
        rest = (observed - media).reshape(2, -1)[:, used]
        inverse = np.linalg.inv(law[np.ix_(used, used)])
        by_hand = -0.5 * np.einsum("ki,ij,kj->k", rest, inverse, rest)
        np.testing.assert_allclose(values(law, components), by_hand, rtol=1e-3)


def test_linear_information_of_one_number():
    media = np.random.default_rng(1).normal(0, 3, (20_000, 1))
    # half the log of 1 + signal over noise; 20 000 draws know the variance to a hundredth
    assert linear_information(media, np.eye(1)) == pytest.approx(0.5 * np.log(10), rel=0.02)


def test_evidence_of_a_gaussian_medium_is_its_marginal_density():
    media = draws(LAW.of_generator(POINTS), 400, 10) + 50
    observed = media[0] + 1
    flat, noise = media.reshape(400, -1), np.repeat(SIGMA**2, POINTS**2)
    marginal = multivariate_normal(flat.mean(0), np.cov(flat.T, bias=True) + np.diag(noise))
    constant = multivariate_normal(np.zeros(54), np.diag(noise)).logpdf(np.zeros(54))
    found = gaussian_evidence(media, observed, SIGMA)
    assert found == pytest.approx(marginal.logpdf(observed.ravel()) - constant, rel=1e-6)
