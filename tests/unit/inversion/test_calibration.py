"""Scores of a posterior are honest exactly where its law of errors is that of the data."""

import numpy as np
import pytest

from latentearth.diagnostics.ranks import central
from latentearth.inversion.calibration import Components, ErrorLaw, KnownTruth, scores_of

POINTS, CASES = 2, 60
SHAPE = (6, POINTS, POINTS)
SIZE = 6 * POINTS**2


def law(model, noise):
    """Errors of one size each; those of the model hang together."""
    together = 0.5 * np.eye(SIZE) + 0.5
    return ErrorLaw(model**2 * together, model**2 * together + noise**2 * np.eye(SIZE))


def test_log_likelihood_is_that_of_the_covariance():
    rng, one = np.random.default_rng(0), law(1.0, 0.5)
    media, observed = rng.standard_normal((3, *SHAPE)), rng.standard_normal(SHAPE)
    rest = (media - observed).reshape(3, -1)
    expected = -0.5 * np.einsum("ki,ij,kj->k", rest, np.linalg.inv(one.everything), rest)
    np.testing.assert_allclose(one.log_likelihood(media, observed), expected)


def test_errors_drawn_have_the_covariance_of_the_law():
    rng, one = np.random.default_rng(1), law(1.0, 0.5)
    drawn = np.array([sum(one.draw(SHAPE, rng)).ravel() for _ in range(4000)])
    # five errors of a covariance of size 1.25 from 4000 draws
    np.testing.assert_allclose(np.cov(drawn.T), one.everything, atol=5 * 1.25 * 2**0.5 / 4000**0.5)


@pytest.mark.parametrize(("believed", "honest"), [(1.0, True), (0.25, False)])
def test_coefficients_and_ranks_tell_an_honest_posterior(believed, honest):
    """One unknown number, the mean of a medium, whose posterior is known in closed form."""
    rng, true, model = np.random.default_rng(2), law(0.5, 1.0), law(0.5 * believed, believed)
    components = Components(np.zeros(256), np.eye(256)[:1])
    inverse = np.linalg.inv(model.everything)
    precision = 1 + inverse.sum()
    held, found = [], []
    for _ in range(CASES):
        x = rng.standard_normal(1)
        error, noise = true.draw(SHAPE, rng)
        medium = x + error
        observed = medium + noise
        mean = inverse.sum(0) @ observed.ravel() / precision
        draws = mean + rng.standard_normal((63, 1)) / precision**0.5
        images = np.broadcast_to(draws[:, :, None], (63, 16, 16))
        media = np.broadcast_to(draws[:, :, None, None], (63, *SHAPE))
        truth = KnownTruth(np.full((16, 16), x[0]), medium, observed, x)
        scores = scores_of((draws, images, media), truth, model, components, rng)
        held.append(scores["held"][1].mean())
        found.append(np.stack([scores["position_ranks"], scores["component_ranks"]], axis=1)[0])
    inside = central(np.array(found))[0].mean()
    # 60 cases: errors of 0.06 of ranks; coefficients of a case hang together
    assert (abs(inside - 0.68) < 0.2) == honest
    assert (np.mean(held) > 0.9) == honest
