"""A user's own effective medium: what is taken, and the words for what is not."""

import numpy as np
import pytest
import xarray as xr

from latentearth import io
from latentearth.inversion.downscaling_files import DataErrors, read_medium

NAMES = ["C11", "C22", "C33", "C12", "C13", "C23"]
MEAN = np.array([136.0, 137.0, 84.0, 52.0, 0.0, 0.0])
SPREAD = np.array([17.0, 17.0, 10.0, 6.0, 0.4, 0.6])


@pytest.fixture
def errors():
    return DataErrors(NAMES, 0.2 * SPREAD, 0.7 * SPREAD, MEAN, SPREAD)


def given(tmp_path, change=lambda data: data):
    values = MEAN[:, None, None] + SPREAD[:, None, None] * np.random.default_rng(0).random(
        (6, 6, 6)
    )
    data = xr.Dataset(
        {"observed": (("coefficient", "row", "column"), values, {"units": "GPa"})},
        {"coefficient": NAMES},
    )
    path = tmp_path / "own.nc"
    change(data).to_netcdf(path)
    return path, values


def test_a_medium_in_another_order_of_coefficients(tmp_path, errors):
    path, values = given(tmp_path, lambda data: data.isel(coefficient=slice(None, None, -1)))
    found = read_medium(path, 3, errors, 16)
    np.testing.assert_allclose(found.observed.values[0], values)
    assert found.observed.dims == ("target", "coefficient", "row", "column")
    np.testing.assert_allclose(found.sigma, np.hypot(0.2, 0.7) * SPREAD)
    assert "image" not in found
    np.testing.assert_allclose(read_medium(path, 3, errors, 16, [1.0] * 6).sigma, 1.0)


def test_true_image_and_errors_are_taken_over(tmp_path, errors):
    def change(data):
        return data.assign(image=(("y", "x"), np.ones((16, 16))), sigma_o=("coefficient", SPREAD))

    path, _ = given(tmp_path, change)
    found = read_medium(path, 3, errors, 16)
    assert found.image.shape == (1, 16, 16)
    np.testing.assert_allclose(found.sigma, np.hypot(1, 0.7) * SPREAD)


def test_units_order_and_direction_are_those_of_the_file(tmp_path, errors):
    def change(data):
        pascal = (data.observed * 1e9).assign_attrs(units="Pa")
        rows = np.arange(6)[::-1] / 6
        turned = data.assign(observed=pascal).isel(row=slice(None, None, -1))
        return turned.assign_coords(row=rows).transpose("column", "coefficient", "row")

    path, values = given(tmp_path, change)
    # times 1e9 and back again
    np.testing.assert_allclose(read_medium(path, 3, errors, 16).observed[0], values, rtol=1e-15)


def wave(rows, columns):
    """A medium of one wave along each side of the box, on a grid of it."""
    y, x = ((np.arange(count) + 0.5) / count for count in (rows, columns))
    waves = np.sin(2 * np.pi * y + 0.6)[:, None] * np.cos(2 * np.pi * x)
    return MEAN[:, None, None] + 0.5 * SPREAD[:, None, None] * waves


@pytest.mark.parametrize(("rows", "columns"), [(24, 24), (25, 40), (6, 31)])
def test_a_finer_grid_is_interpolated(tmp_path, errors, rows, columns):
    fine = wave(rows, columns)
    coords = {"coefficient": NAMES, "row": np.arange(rows) * 12.5, "column": np.arange(columns)}
    dims = ("coefficient", "row", "column")
    xr.Dataset({"observed": (dims, fine, {"units": "GPa"})}, coords).to_netcdf(tmp_path / "f.nc")
    found = read_medium(tmp_path / "f.nc", 3, errors, 16).observed[0]
    # the error of a cubic spline, 5 / 384 (2 pi / n)^4 inside and some times that at the ends
    np.testing.assert_allclose(found, wave(6, 6), atol=0.002 * SPREAD.max())


@pytest.mark.parametrize(
    ("rows", "coordinate", "words"),
    [
        (5, None, "dimensions of observed"),  # coarser: nothing is known between its points
        (24, np.arange(24.0) ** 1.5, "coordinate row: found steps from"),
    ],
)
def test_grids_that_cannot_be_interpolated(tmp_path, errors, rows, coordinate, words):
    coords = {"coefficient": NAMES} | ({} if coordinate is None else {"row": coordinate})
    dims = ("coefficient", "row", "column")
    data = {"observed": (dims, wave(rows, 24), {"units": "GPa"})}
    xr.Dataset(data, coords).to_netcdf(tmp_path / "f.nc")
    with pytest.raises(io.InputError, match=words):
        read_medium(tmp_path / "f.nc", 3, errors, 16)


def exchanged(data, one, other):
    """Two coefficients under each other's names."""
    names = {one: other, other: one}
    return data.assign_coords(coefficient=[names.get(name, name) for name in NAMES])


def scaled(data, name, factor):
    """One coefficient multiplied."""
    factors = xr.where(data.coefficient == name, factor, 1.0)
    return (data.observed * factors).assign_attrs(units="GPa")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.rename(observed="medium"), "'observed': found only .*medium"),
        (lambda d: d.isel(row=slice(5)), "dimensions of observed.*'row': 5.*'row': 6"),
        (
            lambda d: d.assign(observed=d.observed.assign_attrs(units="Pa")),
            "a mean C.* GPa; expected",
        ),
        (lambda d: d.assign(observed=d.observed.assign_attrs(units="m")), "units.*'m'.*GPa"),
        (lambda d: exchanged(d, "C11", "C12"), "a mean C12 of 144.9 GPa"),
        (lambda d: exchanged(d, "C33", "C12"), r"a mean C33 of 0\.\d+ C12; expected about 1\.6"),
        (lambda d: d.assign(observed=scaled(d, "C33", 0.5)), "Voigt notation"),
        (lambda d: d.assign(observed=scaled(d, "C13", 1e3)), "positive definite|a mean C13"),
        (lambda d: d.drop_vars("coefficient"), r"coordinate coefficient: found \[0, 1"),
        (lambda d: d.assign_coords(coefficient=list("abcdef")), "coordinate coefficient.*C11"),
        (lambda d: d.assign(observed=d.observed.where(d.row != 2)), "no numbers"),
        (
            lambda d: d.assign(observed=(1000 * d.observed).assign_attrs(units="GPa")),
            "a mean C.* GPa; expected within 10 x",
        ),
        (lambda d: d.assign(sigma_o=("coefficient", -SPREAD)), "sigma_o.*six positive"),
        (lambda d: d.assign(image=(("y", "x"), np.ones((9, 9)))), "dimensions of image"),
    ],
)
def test_errors_say_what_is_wrong(tmp_path, errors, change, words):
    path, _ = given(tmp_path, change)
    with pytest.raises(io.InputError, match=words) as error:
        read_medium(path, 3, errors, 16)
    assert str(path) in str(error.value)
