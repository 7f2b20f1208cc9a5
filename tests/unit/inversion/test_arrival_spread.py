"""How closely arrival times locate, where straight rays tell it."""

import numpy as np
import pytest

from latentearth.inversion import arrival_spread
from latentearth.operators import eikonal
from latentearth.samplers.importance import Importance
from latentearth.samplers.targets import Box, Posterior
from latentearth.seeds import stream

SPEED, ERROR = 2500.0, 0.005
EVENT = np.array([400.0, 350.0, 250.0])
RECEIVERS = np.array(
    [[0.0, 0, 1000], [1000, 0, 1000], [0, 1000, 1000], [1000, 1000, 1000], [500, 500, 1000]]
)


@pytest.fixture(scope="module")
def tables():
    axis = np.linspace(0.0, 1000.0, 51)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    times = np.linalg.norm(grid[None] - RECEIVERS[:, None, None, None], axis=-1) / SPEED
    return times, np.zeros(3), np.full(3, 20.0)


def test_slownesses_are_those_of_straight_rays(tables):
    away = EVENT - RECEIVERS
    expected = away / np.linalg.norm(away, axis=1, keepdims=True) / SPEED
    found = arrival_spread.slownesses(*tables, EVENT)
    # trilinear between nodes 20 m apart, rays of 600 m and more: curvature over 12 of (20 / 600)^2
    np.testing.assert_allclose(found, expected, atol=2e-3 / SPEED)


@pytest.mark.parametrize("origin_known", [True, False])
def test_deviations_are_those_of_the_posterior(tables, origin_known):
    times, low, spacing = tables
    picks = eikonal.interpolate_times(times, low, spacing, EVENT[None])[0]
    given = times, low, spacing, picks, np.full(5, ERROR)
    bounds = EVENT[:, None] + np.array([-240.0, 240.0])
    target = Posterior(
        lambda x: eikonal.arrival_log_likelihood(*given, x, origin_known), Box(bounds)
    )
    sampled = Importance(wanted=4000.0)(target, None, stream(0, "spread"))
    slowness = arrival_spread.slownesses(*tables, EVENT)
    found = arrival_spread.deviations(slowness, np.arange(5)[None], ERROR, origin_known)[0]
    # 4000 samples tell a deviation to 1.1 per cent; the rest is for arrivals that are not
    # linear in the coordinates over some 50 m
    np.testing.assert_allclose(sampled.deviation, found, rtol=0.08)


def test_depth_trades_with_the_origin_time(tables):
    slowness = arrival_spread.slownesses(*tables, EVENT)
    fours = arrival_spread.sets_of(5, 4)
    assert len(fours) == 5
    known, unknown = (
        arrival_spread.deviations(slowness, fours, ERROR, flag) for flag in (True, False)
    )
    assert (unknown >= known).all()
    assert (unknown[:, 2] / known[:, 2] > 2.0).all()  # all rays leave upward


def test_a_set_on_a_line_locates_nothing():
    slowness = np.outer(np.arange(1.0, 5.0), [1e-4, 0.0, 2e-4])
    found = arrival_spread.deviations(slowness, np.arange(4)[None], ERROR, True)
    assert np.isinf(found).all()


def test_the_coordinate_that_fits_least_decides():
    found = np.array([[20.0, 20.0, 10.0], [40.0, 20.0, 15.0]])
    ratios = arrival_spread.farthest(found, np.array([20.0, 20.0, 15.0]))
    np.testing.assert_allclose(ratios, [1.5, 2.0])
