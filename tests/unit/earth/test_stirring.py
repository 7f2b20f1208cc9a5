"""Stirring against the physics of a flow without divergence, and the paper's forward contour."""

import numpy as np
import pytest
from matplotlib.path import Path

from latentearth.earth import stirring
from latentearth.earth.stirred_contour import deform, enclosed_area
from latentearth.earth.stirring import CIRCLE_RADIUS, Distributions, Flow
from latentearth.images.scores import nearest_images
from latentearth.images.spectra import shell_spectrum, spectral_slope
from latentearth.seeds import stream

FLOW = Flow()
FIGURE_1 = np.array([0.50696, 0.49770, 1.04568, 0.88601, 0.72566, 0.55985, 0.12535, 0.22108])


@pytest.fixture(scope="module")
def parameters():
    return stirring.sample_parameters(Distributions(), 160, stream(1, "stirring"))


@pytest.fixture(scope="module")
def images(parameters):
    return stirring.stir(parameters, 128, FLOW)


def test_velocity_is_the_curl_of_the_stream_function(parameters):
    """One short step against the central difference of the stream function.

    With a step of 1e-4 the velocity of the path is known to about U^2 dt = 1e-5, as v < 1 here;
    differencing the path forward and backward leaves dt^2, and the polynomials err by 3e-11.
    """
    points = np.random.default_rng(0).random((200, 2))
    x, y = points.T
    p, t, dt, h = parameters[3], 1.3, 1e-4, 1e-5
    one = Flow(FLOW.speed, 1.0, 1)
    forward = stirring.advect(points, p, t, t + dt, one)
    backward = stirring.advect(points, p, t, t - dt, one)
    velocity = (forward - backward) / (2 * dt)
    east, west, north, south = (
        stirring.stream_function(x + dx, y + dy, t, p, FLOW.speed)
        for dx, dy in ((h, 0), (-h, 0), (0, h), (0, -h))
    )
    expected = np.stack([(north - south) / (2 * h), -(east - west) / (2 * h)], 1)
    np.testing.assert_allclose(velocity, expected, atol=1e-7)


def test_nothing_flows_through_the_walls(parameters):
    """The stream function is zero there, and points on a wall stay on it to the last bit."""
    s = np.linspace(0, 1, 41)
    for p in parameters[:5]:
        for x, y in ((s, 0 * s), (s, 0 * s + 1), (0 * s, s), (0 * s + 1, s)):
            assert np.abs(stirring.stream_function(x, y, 0.7, p, 1.0)).max() < 1e-13  # rounding
            end = stirring.advect(np.stack([x, y], 1), p, 0.0, FLOW.duration, FLOW)
            wall = 0 if np.ptp(x) == 0 else 1
            np.testing.assert_array_equal(end[:, wall], (x, y)[wall])
            assert end.min() > -1e-9 and end.max() < 1 + 1e-9


def test_there_and_back_again(parameters):
    """Runge-Kutta of order 4 comes home with an error of order dt^4: 16 times less at dt/2."""
    start = np.random.default_rng(1).uniform(0.1, 0.9, (300, 2))
    errors = []
    for steps in (100, 200):
        flow = Flow(0.1, 5.0, steps)
        end = stirring.advect(start, parameters[0], 0.0, 5.0, flow)
        home = stirring.advect(end, parameters[0], 5.0, 0.0, flow)
        errors.append(np.median(np.hypot(*(home - start).T)))
    assert errors[0] < 1e-4  # a hundredth of a pixel
    assert errors[0] / errors[1] > 8  # at least order 3 after the amplification by stretching


def test_half_of_every_image_is_white(images):
    """Area is kept; what remains is the error of counting pixels."""
    assert images.dtype == np.uint8 and set(np.unique(images)) == {0, 1}
    assert np.abs(images.mean(axis=(1, 2)) - 0.5).max() < 0.01


def test_area_inside_the_contour_is_kept():
    for time in (0.0, 1.0, 2.5, 5.0):
        contour = deform(FIGURE_1, time, FLOW)
        assert np.mean(np.hypot(*np.diff(contour, axis=0).T) > 2e-3) < 1e-4  # those at walls
        assert enclosed_area(contour) == pytest.approx(0.5, abs=2e-4)  # chords of the gap 2e-3


def test_image_agrees_with_the_forward_contour(parameters):
    """Both ways err by the time step: mean < 0.05, maximum < 0.2 per cent of pixels."""
    centres = (np.arange(128) + 0.5) / 128
    grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    differ = []
    for p in parameters[:4]:
        contour = deform(p, FLOW.duration, Flow(0.1, 5.0, 200), gap=1e-3)
        inside = Path(contour, closed=False).contains_points(grid).reshape(128, 128)
        differ.append(np.mean(inside != stirring.stir(p, 128, FLOW)[0]))
    assert np.mean(differ) < 5e-4 and np.max(differ) < 2e-3


def test_images_converge_with_the_time_step(parameters):
    fine = stirring.stir(parameters[:10], 128, Flow(0.1, 5.0, 800), dtype=np.float64)
    differ = [
        np.mean(stirring.stir(parameters[:10], 128, Flow(0.1, 5.0, steps)) != fine)
        for steps in (25, 50, 100)
    ]
    assert differ[0] > 2 * differ[1] > 4 * differ[2]
    assert differ[2] < 5e-4


def test_single_precision_is_enough(parameters):
    single = stirring.stir(parameters[:20])
    assert np.mean(single != stirring.stir(parameters[:20], dtype=np.float64)) < 5e-5


def test_mirror_symmetry(parameters):
    """phi_a + pi turns a to -a; with x_c to 1 - x_c the stream function changes its sign."""
    mirrored = parameters[:10].copy()
    mirrored[:, 6] += np.pi
    mirrored[:, 0] = 1 - mirrored[:, 0]
    differ = stirring.stir(parameters[:10]) != stirring.stir(mirrored)[:, :, ::-1]
    assert differ.mean() < 5e-5  # rounding alone, as above


def test_any_size_samples_the_same_structure(parameters):
    """Every third pixel of 96 lies where a pixel of 32 does; odd sizes work as well."""
    coarse, fine = (stirring.stir(parameters[:3], size) for size in (32, 96))
    assert np.mean(fine[:, 1::3, 1::3] != coarse) < 1e-3
    assert stirring.stir(parameters[0], 37).shape == (1, 37, 37)
    assert stirring.stir(parameters[:0]).shape == (0, 128, 128)


def test_spectrum_falls_as_one_over_k(images):
    """The statement of Batchelor (1959) that the paper builds on; 160 images leave 0.03."""
    assert spectral_slope(*shell_spectrum(images)) == pytest.approx(-1.0, abs=0.15)


def test_spectrum_of_a_single_wave():
    x = np.arange(64) / 64
    wave = np.broadcast_to(np.cos(2 * np.pi * 5 * x), (1, 64, 64))
    k, power = shell_spectrum(wave)
    np.testing.assert_allclose(power, np.where(k == 5, 0.5, 0), atol=1e-15)


def test_distance_to_the_nearest_image(images):
    others = images[10:90]
    found, index = nearest_images(images[:10], others, block=17)
    exact = (images[:10, None] != others).mean(axis=(2, 3))
    np.testing.assert_allclose(found, exact.min(axis=1), atol=1e-6)  # single precision sums
    np.testing.assert_allclose(exact[np.arange(10), index], exact.min(axis=1))
    assert nearest_images(others[3:4], others)[0][0] == 0


def test_parameters_stay_in_their_bounds_and_do_not_depend_on_their_number():
    d = Distributions(centre=0.05, amplitude=(0.8, 1.2), frequency=(0.5, 1.0), phase=(0.0, 1.0))
    p = stirring.sample_parameters(d, 500, stream(2, "p"))
    low, high = stirring.parameter_bounds(d)
    assert (p >= low).all() and (p < high).all() and np.ptp(p, axis=0).min() > 0.09
    np.testing.assert_array_equal(p[:7], stirring.sample_parameters(d, 7, stream(2, "p")))
    with pytest.raises(ValueError, match="centre"):
        stirring.parameter_bounds(Distributions(centre=0.5 - CIRCLE_RADIUS + 0.01))
