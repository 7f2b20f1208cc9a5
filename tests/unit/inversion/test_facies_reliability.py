"""What cells are worth, and draws of facies."""

import numpy as np
import pytest

from latentearth.inversion.facies_reliability import facies_levels, learn_reliability

SHAPE = 30, 20


def some_models(count, rng):
    """Greys, and facies that are as likely as these say; the lower half by chance alone."""
    grey = np.broadcast_to(rng.random((count, 3, 2, 1, 1)), (count, 3, 2, 10, 10))
    grey = grey.transpose(0, 1, 3, 2, 4).reshape(count, *SHAPE)
    chance = np.where(np.arange(30)[:, None] < 15, 1 / (1 + np.exp(-6 * (grey - 0.5))), 0.5)
    return grey, chance, (rng.random(grey.shape) < chance).astype(float)


def test_probabilities_are_those_of_facies():
    rng = np.random.default_rng(1)
    grey, _, facies = some_models(200, rng)
    lengths = np.where(np.arange(30)[:, None] < 15, 2.0, 0.0) * np.ones(SHAPE)
    law = learn_reliability(grey, grey, facies, lengths)
    grey, chance, _ = some_models(50, rng)
    found = law(grey, grey)
    rows = np.r_[:11, 19:30]  # what rays cross is smoothed
    assert np.abs(found - chance)[:, rows].mean() < 0.02
    assert np.abs(found - 0.5)[:, :11].mean() > 0.2


def test_levels_are_uniform_in_each_cell_and_alike_in_neighbours():
    field = facies_levels(4000, SHAPE, np.random.default_rng(2))
    # five standard errors of a share of 4000
    assert np.abs((field < 0.3).mean(0) - 0.3).max() < 0.037
    near, far = (np.corrcoef(field[:, 5, 5], field[:, row, 5])[0, 1] for row in (6, 25))
    assert near > 0.9 and far == pytest.approx(0, abs=0.08)
