"""An ensemble from outside: each fault gives one clear sentence."""

import numpy as np
import pytest
import xarray as xr

from latentearth import io
from latentearth.ensembles import given

DIMENSIONS = ("chain", "sample", "coordinate")


def _dataset(values=None, dimensions=DIMENSIONS, name="x"):
    values = np.ones((2, 50, 3), np.float32) if values is None else values
    return xr.Dataset({name: (dimensions, values)})


def test_a_good_file_is_returned(tmp_path):
    path = tmp_path / "ensemble.nc"
    io.write_dataset(path, _dataset(), {})
    values = given.check_given(path, coordinates=3, minimum_samples=50, minimum_chains=2)
    assert values.dims == DIMENSIONS
    assert values.shape == (2, 50, 3)
    assert given.check_given(_dataset(name="vs"), "vs").dtype == np.float32


@pytest.mark.parametrize(
    ("dataset", "options", "words"),
    [
        (_dataset(name="vs"), {}, ["variable 'x'", "only vs"]),
        (
            _dataset(dimensions=("sample", "chain", "coordinate")),
            {},
            ["dimensions of variable 'x'", "'sample', 'chain'", "'chain', 'sample'"],
        ),
        (_dataset(np.ones((50, 3)), ("sample", "coordinate")), {}, ["dimensions", "expected"]),
        (_dataset(np.full((1, 2, 2), "a")), {}, ["type of variable 'x'", "<U1"]),
        (_dataset(), {"minimum_chains": 3}, ["dimension 'chain'", "found 2", "at least 3"]),
        (_dataset(), {"minimum_samples": 200}, ["dimension 'sample'", "found 50", "at least 200"]),
        (_dataset(), {"coordinates": 2}, ["dimension 'coordinate'", "found 3", "expected 2"]),
        (_dataset(np.ones((1, 5, 0))), {}, ["dimension 'coordinate'", "found 0", "at least 1"]),
    ],
)
def test_faults_are_named(dataset, options, words, tmp_path):
    path = tmp_path / "mine.nc"
    dataset.to_netcdf(path)
    for ensemble in (path, dataset):
        with pytest.raises(io.InputError) as error:
            given.check_given(ensemble, **options)
        assert all(word in str(error.value) for word in words), str(error.value)
    with pytest.raises(io.InputError, match=r"mine\.nc"):
        given.check_given(path, **options)


@pytest.mark.parametrize("chunk", [10, 10_000_000])
def test_values_that_are_not_finite_are_counted_and_placed(chunk, monkeypatch):
    monkeypatch.setattr(given, "VALUES_AT_ONCE", chunk)
    values = np.ones((2, 50, 3))
    values[1, 47, 2] = np.nan
    values[1, 30, 1] = np.inf
    values[1, 49, 0] = np.nan
    with pytest.raises(io.InputError) as error:
        given.check_given(_dataset(values))
    assert "3 of 300 values not finite (the first is inf, at chain 1, sample 30, coordinate 1)" in (
        str(error.value)
    )


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(io.InputError, match=r"absent\.nc"):
        given.check_given(tmp_path / "absent.nc")
    (tmp_path / "broken.nc").write_bytes(b"no netCDF")
    with pytest.raises(io.InputError, match=r"broken\.nc.*unreadable"):
        given.check_given(tmp_path / "broken.nc")
