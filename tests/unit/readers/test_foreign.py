"""Variables of netCDF files: what a file says of itself is believed, and nothing else."""

import fcntl
import lzma
from pathlib import Path

import netCDF4
import numpy as np
import pytest
import xarray as xr

from latentearth.io import InputError
from latentearth.readers.foreign import opened_foreign, rising

VALUES = np.arange(24, dtype="f4").reshape(2, 3, 4) / 10
DIMENSIONS = ("chain", "sample", "coordinate")


def write(path, dims=DIMENSIONS, values=VALUES, name="x", attrs=None, **more):
    xr.Dataset({name: (dims, values, attrs or {})}).to_netcdf(path, **more)
    return path


def read(path, name="x", dims=DIMENSIONS, units=None, key=slice(None), **more):
    with opened_foreign(path, "an ensemble") as file:
        return file.variable(name, dims, units, **more)[key]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_dimensions_are_taken_by_name_whole_and_in_parts(tmp_path, order):
    path = write(tmp_path / "a.nc", [DIMENSIONS[k] for k in order], VALUES.transpose(order))
    np.testing.assert_array_equal(read(path), VALUES)
    np.testing.assert_array_equal(read(path, key=(1, slice(0, 2))), VALUES[1, :2])
    np.testing.assert_array_equal(read(path, key=(slice(None), 2)), VALUES[:, 2])


def test_usual_names_of_dimensions_are_known(tmp_path):
    path = write(tmp_path / "a.nc", ("chain", "draw", "x_dim_0"))  # as ArviZ writes
    np.testing.assert_array_equal(read(path), VALUES)
    image = write(tmp_path / "b.nc", ("sample", "y", "x"), name="image")
    np.testing.assert_array_equal(read(image, "image", ("image", "y", "x")), VALUES)


@pytest.mark.parametrize(
    "dims", [("a", "b", "c"), ("sample", "chain", "point"), ("draw", "sample", "coordinate")]
)
def test_dimensions_that_cannot_be_told_are_refused(tmp_path, dims):
    path = write(tmp_path / "a.nc", dims)
    with pytest.raises(InputError, match=r"dimensions of 'x': found \(.*expected \(chain, sample"):
        read(path)


def test_hdf5_without_names_is_refused(tmp_path):
    # the names that the netCDF library gives to the nameless ones of h5py
    path = write(tmp_path / "a.nc", [f"phony_dim_{k}" for k in range(3)])
    with pytest.raises(InputError, match="3 without names"):
        read(path)


@pytest.mark.parametrize("form", ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT"])
def test_forms_of_netcdf(tmp_path, form):
    np.testing.assert_array_equal(read(write(tmp_path / "a.nc", format=form)), VALUES)


def test_cdf5_and_big_endian(tmp_path):
    forms = ("NETCDF3_64BIT_DATA", "native", "f4"), ("NETCDF4", "big", ">f4")
    for form, endian, kind in forms:
        with netCDF4.Dataset(tmp_path / "a.nc", "w", format=form) as file:
            for name, size in zip(DIMENSIONS, VALUES.shape, strict=True):
                file.createDimension(name, size)
            file.createVariable("x", kind, DIMENSIONS, endian=endian)[:] = VALUES.astype(kind)
        found = read(tmp_path / "a.nc")
        np.testing.assert_array_equal(found, VALUES)
        assert found.dtype == np.dtype("f4") and found.dtype.isnative


def test_packed_values_are_unpacked_and_missing_ones_are_nan(tmp_path):
    values = VALUES.astype("f8")
    values[1, 2, 3] = np.nan
    encoding = {"x": {"dtype": "i2", "scale_factor": 1e-4, "add_offset": 1.0, "_FillValue": -9999}}
    found = read(write(tmp_path / "a.nc", values=values, encoding=encoding))
    # half of the smallest step of the packing
    np.testing.assert_allclose(found, values, atol=0.5001e-4)
    assert np.isnan(found[1, 2, 3]) and np.isfinite(found).sum() == 23


def test_whole_numbers_with_a_fill_value_stay_whole(tmp_path):
    numbers = np.arange(5)
    for dtype in ("i4", "f8"):
        encoding = {"n": {"dtype": dtype, "_FillValue": -1}}
        path = write(tmp_path / "a.nc", ("model",), numbers, "n", encoding=encoding)
        found = read(path, "n", ("model",), kind="integer")
        np.testing.assert_array_equal(found, numbers)
        assert found.dtype == np.int64
    with netCDF4.Dataset(path, "a") as file:
        file["n"][2] = -1
    with pytest.raises(InputError, match="1 missing"):
        read(path, "n", ("model",), kind="integer")


def test_units_are_converted_asked_for_or_refused(tmp_path):
    path = write(tmp_path / "a.nc", attrs={"units": "km/s"})
    np.testing.assert_array_equal(read(path, units="m s-1"), VALUES * np.float32(1000))
    with pytest.raises(InputError, match=r"units of 'x': found 'km/s'; expected s"):
        read(path, units="s")
    path = write(tmp_path / "b.nc")
    with pytest.raises(InputError, match="units of 'x': found none; expected m s-1"):
        read(path, units="m s-1")
    np.testing.assert_array_equal(read(path, units="m s-1", unstated=True), VALUES)


@pytest.mark.parametrize(
    ("name", "attrs", "upward"),
    [
        ("z", {}, None),
        ("z", {"positive": "down"}, False),
        ("z", {"positive": "Up"}, True),
        ("z", {"standard_name": "depth"}, False),
        ("depth", {}, False),
        ("elevation", {}, True),
    ],
)
def test_directions_of_vertical_axes(tmp_path, name, attrs, upward):
    path = write(tmp_path / "a.nc", ("n",), np.arange(3.0), name, attrs)
    with opened_foreign(path, "positions") as file:
        assert file.upward("z") is upward


def test_falling_axes_are_turned_with_what_lies_on_them():
    axis, values = rising(np.array([3.0, 2.0, 1.0]), np.arange(6).reshape(2, 3), 1)
    assert axis.tolist() == [1, 2, 3] and values.tolist() == [[2, 1, 0], [5, 4, 3]]


@pytest.mark.parametrize(
    ("axis", "start"),
    [
        (("time", 0.5 + np.arange(50) * 0.004, {"units": "s"}), 0.5),
        (("time", 500 + np.arange(50) * 4, {"units": "ms"}), 0.5),
        (("time", np.arange(50) * 4, {"units": "milliseconds"}), 0.0),
        (("time", np.datetime64("2024-01-01", "ns") + np.arange(50) * np.timedelta64(4, "ms")), 0),
        (("time", (500 + np.arange(50) * 4).astype("timedelta64[ms]").astype("m8[ns]")), 0.5),
    ],
)
def test_time_axes(tmp_path, axis, start):
    xr.Dataset({"a": ("time", np.zeros(50))}, {"time": axis}).to_netcdf(tmp_path / "a.nc")
    with opened_foreign(tmp_path / "a.nc", "traces") as file:
        found = file.times()
    assert found.step == pytest.approx(0.004, rel=1e-9) and found.start == pytest.approx(start)
    assert found.dated == (np.asarray(axis[1]).dtype.kind == "M")


@pytest.mark.parametrize(
    ("times", "units", "words"),
    [
        (np.arange(5.0), None, "units of 'time': found none"),
        (np.arange(5.0), "m", "found 'm'"),
        (np.arange(5.0) ** 2, "s", "evenly spaced"),
        (-np.arange(5.0), "s", "evenly spaced"),
        (np.array([0, 1, np.nan, 3, 4]), "s", "evenly spaced"),
    ],
)
def test_time_axes_that_say_nothing_are_refused(tmp_path, times, units, words):
    attrs = {"units": units} if units else {}
    xr.Dataset({"time": ("time", times, attrs)}).to_netcdf(tmp_path / "a.nc")
    with (
        opened_foreign(tmp_path / "a.nc", "traces") as file,
        pytest.raises(InputError, match=words),
    ):
        file.times()


def test_variables_of_groups_are_found_and_two_of_a_name_refused(tmp_path):
    path = write(tmp_path / "a.nc", group="posterior")
    np.testing.assert_array_equal(read(path), VALUES)
    write(path, group="prior", mode="a")
    with pytest.raises(InputError, match="posterior/x, prior/x"):
        read(path)


def test_words_are_labels(tmp_path):
    words = np.repeat(["run_a", "run_b"], 2)
    for form in ("NETCDF4", "NETCDF3_CLASSIC"):  # strings, and letters
        path = write(tmp_path / "a.nc", ("sample",), words, "chain", format=form)
        assert read(path, "chain", ("sample",), kind="label").tolist() == words.tolist()
        with pytest.raises(InputError, match=r"type of 'chain'|dimensions of 'chain'"):
            read(path, "chain", ("sample",))


def test_a_claimed_size_is_refused_before_it_is_allocated(tmp_path):
    with netCDF4.Dataset(tmp_path / "a.nc", "w") as file:
        for name in DIMENSIONS:
            file.createDimension(name, 2000)  # 32 GB that are nowhere
        file.createVariable("x", "f4", DIMENSIONS, chunksizes=(1, 100, 100))
    with pytest.raises(InputError, match="sizes: found variables of 32 GB"):
        read(tmp_path / "a.nc")


def test_files_that_are_held_damaged_or_another_thing(tmp_path):
    path = write(tmp_path / "a.nc")
    with open(path, "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # as HDF5 does while a notebook writes
        with pytest.raises(InputError, match="another program has open for writing"):
            read(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="damaged or cut"):
        read(path)
    np.savez(tmp_path / "b.npz", VALUES)
    with pytest.raises(InputError, match="format: found npz; expected a netCDF file with an ens"):
        read(tmp_path / "b.npz")
    with pytest.raises(InputError, match="only x; expected vs"):
        read(write(tmp_path / "c.nc"), "vs", ("sample", "point"), "km s-1")


@pytest.mark.parametrize("encoding", ["ujf-8", "ascii"])
def test_letters_that_are_none_of_their_encoding_are_refused(tmp_path, encoding):
    """Found by damaging files: the library looks the encoding up, whatever its name."""
    path = write(tmp_path / "a.nc", ("sample",), ["rün_a"], "chain", format="NETCDF3_CLASSIC")
    with netCDF4.Dataset(path, "a") as file:
        file["chain"].setncattr("_Encoding", encoding)
    with pytest.raises(InputError, match=r"a\.nc: 'chain': found damaged values"):
        read(path, "chain", ("sample",), kind="label")


def test_a_file_that_hdf5_never_finishes_with_is_refused(tmp_path):
    """Found by damaging files; a library that notices the damage says so by itself."""
    kept = Path(__file__).with_name("endless.nc.xz")
    (tmp_path / "a.nc").write_bytes(lzma.decompress(kept.read_bytes()))
    with pytest.raises(InputError, match=r"a\.nc: file: found a damaged"):
        read(tmp_path / "a.nc")
