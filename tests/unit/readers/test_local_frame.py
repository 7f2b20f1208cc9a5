"""Geographic coordinates in a local frame, and back."""

import numpy as np
import pytest

from latentearth.readers.local_frame import EQUATOR, LocalFrame

PLACES = [(58.1, 2.3, -3100.0), (-33.0, 179.9999, 0.0), (0.0, 0.0, 500.0), (89.0, -120.0, 0.0)]


@pytest.mark.parametrize("anchor", PLACES)
def test_there_and_back(anchor):
    frame = LocalFrame(*anchor)
    positions = np.random.default_rng(0).uniform(-2e4, 2e4, (50, 3))
    back = frame.to_local(*frame.to_geographic(positions).T)
    # the last digits of geocentric coordinates, 6.4e6 m in double precision
    np.testing.assert_allclose(back, positions, atol=1e-7)
    np.testing.assert_allclose(frame.to_local(*anchor), 0, atol=1e-8)


def test_directions_and_lengths():
    frame = LocalFrame(0.0, 0.0, 0.0)
    # along the equator a circle; along the meridian the radius of curvature there is a (1 - e^2)
    step = 1e-4
    east = frame.to_local(0.0, step, 0.0)
    np.testing.assert_allclose(east, [EQUATOR * np.sin(np.radians(step)), 0, 0], atol=1e-3)
    north = frame.to_local(step, 0.0, 0.0)
    meridian = 6_335_439.327  # m, Torge (2001), of WGS84 at the equator
    assert north[1] == pytest.approx(meridian * np.radians(step), rel=1e-8)
    np.testing.assert_allclose(frame.to_local(0.0, 0.0, 7.0), [0, 0, 7], atol=1e-8)


def test_the_earth_falls_away():
    frame = LocalFrame(0.0, 0.0, 0.0)
    at = frame.to_local(0.0, np.degrees(1e4 / EQUATOR), 0.0)
    assert at[2] == pytest.approx(-(1e4**2) / (2 * EQUATOR), rel=1e-5)  # next term (s/R)^2 / 12
