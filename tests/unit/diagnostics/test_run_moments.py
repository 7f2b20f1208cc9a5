"""R-hat from means and deviations, against draws and against what is known of normal densities."""

import numpy as np
import pytest
from scipy.stats import binomtest

from latentearth.diagnostics import run_moments


def moments(draws):
    """Means and deviations of (run, draw, parameter), as files of runs hold them."""
    return draws.mean(axis=1), draws.std(axis=1)


def test_equal_runs_have_one_and_shifted_ones_what_their_distance_says():
    """Of two runs d deviations apart, variances between over within are d^2 / 2."""
    deviation, n = np.full((2, 1), 3.0), 1000
    for shift, ratio in ((0.0, 0.0), (1.0, 0.5), (4.0, 8.0)):
        means = np.array([[5.0], [5.0 + 3.0 * shift]])
        within = n / (n - 1)
        exact = np.sqrt((n - 1) / n + ratio / within)
        assert run_moments.moment_rhat(means, deviation, n) == pytest.approx(exact, rel=1e-12)


def test_it_is_that_of_the_draws():
    """Gelman and Rubin's, from the draws: the mean variance within, and that of the means."""
    draws = np.random.default_rng(3).normal(size=(3, 50, 4)) + np.arange(3)[:, None, None]
    within = draws.var(axis=1, ddof=1).mean(axis=0)
    total = within * 49 / 50 + draws.mean(axis=1).var(axis=0, ddof=1)
    found = run_moments.moment_rhat(*moments(draws), 50)
    np.testing.assert_allclose(found, np.sqrt(total / within), rtol=1e-12)


def test_what_stands_still_has_none_unless_runs_disagree_on_it():
    """Pixels black everywhere; black in one run and white in the other; half and half."""
    means, deviations = np.array([[0, 0, 0.5], [0, 1, 0.5]]), np.array([[0, 0, 0.5], [0, 0, 0.5]])
    found = run_moments.moment_rhat(means, deviations, 400, least=1 / 256)
    assert np.isnan(found[0]) and 100 < found[1] < np.inf and found[2] == pytest.approx(1, abs=2e-3)
    assert run_moments.moment_rhat(means, deviations, 400)[1] == np.inf


def test_one_run_is_refused():
    with pytest.raises(ValueError, match="found 1 runs"):
        run_moments.moment_rhat(np.zeros((1, 2)), np.ones((1, 2)), 9)


@pytest.mark.parametrize("runs", [2, 4])
def test_chance_is_that_of_independent_draws(runs):
    """Of 400 sets of 40 parameters as many exceed it as it says, within a binomial test."""
    draws = np.random.default_rng(runs).normal(size=(runs, 400, 400 * 40))
    rhat = run_moments.moment_rhat(*moments(draws), 400).reshape(400, 40).max(axis=1)
    bound = run_moments.rhat_by_chance(np.full(runs, 400), 400, 40, probability=0.2)
    # 40 independent parameters: 1 - (1 - 0.2 / 40)^40 = 0.18
    assert binomtest(int((rhat > bound).sum()), 400, 0.18).pvalue > 1e-3


def test_fewer_draws_leave_more_to_chance():
    few, many = (run_moments.rhat_by_chance(np.full(2, n), 400, 5000) for n in (20, 500))
    assert many < 1.05 < few
