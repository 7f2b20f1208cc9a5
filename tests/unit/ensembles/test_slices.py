"""Collecting slices block by block."""

import numpy as np
import pytest

from latentearth.ensembles import slices


def test_the_slice_is_a_box():
    points = np.array(
        [[9, 9, 0.1, -0.1], [0, 0, 0.2, 0], [0, 0, 0, -0.15], [0, 0, np.nan, 0], [1, 2, 0.14, 0.14]]
    )
    np.testing.assert_array_equal(slices.within_slice(points, 0.15), points[[0, 4]])
    inside = [slices.in_slice(x, np.array([0.15])) for x in points[[0, 1, 2, 4]]]
    assert inside == [True, False, False, True]
    np.testing.assert_array_equal(slices.within_slice(points[:, :2], 0.15), points[:, :2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_filter_matches_numpy(dtype):
    x = np.random.default_rng(1).normal(size=(10_000, 5)).astype(dtype)
    expected = x[(np.abs(x[:, 2:].astype(float)) < 0.5).all(axis=1)]
    assert 0 < len(expected) < len(x)
    np.testing.assert_array_equal(slices.within_slice(x, 0.5), expected)


def test_collects_what_is_wanted_in_order():
    generator = np.random.default_rng(2)
    made = []

    def draw():
        made.append(generator.uniform(-1, 1, (1000, 3)))
        return made[-1]

    told = []
    result = slices.collect_slice(draw, 0.5, 1200, 10**6, lambda *counts: told.append(counts))
    everything = slices.within_slice(np.concatenate(made), 0.5)
    np.testing.assert_array_equal(result.samples, everything[:1200])
    assert result.drawn == 1000 * len(made)
    assert result.found == len(everything) >= 1200
    assert told[-1] == (result.drawn, result.found)
    assert told[-2][1] < 1200  # it did not go on for longer than it had to
    assert result.seconds > 0


def test_stops_at_the_maximum_and_counts_filtered_blocks():
    # A generator that has filtered already says how many it drew.
    result = slices.collect_slice(lambda: (np.zeros((1, 4), np.float32), 50), 0.15, 100, 1000)
    assert (len(result.samples), result.drawn, result.found) == (20, 1000, 20)
    assert result.samples.dtype == np.float32


def test_blocks_without_samples_are_refused():
    with pytest.raises(ValueError, match="empty block"):
        slices.collect_slice(lambda: np.zeros((0, 3)), 0.15, 1, 10)
    with pytest.raises(ValueError, match="expected"):
        slices.within_slice(np.zeros(5), 0.15)
