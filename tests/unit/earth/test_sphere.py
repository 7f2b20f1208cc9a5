"""Points on the sphere against published numbers and closed forms."""

import numpy as np
import pytest
from scipy.special import ellipeinc

from latentearth.earth import sphere

PATCH_SIZES = [483, 471, 505, 506, 486, 513, 532, 505, 507, 530, 509, 484, 505, 504, 469, 491]


@pytest.mark.parametrize(("n", "slope", "digits"), [(8000, 158.5221, 4), (16, 6.95385, 5)])
def test_spiral_slope_is_the_published_one(n, slope, digits):
    # The published values are rounded to this many decimals.
    assert round(sphere.spiral_slope(n), digits) == slope


@pytest.mark.parametrize("n", [2, 3, 16, 101, 8000])
def test_spiral_solves_its_equation(n):
    lat, lon = sphere.spiral(n)
    theta, m = np.radians(90 - lat), sphere.spiral_slope(n)
    assert lat.shape == lon.shape == (n,) and (np.diff(lat) < 0).all()
    # E is up to 2m and known to about 1e-15 relative, its argument passes through degrees (two
    # roundings of 180 at 1e-16) and its slope is at most m: 1e-11 leaves a factor of ten.
    expected = (2 * np.arange(1, n + 1) - 1) * np.pi / m
    np.testing.assert_allclose(ellipeinc(theta, -m * m), expected, rtol=0, atol=1e-11)
    # Longitudes carry m times the rounding of theta.
    turned = np.angle(np.exp(1j * (np.radians(lon) - m * theta)))
    np.testing.assert_allclose(turned, 0, atol=1e-11)


def test_spiral_is_nearly_uniform():
    lat, lon = sphere.spiral(8000)
    vectors = sphere.unit_vectors(lat, lon)
    # A uniform density has zero mean vector and E[z^2] = 1/3; a spiral with equal spacing along
    # and across errs by the order of one point in 8000.
    assert np.abs(vectors.mean(axis=0)).max() < 1 / 8000
    assert abs((vectors[:, 2] ** 2).mean() - 1 / 3) < 2 / 8000


def test_patches_have_the_published_sizes():
    lat, lon = sphere.spiral(8000)
    found = sphere.regions(lat, lon, 16)
    assert [patch.size for patch in found] == PATCH_SIZES
    assert np.array_equal(np.sort(np.concatenate(found)), np.arange(8000))


def test_grids_of_the_paper():
    lat, lon = sphere.regional_grid()
    assert (lat[0], lat[-1], lon[0], lon[-1]) == (0, -50, 106, 156) and lat.size == lon.size == 23
    lat, lon = sphere.map_grid()
    assert (lat[0], lat[-1], lon[0], lon[-1]) == (90, -90, 0, 360)
    assert (lat.size, lon.size) == (72, 144)
    points = sphere.grid_points(lat, lon)
    assert points[0][5 * 144 + 7] == lat[5] and points[1][5 * 144 + 7] == lon[7]


def test_distances_of_known_arcs():
    # Exact angles; errors are a few roundings of numbers of order 1.
    cases = [
        ((0, 0, 0, 90), 90),
        ((90, 0, -90, 0), 180),
        ((0, 10, 0, 10), 0),
        ((0, 0, 1e-7, 0), 1e-7),
    ]
    for arc, degrees in cases:
        assert sphere.great_circle_distance(*arc) == pytest.approx(np.radians(degrees), abs=1e-15)


def test_path_destination_and_distance_agree():
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(-80, 80, 50), rng.uniform(0, 360, 50)
    azimuth, distance = rng.uniform(0, 360, 50), rng.uniform(0.01, 3, 50)
    to_lat, to_lon = sphere.destination(lat, lon, azimuth, distance)
    # Degrees and back cost a few 1e-14 of 360 degrees' radians.
    found = sphere.great_circle_distance(lat, lon, to_lat, to_lon)
    np.testing.assert_allclose(found, distance, atol=1e-13)
    assert sphere.destination(0.0, 0.0, 90.0, np.pi / 2)[1] == pytest.approx(90, abs=1e-12)


def test_nearest_is_the_brute_force_nearest_across_dateline_and_pole():
    rng = np.random.default_rng(2)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 100))), rng.uniform(-180, 180, 100)
    target = sphere.grid_points(np.linspace(90, -90, 19), np.linspace(0, 360, 25))
    distance = sphere.great_circle_distance(
        target[0][:, None], target[1][:, None], lat[None], lon[None]
    )
    found = sphere.nearest_points(lat, lon, *target)
    assert np.array_equal(found, distance.argmin(axis=1))
    assert sphere.nearest_points(np.array([0.0, 0.0]), np.array([-179.0, 170.0]), 0.0, 179.0) == 0


def test_latitude_longitude_inverts_unit_vectors():
    lat, lon = sphere.spiral(500)
    back = sphere.latitude_longitude(3.0 * sphere.unit_vectors(lat, lon))
    np.testing.assert_allclose(back[0], lat, atol=1e-12)  # roundings of 360 degrees
    np.testing.assert_allclose(back[1], lon, atol=1e-11)


def test_neighbour_pairs_are_few_near_and_single():
    lat, lon = sphere.spiral(500)
    pairs = sphere.neighbour_pairs(lat, lon)
    assert (pairs[:, 0] < pairs[:, 1]).all() and len(np.unique(pairs, axis=0)) == len(pairs)
    # four neighbours each, and those that are mutual count once
    assert 1000 <= len(pairs) <= 2000
    distance = sphere.great_circle_distance(*(x[pairs[:, k]] for k in (0, 1) for x in (lat, lon)))
    assert distance.max() < 2.5 * sphere.spacing(lat, lon)  # no pair jumps over a point
