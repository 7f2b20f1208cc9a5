"""How far a likelihood of position and tensor is trusted, as further events tell."""

import numpy as np
import pytest
from whole_space import INTERVAL, elementary

from latentearth.inversion.conditional_tensor import TensorPrior
from latentearth.inversion.field_errors import NEIGHBOURING, FieldErrors
from latentearth.inversion.moment_tensor import TensorLikelihood
from latentearth.inversion.tensor_mixture import (
    FREEDOMS,
    MixedTensorLikelihood,
    joint_offsets,
    powers_around,
)

CENTRE, TENSOR = np.array([430.0, 520.0, 1300.0]), np.array([1.0, -0.5, 0.2, 0.7, 0, -0.3])


@pytest.fixture(scope="module")
def likelihood():
    clean = np.einsum("rkt,k->rt", elementary(CENTRE[None])[0], TENSOR)
    sigma = np.abs(clean).max() / 20
    data = clean + np.random.default_rng(2).normal(0, sigma, clean.shape)
    prior = TensorPrior((0.3, 1.0, 3.0))
    return TensorLikelihood(elementary, data, sigma, INTERVAL, prior=prior, margin_s=0.06)


def test_an_error_that_a_move_explains_counts_whole_and_noise_by_its_freedoms(likelihood):
    rng = np.random.default_rng(0)
    positions = CENTRE + rng.uniform(-60, 60, (NEIGHBOURING + 5, 3))
    found = np.zeros((len(positions), *elementary(CENTRE[None]).shape[1:]), "f4")
    move = np.array([1.0, -0.5, 0.8])
    found[0] = elementary(positions[:1] + move)[0] - elementary(positions[:1])[0]
    errors = FieldErrors(positions, found, elementary)
    white = np.einsum("rkt,k->rt", found[0], TENSOR) * likelihood.window
    white = white * likelihood.weight[:, None]
    square = joint_offsets(errors, np.array([0, 1]), TENSOR, likelihood)
    # slopes are of 8 m, a fifth of the pulse's length; and the second has no error
    assert square[0] == pytest.approx((white**2).sum(), rel=0.1)
    assert square[1] == 0
    # white errors as large as the noise lie along ten directions of all
    found[0] = 0
    found[0, :, 0] = rng.normal(0, 1, white.shape) / likelihood.weight[:, None]
    many = [joint_offsets(errors, np.array([0]), np.eye(6)[0], likelihood)[0]]
    for _ in range(29):
        found[0, :, 0] = rng.normal(0, 1, white.shape) / likelihood.weight[:, None]
        many.append(joint_offsets(errors, np.array([0]), np.eye(6)[0], likelihood)[0])
    # the mean of 30 of chi-square with ten freedoms: 0.82; 4 of these
    assert np.mean(many) == pytest.approx(FREEDOMS, abs=3.3)


def test_errors_that_neighbours_share_leave_the_likelihood_as_it_is(likelihood):
    rng = np.random.default_rng(1)
    positions = CENTRE + rng.uniform(-4, 4, (NEIGHBOURING + 5, 3))

    def apart(points):
        return elementary(points + np.array([1.5, 1.0, -1.0])) - elementary(points)

    alike = FieldErrors(positions, apart(positions), elementary)
    lonely = FieldErrors(
        positions, alike.errors * (np.arange(len(positions)) == 3)[:, None, None, None], elementary
    )
    weights, powers = powers_around(alike, CENTRE, TENSOR, likelihood)
    assert weights.sum() == pytest.approx(1)
    # an error within the stated covariance is a tenth of ten freedoms at most
    assert powers.min() > 0.85
    assert powers_around(lonely, CENTRE, TENSOR, likelihood)[1].min() < 0.6


def test_a_power_widens_positions_and_tensors_alike(likelihood):
    rng, best = np.random.default_rng(3), np.append(CENTRE, 0.0)
    one = MixedTensorLikelihood(likelihood, best, np.ones(1), np.ones(1))
    points = best + rng.normal(0, 1, (20, 4)) * np.array([2, 2, 2, 1e-4])
    np.testing.assert_allclose(
        one(points) - one(best[None]), likelihood(points) - likelihood(best[None]), atol=1e-6
    )
    quarter = MixedTensorLikelihood(likelihood, best, np.ones(1), np.full(1, 0.25))
    # the prior of the tensor is so wide that it hardly bends
    np.testing.assert_allclose(
        quarter(points) - quarter(best[None]),
        0.25 * (one(points) - one(best[None])),
        atol=0.05 * np.abs(one(points) - one(best[None])).max(),
    )
    at = np.tile(best, (4000, 1))
    narrow, wide = (each.draw(at, rng).std(0) for each in (one, quarter))
    # a deviation of 4000 draws: 1.1 per cent; and the prior
    np.testing.assert_allclose(wide / narrow, 2, rtol=0.08)
    both = MixedTensorLikelihood(likelihood, best, np.array([0.5, 0.5]), np.array([1.0, 0.25]))
    spread = both.draw(at, rng).std(0)
    # each has its half, at the best point as dense as its size says: 4 of 5 are narrow there
    share = 1 / (1 + 0.25**2)
    np.testing.assert_allclose(spread / narrow, np.sqrt(share + (1 - share) * 4), rtol=0.08)
