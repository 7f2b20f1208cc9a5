"""A power of the likelihood is learned where truths are known, and honest on others."""

import numpy as np
import pytest

from latentearth.inversion.pixel_honesty import honest_power, overconfidence


def test_overconfidence_is_stated_less_right():
    white, truth = np.array([[0.9, 0.2], [0.6, 0.3]]), np.array([[1, 0], [0, 1]])
    assert overconfidence(white, truth) == pytest.approx(0.75 - 0.5)


def test_where_the_mean_crosses_zero():
    powers = np.array([0.1, 0.2, 0.4, 0.8])
    found = np.array([[-0.1, -0.05, 0.0, 0.2], [-0.1, -0.05, 0.1, 0.2]])
    # means -0.05 at 0.2 and 0.05 at 0.4: in the middle of their logarithms
    assert honest_power(powers, found) == pytest.approx(0.2 * 2**0.5)
    assert honest_power(powers, found - 1) == 0.8
    assert honest_power(powers, found + 1) == 0.1


def test_of_several_crossings_the_last_counts():
    found = np.array([[-0.1, 0.02, -0.02, 0.1]])
    assert 0.4 < honest_power(np.array([0.1, 0.2, 0.4, 0.8]), found) < 0.8


def test_a_likelihood_that_counts_data_four_times_is_taken_to_a_quarter():
    """Pixels of which one number each is observed, as if it were observed four times."""
    rng, copies = np.random.default_rng(3), 4
    powers = np.geomspace(0.05, 1, 12)
    log_odds = np.log(4.0)  # the truth is seen with probability 0.8

    def more(cases):
        truth = rng.random((cases, 400)) < 0.5
        seen = np.where(rng.random(truth.shape) < 0.8, truth, ~truth)
        sign = np.where(seen, 1.0, -1.0)
        white = [1 / (1 + np.exp(-power * copies * log_odds * sign)) for power in powers]
        return np.array([[overconfidence(w[k], truth[k]) for w in white] for k in range(cases)])

    learned = honest_power(powers, more(20))
    # 8000 pixels know a share of 0.8 to 0.0045, and its log odds to 2 per cent; four of those, and
    # a straight line between powers
    assert learned == pytest.approx(0.25, rel=0.12)
    judged = more(20).mean(0)
    assert abs(np.interp(np.log(learned), np.log(powers), judged)) < 0.03
    assert judged[-1] > 0.15
