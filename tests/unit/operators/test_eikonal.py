"""Travel times against straight rays, and the EDT likelihood against a plain sum."""

import numpy as np
import pytest

from latentearth.io import InputError
from latentearth.operators import eikonal

AXES = [np.arange(41) * 12.5, np.arange(41) * 12.5, np.arange(61) * 10.0]
LOW, SPACING = np.zeros(3), np.array([12.5, 12.5, 10.0])
RECEIVER = np.array([250.0, 250.0, 500.0])


def distance(place):
    grid = np.meshgrid(*(a - p for a, p in zip(AXES, place, strict=True)), indexing="ij")
    return np.sqrt(sum(part**2 for part in grid))


def test_homogeneous_medium():
    velocity = np.full((41, 41, 61), 2000.0)
    found = eikonal.travel_times(velocity, AXES, RECEIVER)
    late = found - distance(RECEIVER) / 2000.0
    # the notes' prototype: 0.6 ms at full size; half a sample of the traces is 2 ms
    assert np.sqrt((late**2).mean()) < 1e-3
    assert abs(late).max() < 2e-3


def test_two_layers_down_the_middle():
    velocity = np.full((41, 41, 61), 1500.0)
    velocity[..., :30] = 3000.0  # below 295 m
    found = eikonal.travel_times(velocity, AXES, RECEIVER)[20, 20]
    # straight down, the interface half-way between two nodes
    assert found[10] == pytest.approx(205 / 1500 + 195 / 3000, abs=2e-3)
    # a source as deep but 250 m to the side refracts, and can only be later
    assert (eikonal.travel_times(velocity, AXES, RECEIVER)[0, 20, 10]) > found[10]


def test_order_of_receivers_and_nodes():
    velocity = np.random.default_rng(0).uniform(1800, 2200, (41, 41, 61))
    times = eikonal.travel_times(velocity, AXES, RECEIVER)
    other = np.array([100.0, 400.0, 100.0])
    back = eikonal.travel_times(velocity, AXES, other)
    # the time there is the time back, within the errors of both
    assert times[8, 32, 10] == pytest.approx(back[20, 20, 50], abs=2e-3)


def test_receiver_outside():
    with pytest.raises(InputError, match="receiver's z: found 601 m; expected 0 to 600 m"):
        eikonal.travel_times(np.full((41, 41, 61), 2e3), AXES, np.array([0.0, 0.0, 601.0]))


def test_interpolation_is_exact_for_linear_fields():
    x, y, z = np.meshgrid(*AXES, indexing="ij")
    tables = np.array([1 + 2 * x - y + 0.5 * z, 3 * z])
    points = np.random.default_rng(1).uniform(0, [500, 500, 600], (50, 3))
    found = eikonal.interpolate_times(tables, LOW, SPACING, points)
    exact = np.column_stack(
        [1 + 2 * points[:, 0] - points[:, 1] + 0.5 * points[:, 2], 3 * points[:, 2]]
    )
    np.testing.assert_allclose(found, exact, rtol=1e-12)


def test_edt_likelihood_is_equation_14():
    receivers = np.array([[0, 0, 600], [500, 0, 600], [0, 500, 600], [400, 400, 600.0]])
    tables = np.array([distance(place) for place in receivers]) / 2000.0
    truth = np.array([[200.0, 300.0, 100.0]])
    picks = eikonal.interpolate_times(tables, LOW, SPACING, truth)[0] + 0.7  # any origin time
    errors = np.array([0.005, 0.004, 0.006, 0.005])
    points = np.vstack([truth, [[250.0, 300.0, 100.0], [205.0, 301.0, 107.0]]])
    found = eikonal.edt_log_likelihood(tables, LOW, SPACING, picks, errors, 2.0, points)
    times = eikonal.interpolate_times(tables, LOW, SPACING, points)
    for n in range(3):
        total = 0.0
        for a in range(4):
            for b in range(a + 1, 4):
                s = errors[a] ** 2 + errors[b] ** 2
                misfit = picks[a] - picks[b] - times[n, a] + times[n, b]
                total += np.exp(-(misfit**2) / s) / np.sqrt(s)
        assert found[n] == pytest.approx(2.0 * np.log(total), rel=1e-9)
    assert found.argmax() == 0


def test_arrivals_after_a_known_origin_time():
    receivers = np.array([[0, 0, 600], [500, 0, 600], [0, 500, 600], [400, 400, 600.0]])
    tables = np.array([distance(place) for place in receivers]) / 2000.0
    truth = np.array([[200.0, 300.0, 100.0]])
    picks = eikonal.interpolate_times(tables, LOW, SPACING, truth)[0]
    errors = np.array([0.005, 0.004, 0.006, 0.005])
    points = np.vstack([truth, truth + np.array([30.0, -20.0, 10.0])])
    found = eikonal.arrival_log_likelihood(tables, LOW, SPACING, picks, errors, points)
    times = eikonal.interpolate_times(tables, LOW, SPACING, points)
    np.testing.assert_allclose(found, -0.5 * (((picks - times) / errors) ** 2).sum(1), rtol=1e-12)
    # unlike differences of times, it sees a later origin
    late = eikonal.arrival_log_likelihood(tables, LOW, SPACING, picks + 0.7, errors, truth)
    assert late[0] < -1e4
