"""Intervals of shares, and scores of located events."""

import numpy as np
import pytest

from latentearth.diagnostics import coverage


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
