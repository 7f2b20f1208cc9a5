"""An ensemble from outside: each fault gives one clear sentence."""

import numpy as np
import pytest
import xarray as xr

from latentearth import io
from latentearth.earth import sphere
from latentearth.ensembles import given

DIMENSIONS = ("chain", "sample", "coordinate")


def _dataset(values=None, dimensions=DIMENSIONS, name="x"):
    values = np.ones((2, 50, 3), np.float32) if values is None else values
    return xr.Dataset({name: (dimensions, values)})


def test_a_good_file_is_returned(tmp_path):
    path = tmp_path / "ensemble.nc"
    io.write_dataset(path, _dataset(), {})
    values = given.read_given(path, coordinates=3, minimum_samples=50, minimum_chains=2)
    assert values.shape == (2, 50, 3) and values.dtype == np.float32


def test_dimensions_in_any_order_are_the_same_ensemble(tmp_path):
    values = np.random.default_rng(3).normal(size=(2, 50, 3))
    turned = _dataset(values.transpose(1, 2, 0), ("sample", "coordinate", "chain"))
    turned.to_netcdf(tmp_path / "a.nc")
    np.testing.assert_array_equal(given.read_given(tmp_path / "a.nc"), values)


@pytest.mark.parametrize(
    ("dataset", "options", "words"),
    [
        (_dataset(name="vs"), {}, ["variable 'x'", "only vs"]),
        (_dataset(dimensions=("a", "b", "c")), {}, ["dimensions of 'x'", "(a, b, c)", "(chain,"]),
        (_dataset(np.ones((50, 3)), ("sample", "coordinate")), {}, ["dimensions", "expected"]),
        (_dataset(np.full((1, 2, 2), "a")), {}, ["type of 'x'", "<U"]),
        (_dataset(), {"minimum_chains": 3}, ["dimension 'chain'", "found 2", "at least 3"]),
        (_dataset(), {"minimum_samples": 200}, ["dimension 'sample'", "found 50", "at least 200"]),
        (_dataset(), {"coordinates": 2}, ["dimension 'coordinate'", "found 3", "expected 2"]),
        (_dataset(np.ones((1, 5, 0))), {}, ["dimension 'coordinate'", "found 0", "at least 1"]),
    ],
)
def test_faults_are_named(dataset, options, words, tmp_path):
    path = tmp_path / "mine.nc"
    dataset.to_netcdf(path)
    with pytest.raises(io.InputError, match=r"mine\.nc") as error:
        given.read_given(path, **options)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_equal_weights_are_none(tmp_path):
    weights = ("chain", "sample"), np.full((2, 50), 0.01)
    _dataset().assign(weights=weights).to_netcdf(tmp_path / "equal.nc")
    assert given.read_given(tmp_path / "equal.nc").shape == (2, 50, 3)


@pytest.mark.parametrize("chunk", [10, 10_000_000])
def test_values_that_are_not_finite_are_counted_and_placed(chunk, monkeypatch):
    monkeypatch.setattr(given, "VALUES_AT_ONCE", chunk)
    values = np.ones((2, 50, 3))
    values[1, 47, 2] = np.nan
    values[1, 30, 1] = np.inf
    values[1, 49, 0] = np.nan
    with pytest.raises(io.InputError) as error:
        given.check_given(_dataset(values)["x"], "mine")
    assert "3 of 300 values not finite (the first is inf, at chain 1, sample 30, coordinate 1)" in (
        str(error.value)
    )


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(io.InputError, match=r"absent\.nc"):
        given.read_given(tmp_path / "absent.nc")
    (tmp_path / "broken.nc").write_bytes(b"no netCDF")
    with pytest.raises(io.InputError, match=r"broken\.nc: format: found text"):
        given.read_given(tmp_path / "broken.nc")


LAT, LON = sphere.spiral(2000)
VS = np.random.default_rng(8).normal(7, 0.1, (600, 2000))


def _at_points(path, vs=VS, lat=LAT, lon=LON, units="km/s", encoding=None, **more):
    found = {"vs": (("sample", "point"), vs, {"units": units})}
    found |= {"lat": ("point", lat), "lon": ("point", lon)}
    xr.Dataset(found | more).to_netcdf(path, encoding=encoding)
    return path


def _read(path, lat=LAT, lon=LON):
    blocks = list(given.read_given_points(path, lat, lon))
    return [np.concatenate([block[k] for block in blocks]) for k in range(3)]


def test_an_ensemble_at_points_in_other_forms_is_the_same(tmp_path):
    columns = np.array([31, 4, 4, 17])
    chain = {"chain": ("sample", np.repeat(["b", "a"], 300))}
    packed = {"vs": {"dtype": "i2", "scale_factor": 1e-4, "add_offset": 7.0, "_FillValue": -32768}}
    for k, options in enumerate(
        [{}, {"vs": VS * 1000, "units": "m s-1"}, {"encoding": packed}, {"lon": LON - 360}]
    ):
        vs, numbers, models = _read(
            _at_points(tmp_path / f"{k}.nc", **options, **chain), LAT[columns], LON[columns]
        )
        # packing rounds to half of 1e-4, single precision to 5e-7
        np.testing.assert_allclose(
            vs, VS[:, columns], atol=5.1e-5 if "encoding" in options else 1e-6
        )
        np.testing.assert_array_equal(numbers, np.repeat([0, 1], 300))  # in the file's order
        np.testing.assert_array_equal(models, np.arange(600))


def test_other_points_give_the_nearest(tmp_path):
    lat, lon = (axis.ravel() for axis in np.meshgrid(np.arange(-90, 91, 5), np.arange(0, 360, 5)))
    vs = 7 + 0.1 * np.sin(np.radians(lat)) + np.arange(10)[:, None] / 100
    path = _at_points(tmp_path / "grid.nc", vs, lat, lon)
    found, _, _ = _read(path)
    # a cell of 5 degrees: at most 3.6 degrees away, where the slope is 0.1 per radian
    wanted = 7 + 0.1 * np.sin(np.radians(LAT)) + np.arange(10)[:, None] / 100
    np.testing.assert_allclose(found, wanted, atol=0.1 * np.radians(3.6))
    north = lat > 0
    with pytest.raises(io.InputError, match=r"the nearest to \(-88.5, .* 93.5 degrees"):
        _read(_at_points(tmp_path / "north.nc", vs[:, north], lat[north], lon[north]))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"units": "m/s"}, "'vs' of sample 0, point 0"),
        ({"units": ""}, "units of 'vs': found none"),
        ({"units": "s"}, "units of 'vs': found 's'"),
        ({"lat": np.radians(LAT)}, "points: found the nearest to"),
        ({"lat": LAT + 2}, "'lat' of point 0: found 9"),
        ({"vs": np.where(VS[300, 7] == VS, np.nan, VS)}, "'vs' of sample 300, point 7"),
        ({"vs": VS[:1]}, "samples: found 1"),
        ({"weight": ("sample", -np.arange(600.0))}, "'weight': found some that are negative"),
    ],
)
def test_faults_of_an_ensemble_at_points_are_named(tmp_path, options, words):
    with pytest.raises(io.InputError, match=words):
        _read(_at_points(tmp_path / "mine.nc", **options))
