"""Public bug reports and others of their kind: ensembles and images, right or one message.

Numbers and titles are those of docs/decisions/foreign_files.md.
"""

import fcntl

import numpy as np
import pytest
import xarray as xr
from foreign_cases import messages

from latentearth.earth import sphere
from latentearth.ensembles import chains, given
from latentearth.images import files as images
from latentearth.io import InputError

RNG = np.random.default_rng(15)
DOWN = {"positive": "down"}

# Ensembles and chains: fill values, packing, labels, weights.
POINTS = sphere.spiral(200)
VELOCITIES = RNG.uniform(6.8, 7.6, (10, 200)).round(4)
SCALED = {"dtype": "i2", "scale_factor": 1e-4, "add_offset": 7.0, "_FillValue": -32768}


def ensemble(dims=("sample", "point"), factor=1.0, units="km/s", chain=None, **more):
    order = [("sample", "point").index(name) for name in dims]
    data = {
        "vs": (dims, (VELOCITIES * factor).transpose(order), {"units": units}),
        "lat": ("point", POINTS[0], {"units": "degrees_north"}),
        "lon": ("point", POINTS[1], {"units": "degrees_east"}),
        "chain": ("sample", np.repeat([0, 1], 5) if chain is None else chain),
    }
    return xr.Dataset(data | more)


def radians():
    turned = {
        name: ("point", np.radians(values), {"units": "radian"})
        for name, values in zip(("lat", "lon"), POINTS, strict=True)
    }
    return ensemble(**turned)


UNEQUAL = np.linspace(0.1, 1, 10)


@pytest.mark.parametrize(
    ("data", "form", "words"),
    messages(
        [
            ("25 packed", ensemble(), {"encoding": {"vs": SCALED}}, None),
            ("25 in a group", ensemble(), {"group": "posterior"}, None),
            ("25 classic", ensemble(), {"format": "NETCDF3_CLASSIC"}, None),
            ("25 64 bit", ensemble(), {"format": "NETCDF3_64BIT"}, None),
            ("25 unlimited", ensemble(), {"unlimited_dims": ["sample"]}, None),
            ("25 big-endian", ensemble(), {"encoding": {"vs": {"dtype": ">f8"}}}, None),
            ("25 compressed", ensemble(), {"encoding": {"vs": {"zlib": True}}}, None),
            ("25 words", ensemble(chain=["run_a"] * 5 + ["run_b"] * 5), {}, None),
            (
                "25 letters",
                ensemble(chain=["run_a"] * 5 + ["run_b"] * 5),
                {"format": "NETCDF3_CLASSIC"},
                None,
            ),
            ("25 turned", ensemble(("point", "sample")), {}, None),
            ("01 m/s", ensemble(factor=1e3, units="m s-1"), {}, None),
            ("01 radians", radians(), {}, None),
            ("01 m/s as km/s", ensemble(factor=1e3), {}, "1 to 20 km/s"),
            ("01 slowness", ensemble(factor=0.02, units="s/km"), {}, "units of 'vs'"),
            (
                "10 missing labels",
                ensemble(chain=np.repeat([0, -1], 5)),
                {"encoding": {"chain": {"dtype": "i4", "_FillValue": -1}}},
                "5 missing",
            ),
            (
                "30 NaN",
                ensemble(weight=("sample", UNEQUAL * np.nan)),
                {},
                "are negative or no numb",
            ),
            ("30 equal", ensemble(weights=("sample", np.full(10, 0.1))), {}, None),
        ]
    ),
)
def test_ensembles(tmp_path, data, form, words):
    data.to_netcdf(tmp_path / "e.nc", **form)

    def read():
        blocks = list(given.read_given_points(tmp_path / "e.nc", *POINTS))
        return [np.concatenate(part) for part in zip(*blocks, strict=True)]

    if words:
        with pytest.raises(InputError, match=words):
            read()
        return
    values, chain, _ = read()
    np.testing.assert_allclose(values, VELOCITIES, rtol=2e-7)  # single precision
    np.testing.assert_array_equal(chain, np.repeat([0, 1], 5))


@pytest.mark.parametrize(
    ("name", "values"),
    [("weights", UNEQUAL), ("logwt", np.log(UNEQUAL)), ("log_w", np.log(UNEQUAL) - 800)],
)
def test_30_weights_are_followed(tmp_path, name, values):
    """Names of dynesty and nautilus; 0.1, 0.2, ... 1 hold the weight of 5.5 equal samples."""
    ensemble(**{name: ("sample", values)}).to_netcdf(tmp_path / "e.nc")
    ((found, *_),) = given.read_given_points(tmp_path / "e.nc", *POINTS)
    rows = [np.flatnonzero(np.isclose(row, VELOCITIES, rtol=2e-7).all(-1)) for row in found]
    assert sorted(np.concatenate(rows)) == [2, 5, 6, 8, 9]


@pytest.mark.parametrize("dtype", ["i4", "i8", "f8", "i2"])
def test_10_whole_numbers_with_a_fill_value(tmp_path, dtype):
    cells = np.arange(3, 8)
    total = cells.sum()
    lat, lon = np.full(total, 10.0), np.linspace(-170, 170, total)
    data = {"n_cells": ("model", cells), "lat": ("cell", lat), "lon": ("cell", lon)}
    data["vs"] = "cell", np.full(total, 7.2), {"units": "km/s"}
    filled = {key: {"_FillValue": 1e30} for key in ("lat", "lon", "vs")}
    filled["n_cells"] = {"dtype": dtype, "_FillValue": -1}
    xr.Dataset(data).to_netcdf(tmp_path / "c.nc", encoding=filled)
    for found in chains.foreign_chains([tmp_path / "c.nc"]):
        np.testing.assert_array_equal(found.n_cells, cells)
        np.testing.assert_array_equal(found.lon[:], lon)
    np.testing.assert_array_equal(chains.foreign_record(tmp_path / "c.nc").n_cells, cells)


def test_22_a_file_that_is_open_elsewhere(tmp_path):
    ensemble().to_netcdf(tmp_path / "e.nc")
    with open(tmp_path / "e.nc", "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # as HDF5 does while it writes
        with pytest.raises(InputError, match="another program has open for writing"):
            list(given.read_given_points(tmp_path / "e.nc", *POINTS))


# Prior images: orders, directions, weights.
PICTURES = (np.arange(8)[:, None] > RNG.integers(2, 7, (6, 1, 1))) * np.ones(8, "u1")


@pytest.mark.parametrize(
    ("data", "words"),
    messages(
        [
            ("08 image, y, x", {"image": (("image", "y", "x"), PICTURES)}, None),
            ("08 x, y, sample", {"image": (("x", "y", "sample"), PICTURES.T)}, None),
            (
                "02 y falls",
                {"image": (("image", "y", "x"), PICTURES[:, ::-1]), "y": np.arange(8)[::-1]},
                None,
            ),
            (
                "02 y is depth",
                {"image": (("image", "y", "x"), PICTURES[:, ::-1]), "y": ("y", np.arange(8), DOWN)},
                None,
            ),
            ("01 0 to 255", {"image": (("image", "y", "x"), PICTURES * 255)}, "0 to 1"),
        ]
    ),
)
def test_prior_images(tmp_path, data, words):
    xr.Dataset(data).to_netcdf(tmp_path / "p.nc")
    if words:
        with pytest.raises(InputError, match=words):
            images.read_own(tmp_path / "p.nc", 6)
        return
    np.testing.assert_array_equal(images.read_own(tmp_path / "p.nc", 6), PICTURES)
