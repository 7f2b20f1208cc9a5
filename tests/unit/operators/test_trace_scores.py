"""Scores of traces: R2D over other events, without the loudest, and the share of a null's error."""

import numpy as np
import pytest

from latentearth.operators import trace_scores


def test_the_interval_holds_the_scatter_of_other_events():
    random = np.random.default_rng(6)

    def events(count):
        truth = random.normal(0, 1, (count, 20)) * random.lognormal(0, 0.5, (count, 1)) + 0.3
        return truth, truth + random.normal(0, 0.5, truth.shape)

    others = [trace_scores.r2d(*events(200)) for _ in range(300)]
    low, high = trace_scores.r2d_interval(*events(200), np.random.SeedSequence(1))
    # an interval of 95 per cent is 3.9 standard deviations wide; the bootstrap of heavy tails and
    # the 300 leave a quarter of that
    assert high - low == pytest.approx(3.92 * np.std(others), rel=0.25)
    assert low < np.mean(others) + 2 * np.std(others) and high > np.mean(others) - 2 * np.std(
        others
    )


def test_a_loud_event_does_not_hide_the_others():
    random = np.random.default_rng(2)
    truth, predicted = random.normal(0, 1, (2, 50, 30))
    truth[7] *= 1000
    predicted[7] = truth[7]
    assert trace_scores.r2d(truth, predicted) > 0.99
    others = np.delete(np.arange(50), 7)
    expected = trace_scores.r2d(truth[others], predicted[others])
    assert trace_scores.without_loudest(truth, predicted, 1) == pytest.approx(expected, abs=1e-12)


def test_skill_is_the_share_of_the_nulls_error():
    truth, null = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 1.0]]), np.zeros((3, 2))
    predicted = np.stack([truth[0], null[1], [0.0, 3.0]])
    np.testing.assert_allclose(trace_scores.skill(truth, predicted, null), [1, 0, -3])
