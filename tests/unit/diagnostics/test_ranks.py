"""Ranks are uniform where draws are of the truth's own law, and reliability counts pixels."""

import numpy as np

from latentearth.diagnostics.ranks import central, ranks, reliability, uniform_probability

CASES = 400


def found(width, rng):
    """Ranks of normal truths among draws that are too narrow, right, or too wide."""
    return np.stack(
        [
            ranks(width * rng.standard_normal((63, 2)), rng.standard_normal(2), rng)
            for _ in range(CASES)
        ]
    )


def test_ranks_are_uniform_for_an_honest_posterior_alone():
    rng = np.random.default_rng(0)
    honest, narrow = found(1.0, rng), found(0.7, rng)
    # four binomial errors of 800 ranks, 0.0165 each
    assert abs(central(honest)[0].mean() - 0.68) < 0.066
    assert central(narrow)[0].mean() < 0.68 - 0.066
    assert uniform_probability(honest) > 1e-3 > uniform_probability(narrow)


def test_equal_draws_spread_the_rank_evenly():
    rng = np.random.default_rng(1)
    one = np.concatenate([ranks(np.zeros((9, 1)), np.zeros(1), rng) for _ in range(CASES)])
    assert uniform_probability(one[:, None]) > 1e-3


def test_reliability_counts_pixels_by_what_is_stated():
    white = np.array([[1.0, 0.02], [0.6, 0.4]])
    count, right, stated = reliability(white, np.array([[1, 0], [0, 1]]))
    assert count[-1] == 2
    assert right[-1] == 2
    assert np.isclose(stated[-1], 1.98)  # sums of two doubles
    assert count.sum() == 4
    assert right.sum() == 2
