"""Receivers in rock, below a model without water, by the rules that place and simulate."""

import re

import numpy as np
import pytest
import xarray as xr
import yaml
from runs import snakemake

from latentearth.operators import elastic_waves

RHO, VP, VS = 2000.0, 2500.0, 1200.0
SETTINGS = {
    "model": {"file": "rock.nc"},
    "receivers": [[300, 300, 520], [200, 400, 500], [400, 200, 500], [100, 100, 500]],
    "event": [300, 320, 180],
    "simulation": {
        "spacing": [20.0, 20.0, 20.0],
        "step": 0.002,
        "every": 2,
        "samples": 120,
        "frequency": 8.0,
        "pml": 10,
    },
    "sources": {"count": 60, "train": 20, "validation": 10, "keep_out": 100.0},
    "greens": {"every": [4, 4, 4], "box": [40.0, 40.0, 40.0]},
}


def rock(folder):
    """One rock of 600 m along each side."""
    axis = np.arange(31) * 20.0
    fields = {"rho": (RHO, "kg m-3"), "vp": (VP, "m s-1"), "vs": (VS, "m s-1")}
    data = {
        name: (("x", "y", "z"), np.full((31,) * 3, value), {"units": units})
        for name, (value, units) in fields.items()
    }
    axes = {name: (name, axis, {"units": "m"}) for name in "xyz"}
    xr.Dataset(data, axes).to_netcdf(folder / "rock.nc")


def test_receivers_in_rock_without_water_record_what_is_known_exactly(tmp_path):
    rock(tmp_path)
    target = "results/spurio_mancini2021/traces/receiver_0.nc"
    config = yaml.safe_dump({"spurio_mancini2021": SETTINGS})
    done = snakemake(tmp_path, config, "--show-failed-logs", "--", target)
    assert done.returncode == 0, done.stderr[-3000:]
    with (
        xr.open_dataset(tmp_path / target) as found,
        xr.open_dataset(tmp_path / "results/spurio_mancini2021/sources.nc") as places,
    ):
        np.testing.assert_array_equal(places.receiver[0], [300, 300, 520])
        assert float(places.position[:, 2].max()) <= 500 - 60  # below all, with the clearance
        distance = np.linalg.norm(places.position - places.receiver[0], axis=1)
        time = 0.004 * np.arange(120)
        exact = elastic_waves.analytic_pressure(distance, time, RHO, VP, VS, 8.0) * 1e6  # N m
        apart = np.linalg.norm(found.traces - exact, axis=1) / np.linalg.norm(exact, axis=1)
    # the sides send some back, and 20 m are 16 nodes to a wavelength
    assert np.median(apart) < 0.03


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"receivers": [[300, 300], *SETTINGS["receivers"][1:]]},
            r"column at \(300, 300\) m: found no water on top; .*its height z as a third number",
        ),
        (
            {"receivers": [[300, 300, 900], *SETTINGS["receivers"][1:]]},
            r"receivers, in rock or water near it: position 0: found \[300.0, 300.0, 900.0\]",
        ),
        (
            {"receivers": [[300, 300, 100], *SETTINGS["receivers"][1:]]},
            "config: event: found z = 180 m; expected below 100 m, where the lowest receiver",
        ),
    ],
    ids=["no height", "outside", "below the event"],
)
def test_what_is_not_possible_is_said(tmp_path, change, words):
    rock(tmp_path)
    target = "results/spurio_mancini2021/sources.nc"
    config = yaml.safe_dump({"spurio_mancini2021": SETTINGS | change})
    done = snakemake(tmp_path, config, "--show-failed-logs", "--", target)
    assert done.returncode != 0
    assert re.search(words, done.stderr), done.stderr[-3000:]
