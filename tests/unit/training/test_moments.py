"""Distances of moments: without bias from a batch's size, and blind to nothing they compare."""

import numpy as np
import pytest
import torch

from latentearth.training.moments import MomentDistance

DEVIATION = 0.2
MIXING = np.array([[1.0, 0.6, 0.0], [0.0, 0.8, 0.0], [0.0, 0.0, 1.0]])  # deviations of one


def samples(count, seed=0, mixing=MIXING):
    """Correlated samples (sample, 3) of standard deviation `DEVIATION`."""
    drawn = np.random.default_rng(seed).normal(size=(count, 3)) @ mixing
    return torch.from_numpy(DEVIATION * drawn.astype(np.float32))


def distances(fake, batch, real=None):
    """Of every batch of `fake`, (batch,)."""
    distance = MomentDistance(samples(20_000) if real is None else real, DEVIATION)
    return np.array([float(distance(part[None])) for part in fake.split(batch)])


@pytest.mark.parametrize("batch", [4, 32])
def test_without_bias_from_the_size_of_a_batch(batch):
    found = distances(samples(8_000, 1), batch)
    error = found.std() / np.sqrt(len(found))
    # four standard errors, and to what 8000 samples know their own three moments
    assert abs(found.mean()) < 4 * error + 3 / 8_000


@pytest.mark.parametrize(
    "change",
    [
        lambda x: 0.8 * x,
        lambda x: x + 0.3 * DEVIATION,
        lambda x: x[:, [0, 2, 1]],  # the same marginals, other covariances
        lambda x: x.sign() * DEVIATION,  # nearly the same second moments, other marginals
    ],
    ids=["narrower", "shifted", "other points together", "two values"],
)
def test_what_differs_is_far(change):
    found = distances(change(samples(4_000, 2)), 40)
    assert found.mean() > 5 * found.std() / np.sqrt(len(found))


def test_it_has_a_gradient_towards_the_ensemble():
    """Narrow samples should be made wider."""
    wide = torch.tensor(0.5, requires_grad=True)
    MomentDistance(samples(5_000), DEVIATION)(wide * samples(500, 3)[None]).backward()
    assert wide.grad < 0
