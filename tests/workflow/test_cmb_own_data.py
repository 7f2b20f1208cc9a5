"""A user's raw chains or ensembles at the core-mantle boundary, through Snakemake.

The files are made here as data/README.md says, without the library; unit tests hold more faults.
"""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from latentearth.earth import sphere

ROOT = Path(__file__).parents[2]
RNG = np.random.default_rng(12)
FOLDER = "results/scheiter2022/cmb"
MODELS, BURN_IN, THINNING = 9, 3, 2


AFRICA = {"south": -20.0, "north": 30.0, "west": -15.0, "east": 45.0}
PLACES = [[-10.0, 0.0], [-10.0, 30.0], [20.0, 0.0], [20.0, 30.0]]


def snakemake(folder, own, *targets, more=""):
    """Run the smoke scale with own data, given as in the config."""
    settings = f"chains: {{burn_in: {BURN_IN}, thinning: {THINNING}}}{more}"
    more = folder / "more.yaml"
    more.write_text(f"scheiter2022: {{cmb: {{{settings}, own: {own}}}}}")
    scale = ROOT / "workflow/scales/smoke.yaml"
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", "1", "--show-failed-logs", "--configfile", scale, more, "--", *targets]
    return subprocess.run(command, capture_output=True, text=True, timeout=500)


def chain(path, factor=1.0):
    """A raw chain of 20 to 30 cells a model, without misfit and noise."""
    n_cells = RNG.integers(20, 31, MODELS)
    total = n_cells.sum()
    lat, lon = np.degrees(np.arcsin(RNG.uniform(-1, 1, total))), RNG.uniform(0, 360, total)
    vs = factor * RNG.uniform(6.8, 7.6, total)
    found = {"n_cells": ("model", n_cells), "lat": ("cell", lat), "lon": ("cell", lon)}
    xr.Dataset(found | {"vs": ("cell", vs, {"units": "km/s"})}).to_netcdf(path)
    return path


def ensemble(path, lat, lon):
    """An ensemble of two chains, 5 samples each."""
    vs = RNG.uniform(6.8, 7.6, (10, len(lat))).astype(np.float32)
    found = {"vs": (("sample", "point"), vs, {"units": "km/s"})}
    found |= {"lat": ("point", lat), "lon": ("point", lon)}
    xr.Dataset(found | {"chain": ("sample", np.repeat([1, 2], 5))}).to_netcdf(path)
    return vs


def nearest_cells(path, model, lat, lon):
    """Velocity of the nearest of all nuclei of a model at every point, by brute force."""
    raw = xr.open_dataset(path)
    end = np.cumsum(raw.n_cells.values)
    cells = slice(end[model] - raw.n_cells.values[model], end[model])

    def unit(lat, lon):
        lat, lon = np.radians(lat), np.radians(lon)
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)

    closeness = unit(lat, lon) @ unit(raw.lat.values[cells], raw.lon.values[cells]).T
    return raw.vs.values[cells][closeness.argmax(1)]


def test_own_chains_are_thinned_and_evaluated(tmp_path):
    paths = [chain(tmp_path / name) for name in ("a.nc", "b.nc")]
    grids = {
        "globe": sphere.spiral(8000),
        "australia": sphere.grid_points(*sphere.regional_grid()),
    }
    targets = [f"{FOLDER}/ensemble_{grid}.nc" for grid in grids]
    done = snakemake(
        tmp_path, {"chains": [str(p) for p in paths]}, *targets, f"{FOLDER}/chain_quality.nc"
    )
    assert done.returncode == 0, done.stderr[-3000:]
    kept = list(range(BURN_IN, MODELS, THINNING))
    for target, (lat, lon) in zip(targets, grids.values(), strict=True):
        made = xr.open_dataset(tmp_path / target)
        expected = [nearest_cells(path, model, lat, lon) for path in paths for model in kept]
        # a point between two cells may fall to either by rounding, one in a thousand at most
        np.testing.assert_array_less((made.vs.values != np.float32(expected)).mean(1), 1e-3)
        np.testing.assert_array_equal(made.chain.values, np.repeat([0, 1], len(kept)))
    assert int(xr.open_dataset(tmp_path / FOLDER / "chain_quality.nc").chains) == 2


def test_own_ensembles_are_taken_as_they_are_in_a_region_of_ones_own(tmp_path):
    globe = ensemble(tmp_path / "globe.nc", *sphere.spiral(8000))
    grid = sphere.grid_points(*sphere.regional_grid(**AFRICA))
    regional = ensemble(tmp_path / "australia.nc", *grid)
    own = {name: str(tmp_path / f"{name}.nc") for name in ("globe", "australia")}
    targets = [f"{FOLDER}/ensemble_{name}.nc" for name in own]
    done = snakemake(tmp_path, own, *targets, more=f", region: {AFRICA}, spread_points: {PLACES}")
    assert done.returncode == 0, done.stderr[-3000:]
    for target, values in zip(targets, (globe, regional), strict=True):
        np.testing.assert_array_equal(xr.open_dataset(tmp_path / target).vs.values, values)


@pytest.mark.parametrize("fault", ["metres per second", "cut short", "other points"])
def test_bad_files_are_one_clear_message_and_stay_where_they_are(tmp_path, fault):
    path = tmp_path / "own.nc"
    if fault == "other points":
        lat, lon = sphere.spiral(8000)
        ensemble(path, lat[:4000], lon[:4000])  # of the north
        own, words = {"globe": str(path)}, ["points", "within 5 degrees"]
    else:
        chain(path, 1000.0 if fault == "metres per second" else 1.0)
        own, words = {"chains": [str(path)]}, ["2 to 15"]
        if fault == "cut short":
            path.write_bytes(path.read_bytes()[:-2000])
            words = ["own.nc"]
    target = f"{FOLDER}/ensemble_globe.nc"
    done = snakemake(tmp_path, own, target)
    assert done.returncode != 0
    message = [line for line in done.stderr.splitlines() if "InputError: " in line]
    assert message, done.stderr[-3000:]
    for word in ["own.nc", *words]:
        assert word in message[0]
    assert path.exists() and not (tmp_path / target).exists()
