"""Posteriors of codes as results: blocks, ranks, moments."""

import numpy as np
import pytest
import torch

from latentearth import samples
from support.latent_posteriors import block_means, described


def test_blocks_of_a_model():
    model = np.zeros((129, 65))
    model[:33, :33] = 1.0  # the first of 129 / 4 rows and 65 / 2 columns
    assert block_means(model).tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_ranks_and_moments_of_models_behind_codes():
    """A generator whose models are of one grey: the number of the code."""

    def generator(codes):
        return codes[:, :1, None].expand(-1, 129, 65).contiguous()

    position = np.array([[[0.1], [0.2], [0.6], [0.9]]])
    drawn = samples.Samples(
        position,
        np.zeros((1, 4)),
        np.zeros((1, 4)),
        samples.even_weights(1, 4),
        np.array([np.nan]),
        evaluations=4,
        cpu_s=1.5,
        independent=3,
    )
    found = described(generator, drawn, np.full((129, 65), 0.5), 2)
    assert found["quantile"].values.tolist() == [0.5] * 8  # two of four samples are below
    assert float(found["mean"][0, 0]) == pytest.approx(0.45)
    assert float(found.deviation[5, 5]) == pytest.approx(np.std([0.1, 0.2, 0.6, 0.9]), rel=1e-5)
    assert float(found.error) == pytest.approx(0.05, rel=1e-5)
    np.testing.assert_allclose(found.sample_model[:, 0, 0], [0.1, 0.9], rtol=1e-6)
    assert float(found.independent) == 3 and torch.is_tensor(generator(torch.zeros(1, 1)))
