"""The core-mantle boundary: truth, paths and synthetic data."""

import numpy as np
import pytest

from latentearth.earth import cmb
from latentearth.earth.sphere import grid_points, latitude_longitude, map_grid, spiral, unit_vectors
from latentearth.seeds import stream


def truth(lat, lon):
    return cmb.synthetic_velocity(lat, lon, stream(1, "truth"))


def test_truth_looks_like_the_published_mean_map():
    vs = truth(*spiral(8000))
    # Published mean map: area mean 7.244, standard deviation 0.131, extremes 6.80 and 7.55 km/s.
    # "Like" means to 0.02 km/s in the mean and to 20 per cent in the spread.
    assert vs.mean() == pytest.approx(7.244, abs=0.02)
    assert vs.std() == pytest.approx(0.131, rel=0.2)
    assert 6.6 < vs.min() < 6.95 and 7.5 < vs.max() < 7.8


def test_provinces_are_slow_and_the_belt_is_fast():
    # Averages over caps of 12 degrees: the random field (scales below 20 degrees, 0.1 km/s)
    # averages down to about 0.04, while provinces and belt stand out by 0.1 to 0.3.
    lat, lon = spiral(8000)
    vs, place = truth(lat, lon), unit_vectors(lat, lon)

    def cap(at_lat, at_lon):
        return vs[place @ unit_vectors(at_lat, at_lon) > np.cos(np.radians(12))].mean()

    slow = [cap(-30, 18), cap(-12, 180), cap(-17, -147)]
    fast = np.mean([cap(45, 110), cap(15, -85), cap(60, 170), cap(-75, 180)])
    assert max(slow) < 7.1
    assert fast > 7.25


def test_truth_depends_on_the_seed_only():
    lat, lon = spiral(100)
    np.testing.assert_array_equal(truth(lat, lon), truth(lat, lon))
    other = cmb.synthetic_velocity(lat, lon, stream(2, "truth"))
    assert np.abs(other - truth(lat, lon)).max() > 0.05


def test_random_field_has_unit_variance_and_is_isotropic():
    # Over 300 seeds the mean square at a place has the standard error sqrt(2/300) = 8 per cent;
    # four of those.
    place = unit_vectors(np.array([90.0, 0.0, -35.0]), np.array([0.0, 10.0, 200.0]))
    field = np.array([cmb.random_field(place, stream(3, i)) for i in range(300)])
    np.testing.assert_allclose((field**2).mean(axis=0), 1.0, atol=0.33)


def test_a_map_as_truth_is_met_at_its_nodes_and_across_the_date_line():
    lat, lon = map_grid()  # from north to south, 0 and 360 both there
    nodes_lat, nodes_lon = grid_points(lat, lon)
    values = 7.2 + 0.1 * np.sin(np.radians(nodes_lon)) * np.cos(np.radians(nodes_lat))
    velocity = cmb.map_velocity(lat, lon, values.reshape(72, 144))
    # At the nodes the map itself, to rounding.
    np.testing.assert_allclose(velocity(nodes_lat, nodes_lon), values, rtol=1e-12)
    # Between nodes 2.5 degrees apart: bilinear, 0.1 * (0.044 rad)^2 / 8 * 2 = 5e-5 km/s.
    at_lat, at_lon = np.array([3.3, -61.0, 12.0]), np.array([-1.1, 179.9, 358.9])
    expected = 7.2 + 0.1 * np.sin(np.radians(at_lon)) * np.cos(np.radians(at_lat))
    np.testing.assert_allclose(velocity(at_lat, at_lon), expected, atol=6e-5)
    with pytest.raises(ValueError, match="finite"):
        cmb.map_velocity(lat, lon, np.full((72, 144), np.nan))
    with pytest.raises(ValueError, match="shape"):
        cmb.map_velocity(lat, lon, values.reshape(144, 72))


def test_paths_are_arcs_of_the_stated_length_around_their_bounce_points():
    rng = np.random.default_rng(1)
    bounce, direction, arc = cmb.scs_paths(500, rng)
    # Unit vectors at right angles, to rounding.
    np.testing.assert_allclose((bounce * direction).sum(axis=1), 0, atol=1e-12)
    assert 800 <= arc.min() < 820 and 1180 < arc.max() <= 1200
    point, datum, weight = cmb.path_points(bounce, direction, arc, 7)
    assert point.shape == (3500, 3) and np.bincount(datum).tolist() == [7] * 500
    np.testing.assert_allclose(np.bincount(datum, weights=weight), arc, rtol=1e-12)
    path = point.reshape(500, 7, 3)
    np.testing.assert_allclose(path[:, 3], bounce, atol=1e-12)  # the middle one of seven
    steps = np.arccos((path[:, 1:] * path[:, :-1]).sum(axis=2)) * cmb.CMB_RADIUS
    # The arccosine near 1 loses half of the digits: 1e-16 / 0.04 rad, far below 1e-9.
    np.testing.assert_allclose(steps, np.repeat(arc[:, None] / 7, 6, axis=1), rtol=1e-9)


def test_coverage_is_uneven():
    # Equal areas: bounce points of an even coverage would be Poisson, with a variance equal to
    # the mean (20 per region); clusters make it several times larger.
    _, bounce = cmb.synthetic_data(truth, 4000, 7, 0.8, stream(1, "data"))
    lat, lon = spiral(200)
    region = (unit_vectors(*bounce.T) @ unit_vectors(lat, lon).T).argmax(axis=1)
    counts = np.bincount(region, minlength=200)
    assert counts.var() > 5 * counts.mean()
    assert (counts > 0).mean() > 0.6  # and yet most of the boundary is seen


def test_times_are_path_integrals_of_slowness_plus_the_stated_noise():
    # A uniform boundary has the time length * (1/vs - 1/reference), in seconds, exactly.
    def uniform(lat, lon):
        return np.full(lat.shape, 7.0)

    exact, _ = cmb.synthetic_data(uniform, 3000, 7, 0.0, stream(1))
    length = np.bincount(exact.datum, weights=exact.weight)
    np.testing.assert_allclose(exact.time, length * (1 / 7.0 - 1 / cmb.VS_REFERENCE), rtol=1e-9)
    assert exact.time.min() > 3.9 and exact.time.max() < 6.0  # 800 to 1200 km: 3.9 to 5.9 s
    noisy, _ = cmb.synthetic_data(uniform, 3000, 7, 0.8, stream(1))
    noise = noisy.time - exact.time
    # Standard errors with 3000 data: 0.8/sqrt(3000) = 0.015 and 0.8/sqrt(6000) = 0.010; 4 each.
    assert noise.mean() == pytest.approx(0, abs=0.06)
    assert noise.std() == pytest.approx(0.8, abs=0.041)


def test_seven_points_are_enough_for_the_integral():
    # Against 70 points; the difference must stay well below the noise of some 0.8 s.
    rng = np.random.default_rng(2)
    paths = cmb.scs_paths(300, rng)
    times = []
    for per_path in (7, 70):
        point, datum, weight = cmb.path_points(*paths, per_path)
        times.append(cmb.predicted_times(truth(*latitude_longitude(point)), datum, weight))
    assert np.sqrt(np.mean((times[0] - times[1]) ** 2)) < 0.08


def test_paths_and_noise_depend_on_the_seed_only():
    one, same = (cmb.synthetic_data(truth, 50, 7, 0.8, stream(4)) for _ in range(2))
    for name in ("point", "datum", "weight", "time"):
        np.testing.assert_array_equal(getattr(one[0], name), getattr(same[0], name))
    np.testing.assert_array_equal(one[1], same[1])
