"""Traces and coordinates from files: ours, a user's and the published form."""

import numpy as np
import pytest
import xarray as xr

from latentearth import io
from latentearth.operators import trace_files

TRACES = np.random.default_rng(0).normal(size=(6, 40)).astype("f4")
POSITIONS = np.random.default_rng(1).uniform(0, 1000, (6, 3))


def test_round_trip(tmp_path):
    record = trace_files.Traces(
        POSITIONS, TRACES, np.array([500.0, 500, 2430]), 0.004, 0.15, TRACES[0], POSITIONS[0]
    )
    io.write_dataset(
        tmp_path / "a.nc", trace_files.traces_dataset(record), {"dt": 0.004, "t0": 0.15}
    )
    found = trace_files.read_traces(tmp_path / "a.nc")
    for name in ("positions", "traces", "receiver", "observed", "observed_position"):
        np.testing.assert_array_equal(getattr(found, name), getattr(record, name))
    assert (found.sample_interval_s, found.delay) == (0.004, 0.15)


def test_published_coordinates_are_nodes_from_one(tmp_path):
    np.save(tmp_path / "c.npy", np.array([[1.0, 1, 1], [31, 25, 158], [81, 81, 243]]))
    found = trace_files.read_positions(tmp_path / "c.npy")
    np.testing.assert_array_equal(found, [[0, 0, 0], [375, 300, 1570], [1000, 1000, 2420]])


@pytest.mark.parametrize("nodes", [[[0.0, 1, 1]], [[1.5, 1, 1]], [[1.0, 1]]])
def test_coordinates_that_are_no_nodes(tmp_path, nodes):
    np.save(tmp_path / "c.npy", np.array(nodes))
    with pytest.raises(io.InputError, match="nodes"):
        trace_files.read_positions(tmp_path / "c.npy")


def coordinates(units="m"):
    return xr.Dataset(
        {name: ("source", POSITIONS[:, i], {"units": units}) for i, name in enumerate("xyz")}
    )


def test_own_coordinates_in_any_length(tmp_path):
    coordinates("km").to_netcdf(tmp_path / "c.nc")
    found = trace_files.read_positions(tmp_path / "c.nc")
    np.testing.assert_allclose(found, POSITIONS * 1000)
    coordinates("feet").to_netcdf(tmp_path / "d.nc")
    with pytest.raises(io.InputError, match="variable 'x'"):
        trace_files.read_positions(tmp_path / "d.nc")


def test_own_traces(tmp_path):
    np.save(tmp_path / "t.npy", TRACES)
    found, step = trace_files.read_given_traces(tmp_path / "t.npy", 6, 0.0025)
    np.testing.assert_array_equal(found, TRACES)
    assert step == 0.0025
    with pytest.raises(io.InputError, match="sampling interval: found none"):
        trace_files.read_given_traces(tmp_path / "t.npy", 6, None)
    with pytest.raises(io.InputError, match="6 traces for 7 coordinates"):
        trace_files.read_given_traces(tmp_path / "t.npy", 7, 0.0025)
    dataset = xr.Dataset({"traces": (("source", "time"), TRACES)}, {"time": np.arange(40) * 0.002})
    dataset.to_netcdf(tmp_path / "t.nc")
    assert trace_files.read_given_traces(tmp_path / "t.nc", 6, None)[1] == pytest.approx(0.002)
    with pytest.raises(io.InputError, match="coordinate 'time'"):
        dataset.drop_vars("time").to_netcdf(tmp_path / "u.nc")
        trace_files.read_given_traces(tmp_path / "u.nc", 6, None)


def test_nan_in_traces(tmp_path):
    bad = TRACES.copy()
    bad[3, 5] = np.nan
    np.save(tmp_path / "t.npy", bad)
    with pytest.raises(io.InputError, match=r"t\.npy: trace 3: found NaN"):
        trace_files.read_given_traces(tmp_path / "t.npy", 6, 0.004)


def test_no_pickles(tmp_path):
    np.save(tmp_path / "t.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(io.InputError, match="file"):
        trace_files.read_given_traces(tmp_path / "t.npy", 1, 0.004)


GOOD = np.sin(np.linspace(0, 6, 50))[None].repeat(3, axis=0)


def test_good_traces_pass():
    assert trace_files.check_traces(GOOD, "file", 3).dtype == np.float32


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: np.where(np.arange(3)[:, None] == 1, np.nan, t), "trace 1: found NaN"),
        (lambda t: np.where(np.arange(3)[:, None] == 2, -1.0, t), "trace 2: found no positive"),
        (lambda t: t[:2], "traces: found 2 traces for 3 coordinates"),
        (lambda t: t[:, :3], r"traces: found float64 \(3, 3\)"),
        (lambda t: t[0], r"traces: found float64 \(50,\)"),
    ],
)
def test_bad_traces(change, message):
    with pytest.raises(io.InputError, match=message):
        trace_files.check_traces(change(GOOD), "file", 3)
