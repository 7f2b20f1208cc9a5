"""Somebody's own event, from a velocity model and a table of records to QuakeML and a page."""

import csv
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr
import yaml
from runs import ROOT, snakemake

from latentearth.earth import marine
from latentearth.inversion import tensor_types
from latentearth.operators import elastic_waves, explosions
from latentearth.operators.elastic_solver import Recording
from support.config import ConfigError, validate
from support.simulation import medium_on

RECEIVERS = [[300, 300, 540], [180, 420, 480], [420, 180, 480], [120, 120, 480]]
TRUE = np.array([315.0, 285.0, 195.0])  # on no node of the store's grid
TENSOR = 2e6 * np.array([0.5, -0.8, 0.3, 0.6, -0.4, 0.2])  # N m
BEGUN, STEP, SAMPLES = 3.21, 0.004, 130  # s; when the pulse begins on the records' clock
SETTINGS = {
    "model": {"file": "rock.nc"},
    "receivers": RECEIVERS,
    "event": [300, 300, 180],
    "simulation": {
        "spacing": [20.0, 20.0, 20.0],
        "step": 0.002,
        "every": 2,
        "samples": SAMPLES,
        "frequency": 8.0,
        "pml": 10,
    },
    "sources": {"count": 60, "train": 20, "validation": 10, "keep_out": 100.0},
    "greens": {"every": [4, 4, 4], "box": [80.0, 80.0, 80.0], "samples": 2},
    "locate": {
        "records": ["records.csv"],
        "picks": "picks.csv",
        "shift": 0.05,
        "start": "2026-03-01T12:00:00",
        "anchor": [58.0, 2.0, -600.0],
    },
}


def bring(folder):
    """A model of one rock, and what receivers in it record, simulated on another grid."""
    axis = np.arange(31) * 20.0
    fields = {"rho": (2000.0, "kg m-3"), "vp": (2500.0, "m s-1"), "vs": (1200.0, "m s-1")}
    data = {
        name: (("x", "y", "z"), np.full((31,) * 3, value), {"units": units})
        for name, (value, units) in fields.items()
    }
    axes = {name: (name, axis, {"units": "m"}) for name in "xyz"}
    xr.Dataset(data, axes).to_netcdf(folder / "rock.nc")
    medium = medium_on(marine.read_model(folder / "rock.nc"), (15.0, 15.0, 15.0), 600.0)
    at = explosions.to_nodes(TRUE, medium.axes, "event")
    rng, early = np.random.default_rng(6), 60
    columns = {"time_s": BEGUN + (np.arange(early + SAMPLES) - early) * STEP}
    picks = [("receiver", "time_s")]
    for number, place in enumerate(np.array(RECEIVERS, float)):
        node = explosions.to_nodes(place, medium.axes, "receiver")[0]
        (strains,) = elastic_waves.simulate_recordings(
            medium,
            node,
            [Recording(at, 4, "strains")],
            steps=4 * (SAMPLES - 1) + 1,
            time_step_s=0.001,
            frequency=8.0,
            moment=1.0,
            pml=10,
        )
        weights = -medium.kappa[tuple(node)] * tensor_types.DOUBLED * TENSOR
        trace = np.pad(weights @ strains[0], (early, 0))
        columns[f"receiver_{number}_Pa"] = trace + rng.normal(
            0, 0.02 * np.abs(trace).max(), trace.size
        )
        travel = np.linalg.norm(place - TRUE) / 2500
        onset = BEGUN + explosions.delay(8.0) - 0.5 / 8.0
        picks.append((number, onset + travel + rng.normal(0, 0.005)))
    whole = np.column_stack(list(columns.values()))
    head = ",".join(columns)
    np.savetxt(folder / "records.csv", whole, "%.8g", ",", header=head, comments="")
    with open(folder / "picks.csv", "w", newline="") as file:
        csv.writer(file).writerows(picks)


def test_an_event_of_another_grid_is_found_within_its_region(tmp_path):
    bring(tmp_path)
    config = yaml.safe_dump({"spurio_mancini2021": SETTINGS})
    done = snakemake(tmp_path, config, "--show-failed-logs", "--", "locate")
    assert done.returncode == 0, done.stderr[-3000:]
    with xr.open_dataset(tmp_path / "results/spurio_mancini2021/locate/event.nc") as found:
        off = TRUE - found.position.values.mean(0)
        # 16.3 is exceeded by a chi-square of three in one of a thousand
        assert off @ np.linalg.solve(np.cov(found.position.values.T), off) < 16.3
        # a twentieth of the shortest P wave, where two grids of 3 and 4 nodes to an S wave differ
        assert np.linalg.norm(off) < 7.5
        time = float(found.event_time.mean())
        # what 7.5 m are to a P wave
        assert time == pytest.approx(BEGUN + explosions.delay(8.0), abs=7.5 / 2500)
        # five deviations of 520 samples' mean above 1: of four P waves alone no tensor is known
        assert found.attrs["chi2"] < 1.3
    root = ElementTree.parse(tmp_path / "results/spurio_mancini2021/locate/event.xml").getroot()
    (stamp,) = (e for e in root.iter() if e.tag.endswith("}time"))
    assert stamp[0].text.startswith("2026-03-01T12:00:03.3")
    assert (tmp_path / "figures/spurio_mancini2021/locate.png").stat().st_size > 1e4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"picks": None}, "picks or origin beside records"),
        ({"anchor": None}, "anchor and start beside records"),
        ({"start": "yesterday"}, "a time in UTC such as"),
        ({"stations": "s.xml"}, "stations and length both"),
        ({"moment": [1e6, 1e3]}, "the lower one first"),
    ],
)
def test_what_records_need_is_asked_for_at_once(change, message):
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    raw["spurio_mancini2021"]["locate"] |= SETTINGS["locate"] | change
    with pytest.raises(ConfigError, match=message):
        validate(raw)
