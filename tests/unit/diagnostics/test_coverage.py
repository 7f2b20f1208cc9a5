"""Intervals of shares, and scores of located events."""

import numpy as np
import pytest

from latentearth.diagnostics import coverage
from latentearth.samples import unordered


def test_intervals_of_shares():
    # Clopper and Pearson: none or all of n leave (0.025) ** (1 / n)
    assert coverage.binomial_interval(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert coverage.binomial_interval(10, 10) == (pytest.approx(0.025**0.1), 1.0)
    low, high = coverage.binomial_interval(5, 10)
    assert low == pytest.approx(1 - high) and low == pytest.approx(0.1871, abs=1e-4)  # tabulated


def test_scores_keep_their_likelihood_and_event():
    rows = {
        kind: [{"level": 10 * k + n, "error": np.array([k, n, 5.0])} for n in range(3)]
        for k, kind in enumerate(("noise", "modes"))
    }
    found = coverage.scores_dataset(rows, np.ones((3, 3)))
    assert found.level.dims == ("likelihood", "event") and found.error.attrs["units"] == "m"
    assert float(found.level.sel(likelihood="modes").isel(event=2)) == 12
    np.testing.assert_array_equal(found.error.sel(likelihood="modes")[2], [1, 2, 5])


def test_distances_from_points_are_ranked_uniformly_where_posteriors_are_right():
    rng, count = np.random.default_rng(0), 400
    truth = rng.normal(size=(count, 2))
    data = truth + rng.normal(size=(count, 2))
    points = rng.normal(size=(count, 2)) * 3.0

    def ranks(deviation):
        """With a prior and a noise of 1, posteriors are half the data with deviations of 0.71."""
        found = []
        for one, true, point in zip(data, truth, points, strict=True):
            drawn = 0.5 * one + deviation * rng.normal(size=(500, 2))
            even = np.full(500, 1 / 500)
            samples = unordered(drawn, np.zeros(500), even, evaluations=0, cpu_s=0.0)
            found.append(coverage.nearer(samples, true, point))
        return np.array(found)

    # by chance, 1 of 1000 seeds gives a p-value below 0.001, and this one does not
    assert coverage.uniform_distance(ranks(0.5**0.5))[1] > 0.001
    assert coverage.uniform_distance(ranks(0.35))[1] < 1e-6
    distance, p = coverage.uniform_distance(np.array([0.5]))
    assert (distance, p) == (0.5, pytest.approx(1.0))
