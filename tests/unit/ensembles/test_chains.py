"""Raw chains: format, checks of users' files, damage, joining and selecting."""

import os

import netCDF4
import numpy as np
import pytest
import xarray as xr

from latentearth.ensembles import chains
from latentearth.io import InputError


def example(models=50, seed=0):
    rng = np.random.default_rng(seed)
    n_cells = rng.integers(1, 60, models)
    total = n_cells.sum()
    return chains.chain_dataset(
        n_cells,
        np.degrees(np.arcsin(rng.uniform(-1, 1, total))),
        rng.uniform(-180, 180, total),
        rng.uniform(6.5, 7.8, total),
        rng.uniform(0.7, 0.9, models),
        rng.uniform(0.7, 0.9, models),
    )


def test_what_is_written_is_read_with_units_and_provenance(tmp_path):
    chain = example()
    chains.write_chain(tmp_path / "chain.nc", chain, {"title": "a chain", "seed": 3})
    found = chains.read_chain(tmp_path / "chain.nc")
    for name in chains.VARIABLES:
        np.testing.assert_array_equal(found[name], chain[name])
    assert found.attrs["title"] == "a chain" and found.attrs["seed"] == 3
    with netCDF4.Dataset(tmp_path / "chain.nc") as raw:
        assert raw["n_cells"].dimensions == ("model",) and raw["vs"].dimensions == ("cell",)
        assert raw["n_cells"].sample_dimension == "cell"  # CF section 9.3.3
        assert raw["vs"].units == "km s-1" and raw["lat"].units == "degrees_north"
        assert raw["misfit"].units == raw["noise"].units == "s"
        assert raw.Conventions == "CF-1.8"
    assert list(tmp_path.iterdir()) == [tmp_path / "chain.nc"]  # no temporary file is left


def test_joining_keeps_the_order(tmp_path):
    one, two = example(20, 1), example(30, 2)
    chains.write_chain(tmp_path / "chain.nc", chains.join_chains([one, two]), {"seed": 3})
    found = chains.read_chain(tmp_path / "chain.nc")
    assert found.attrs["seed"] == 3
    for name in chains.VARIABLES:
        np.testing.assert_array_equal(found[name], np.concatenate([one[name], two[name]]))


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_noticed(tmp_path, part):
    path = tmp_path / "chain.nc"
    chains.write_chain(path, example(2000), {})
    os.truncate(path, int(part * path.stat().st_size))
    with pytest.raises(InputError, match=r"chain\.nc"):
        chains.read_chain(path)


def test_changed_values_are_noticed(tmp_path):
    path = tmp_path / "chain.nc"
    chains.write_chain(path, example(), {})
    with netCDF4.Dataset(path, "a") as raw:
        raw["vs"][5] = 7.0
    with pytest.raises(InputError, match="checksum"):
        chains.read_chain(path)


def test_nothing_is_left_when_a_chain_is_refused(tmp_path):
    with pytest.raises(InputError):
        chains.write_chain(tmp_path / "chain.nc", example().drop_vars("lat"), {})
    assert not list(tmp_path.iterdir())


def spoiled(name, values=None, **changes):
    chain = example()
    if values is not None:
        changed = chain[name].values.copy()
        changed[3] = values
        chain[name] = (chain[name].dims, changed)
    return chain.assign(changes) if changes else chain


CASES = {
    "missing variable": (example().drop_vars("vs"), "variable 'vs'.*n_cells, lat, lon and vs"),
    "sum of n_cells": (spoiled("n_cells", 1000), "dimension 'cell'.*sum of n_cells"),
    "empty model": (spoiled("n_cells", 0), "n_cells of model 3: found 0"),
    "latitude": (spoiled("lat", 91.0), "values of 'lat': found 91.0 at cell 3.*-90 to 90 degrees"),
    "longitude": (spoiled("lon", 400.0), "values of 'lon'.*-180 to 360"),
    "velocity in m/s": (spoiled("vs", 7200.0), "values of 'vs'.*2 to 15 km s-1"),
    "NaN": (spoiled("vs", np.nan), "values of 'vs': found nan at cell 3"),
    "misfit": (spoiled("misfit", -1.0), "values of 'misfit'.*0 or more"),
    "kind": (spoiled("x", n_cells=("model", np.full(50, 2.0))), "type of 'n_cells'.*integer"),
    "dimensions": (spoiled("x", lat=("model", np.zeros(50))), "dimensions of 'lat'.*cell"),
    "no models": (example(0), "no models"),
}


@pytest.mark.parametrize("case", CASES)
def test_users_files_that_cannot_be_used_are_explained(tmp_path, case):
    chain, message = CASES[case]
    chain.to_netcdf(tmp_path / "mine.nc")
    with pytest.raises(InputError, match=rf"mine\.nc: .*{message}"):
        chains.read_chain(tmp_path / "mine.nc")


def test_users_files_need_no_misfit_and_may_count_longitudes_to_360(tmp_path):
    chain = xr.Dataset(
        {
            "n_cells": ("model", np.array([2, 1])),
            "lat": ("cell", [90.0, -90.0, 0.0]),
            "lon": ("cell", [0.0, 360.0, -180.0]),
            "vs": ("cell", [7.0, 7.1, 7.2]),
        }
    )
    chain.to_netcdf(tmp_path / "mine.nc")
    found = chains.read_chain(tmp_path / "mine.nc")
    assert np.isnan(found["misfit"]).all() and found["misfit"].dims == ("model",)
    assert chains.voronoi_models(found).n_cells.tolist() == [2, 1]


def test_a_missing_file_is_explained(tmp_path):
    with pytest.raises(InputError, match="found nothing"):
        chains.read_chain(tmp_path / "none.nc")
