"""Where sources are and what they emit."""

import numpy as np
import pytest

from latentearth.io import InputError
from latentearth.operators import elastic_waves, explosions
from latentearth.seeds import stream

AXES = [np.arange(51) * 20.0, np.arange(51) * 20.0, np.arange(201) * 15.0]
RECEIVERS = np.array([[500.0, 500.0, 2430.0], [200.0, 800.0, 2430.0]])


def draw(count=2000, seed=1):
    return explosions.latin_hypercube(
        stream(seed, "test"), count, AXES, 2430.0, 60.0, RECEIVERS, 150.0, np.array([[19, 15, 105]])
    )


def places(nodes):
    return np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(AXES)])


def test_pulse_is_the_derivative_of_its_rate():
    time = np.linspace(0, 0.4, 40001)
    slope = np.gradient(explosions.moment_rate(time, 8.0), time)
    exact = explosions.moment_acceleration(time, 8.0)
    # second-order differences of 1e-5 s on a pulse of 0.1 s
    np.testing.assert_allclose(slope[5:-5], exact[5:-5], atol=1e-5 * exact.max())
    assert time[exact.argmax()] == pytest.approx(explosions.delay(8.0), abs=1e-5)
    # it begins with nothing: exp(-pi^2 1.44) of its size
    assert abs(exact[0]) < 1e-4 * exact.max()


def test_hypercube_keeps_to_its_rules():
    nodes = draw()
    assert len(np.unique(nodes, axis=0)) == len(nodes) == 2000
    found = places(nodes)
    distance = np.linalg.norm(found[:, None] - RECEIVERS[None], axis=2)
    assert distance.min() >= 150.0
    assert found[:, 2].max() <= 2370.0
    assert not (nodes == [19, 15, 105]).all(axis=1).any()


def test_hypercube_is_even():
    # each tenth of each axis has a tenth of a Latin hypercube; dropped nodes (3 per cent around
    # receivers, some duplicates) and axes of 51 and 159 nodes allow some percent of unevenness
    found = places(draw())
    for column, top in zip(found.T, (1000.0, 1000.0, 2370.0), strict=True):
        share = np.histogram(column, np.linspace(-1e-9, top + 1e-6, 11))[0] / len(found)
        assert np.abs(share - 0.1).max() < 0.025


def test_hypercube_follows_its_seed():
    np.testing.assert_array_equal(draw(), draw())
    assert (draw() != draw(seed=2)).any()


def test_more_sources_than_nodes():
    axes = [np.arange(3) * 100.0] * 3
    with pytest.raises(InputError, match="sources: count: found 100"):
        explosions.latin_hypercube(
            stream(1), 100, axes, 200.0, 0.0, RECEIVERS, 0.0, np.array([[0, 0, 0]])
        )


@pytest.mark.parametrize("place", [[-11.0, 0, 0], [0, 0, 3010.0], [np.nan, 0, 0]])
def test_a_source_outside_the_model(place):
    with pytest.raises(InputError, match=r"mine\.npy: position 1: found .* outside the model"):
        explosions.to_nodes(np.array([[0.0, 0.0, 0.0], place]), AXES, "mine.npy")


def test_positions_snap_to_the_nearest_node():
    found = explosions.to_nodes(np.array([[375.0, 300.0, 1570.0]]), AXES, "event")
    np.testing.assert_array_equal(found, [[19, 15, 105]])


def test_the_event_is_no_source():
    positions = np.array([[0, 0, 0], [10, 0, 0], [10, 0, 0], [20, 0, 0], [21, 0, 0]], float)
    rows, event_row = explosions.take_event(positions, np.array([20.2, 0, 0]))
    assert event_row == 3
    np.testing.assert_array_equal(rows, [0, 1, 4])


def test_a_test_set_is_left():
    positions, event = np.arange(18.0).reshape(6, 3), np.array([3.0, 4, 5])
    rows, event_row = explosions.take_sources(positions, event, {"training": 3}, "file")
    assert event_row == 1 and rows.tolist() == [0, 2, 3, 4, 5]
    split = {"training": 3, "validation": 2}
    with pytest.raises(InputError, match="more than 3 for training \\+ 2 for validation"):
        explosions.take_sources(positions, event, split, "file")


def test_a_velocity_factor_is_a_scale_of_time():
    """Against the exact pressure of an explosion in a whole space."""
    time, factors = np.arange(400) * 0.004, np.array([0.97, 1.0, 1.02])
    distance = np.array([700.0])

    def pressure(factor):
        given = 2200.0, 2400.0 * factor, 1200.0 * factor, 8.0
        return elastic_waves.analytic_pressure(distance, time, *given)[0]

    found = explosions.scale_velocity(np.tile(pressure(1.0), (3, 1)), factors, 0.004, 8.0)
    expected = np.array([pressure(factor) for factor in factors])
    # splines of degree 7 at 15 samples a period
    np.testing.assert_allclose(found, expected, atol=2e-4 * expected.max())
