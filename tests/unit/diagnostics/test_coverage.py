"""Intervals of shares."""

import pytest

from latentearth.diagnostics import coverage


def test_intervals_of_shares():
    # Clopper and Pearson: none or all of n leave (0.025) ** (1 / n)
    assert coverage.binomial_interval(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert coverage.binomial_interval(10, 10) == (pytest.approx(0.025**0.1), 1.0)
    low, high = coverage.binomial_interval(5, 10)
    assert low == pytest.approx(1 - high) and low == pytest.approx(0.1871, abs=1e-4)  # tabulated
