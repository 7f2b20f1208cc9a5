"""Any ensemble that somebody brings: read by what the file says, or refused in one sentence."""

import numpy as np
import pytest
import xarray as xr

from latentearth.ensembles.brought import read_brought
from latentearth.io import InputError

RNG = np.random.default_rng(3)
LAT, LON = np.linspace(50, 40, 4), np.linspace(350, 370, 5)


def written(path, values, dims, units="m s-1", name="vs", **coordinates):
    xr.Dataset({name: (dims, values, {"units": units})}, coordinates).to_netcdf(path / "own.nc")
    return path / "own.nc"


def test_a_grid_of_the_sphere_with_the_sea_left_out(tmp_path):
    values = RNG.normal(3000, 100, (60, 4, 5))
    values[:, 1, 2], values[:, 3, 4] = np.nan, 2.5
    file = written(
        tmp_path, values, ("member", "latitude", "longitude"), latitude=LAT, longitude=LON
    )
    found = read_brought(file)
    assert (found.missing, found.constant, found.unit, found.name) == (1, 1, "m s-1", "vs")
    assert found.places.kind == "sphere" and set(found.chain) == {0}
    flat = values.reshape(60, 20)[:, found.index]
    np.testing.assert_array_equal(found.values, flat.astype(np.float32))
    rows, columns = np.divmod(found.index, 5)
    np.testing.assert_array_equal(found.places.positions, np.stack([LAT[rows], LON[columns]], 1))


def test_points_in_radians_by_their_standard_names_and_chains_by_words(tmp_path):
    where = {
        name: ("ncells", np.radians(axis), {"units": "radian", "standard_name": standard})
        for name, axis, standard in (
            ("va", np.repeat(LAT, 3), "latitude"),
            ("vo", np.tile(LON[:3], 4), "longitude"),
        )
    }
    values = RNG.normal(0, 1, (12, 50))
    walker = ("realization", np.repeat(["b", "a"], 25))
    file = written(tmp_path, values, ("ncells", "realization"), walker=walker, **where)
    found = read_brought(file)
    np.testing.assert_array_equal(found.values, values.T.astype(np.float32))
    # radians went to degrees and back
    np.testing.assert_allclose(found.places.positions[:, 0], np.repeat(LAT, 3), rtol=1e-12)
    assert found.chain.tolist() == [0] * 25 + [1] * 25
    a, b = np.radians([50.0, 5.0])
    exact = np.degrees(np.arccos(np.sin(a) ** 2 + np.cos(a) ** 2 * np.cos(b)))
    # the arc cosine of a number near 1 loses half of the digits
    np.testing.assert_allclose(found.places.distance(np.array([[0, 1]])), exact, rtol=1e-7)


def test_chains_as_a_dimension_and_a_section_in_km(tmp_path):
    values = RNG.normal(0, 1, (3, 7, 30, 4))
    axes = {
        "x": ("x", np.arange(7.0), {"units": "km"}),
        "depth": ("depth", np.arange(4.0) * 100, {"units": "m"}),
    }
    file = written(tmp_path, values, ("walker", "x", "draw", "depth"), **axes)
    found = read_brought(file)
    assert found.places.kind == "plane" and found.places.unit == "m"
    assert found.places.positions[:, 0].max() == 6000 and found.places.positions[:, 1].max() == 300
    np.testing.assert_array_equal(
        found.values, values.transpose(0, 2, 1, 3).reshape(90, 28).astype(np.float32)
    )
    assert np.bincount(found.chain).tolist() == [30, 30, 30]
    assert len(found.places.neighbours()) > 28  # each point has four, most of them mutual
    thinned = read_brought(file, most=45)
    assert np.bincount(thinned.chain).tolist() == [15, 15, 15]


def test_a_profile_and_parameters_that_lie_nowhere(tmp_path):
    depth = ("depth", np.arange(6.0), {"units": "km"})
    profile = read_brought(
        written(tmp_path, RNG.normal(0, 1, (50, 6)), ("draw", "depth"), depth=depth)
    )
    assert profile.places.kind == "line" and profile.places.positions.max() == 5000
    assert len(profile.places.neighbours()) >= 5
    free = read_brought(written(tmp_path, RNG.normal(0, 1, (50, 6)), ("draw", "theta_dim_0")))
    assert free.places.kind == "none" and free.places.neighbours().shape == (0, 2)


def test_samples_are_drawn_by_their_weights(tmp_path):
    values = RNG.normal(0, 1, (400, 3))
    weights = np.where(np.arange(400) % 4 == 0, 1.0, 0.0)
    file = written(tmp_path, values, ("sample", "p"), weights=("sample", weights))
    found = read_brought(file)
    kept = np.sort(found.values[:, 0])
    np.testing.assert_array_equal(kept, np.sort(values[::4, 0].astype(np.float32)))


def faults():
    """What to write and to ask for, and what the message names."""
    good, some = RNG.normal(0, 1, (50, 4)), RNG.normal(0, 1, (50, 4))
    some[7, 2] = np.nan
    yield (good, ("time", "point")), {}, "variables"
    yield (good, ("draw", "point")), {"variable": "vp"}, "variable 'vp'"
    yield (good, ("draw", "point")), {"sample": "step"}, "variables"
    yield (good, ("draw", "point")), {"variable": "vs", "sample": "step"}, "dimensions of 'vs'"
    yield (good, ("draw", "point")), {"chain": "step"}, "chain 'step'"
    yield (good[:30], ("draw", "point")), {}, "samples of 'vs'"
    yield (some, ("draw", "point")), {}, "sample 7, point 2"
    yield (np.ones((50, 4)), ("draw", "point")), {}, "points of 'vs'"
    yield (good * 1e-20, ("draw", "point")), {}, "standard deviations of 'vs'"


@pytest.mark.parametrize(("given", "asked", "named"), list(faults()))
def test_what_cannot_be_told_is_refused(given, asked, named, tmp_path):
    with pytest.raises(InputError, match=r"own\.nc") as error:
        read_brought(written(tmp_path, *given), **asked)
    assert named in str(error.value)


def test_positions_must_be_some(tmp_path):
    lat = ("point", np.array([10.0, 20, 95, 0]), {"units": "degrees_north"})
    lon = ("point", np.arange(4.0))
    file = written(tmp_path, RNG.normal(0, 1, (50, 4)), ("draw", "point"), lat=lat, lon=lon)
    with pytest.raises(InputError, match="'lat': found 0 to 95; expected degrees within 90"):
        read_brought(file)
