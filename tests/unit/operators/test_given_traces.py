"""Sources and traces from outside: units, directions, time axes, and what waves can do."""

import numpy as np
import pytest
import xarray as xr

from latentearth import io
from latentearth.operators import given_traces
from latentearth.operators.wave_checks import peak_times

STEP, SAMPLES = 0.004, 400
RECEIVER = np.array([500.0, 500.0, 2430.0])
POSITIONS = np.random.default_rng(1).uniform([100, 100, 200], [900, 900, 2200], (60, 3))


def pulses(start=0.0, step=STEP, samples=SAMPLES, positions=POSITIONS, velocity=2500.0):
    """Ricker wavelets of 8 Hz, 0.15 s after the first arrival, from `start` (s) on."""
    distance = np.linalg.norm(positions - RECEIVER, axis=1)[:, None]
    late = (np.pi * 8 * (start + np.arange(samples) * step - 0.15 - distance / velocity)) ** 2
    return ((1 - 2 * late) * np.exp(-late) / distance).astype("f4")


def read(path, count=60, **more):
    return given_traces.read_given_traces(path, count, **more)


def saved(path, time, traces=None, dims=("source", "time"), units="Pa"):
    traces = pulses() if traces is None else traces
    values = traces if dims[0] == "source" else traces.T
    dataset = xr.Dataset({"traces": (dims, values, {"units": units} if units else {})})
    if time is not None:
        dataset["time"] = ("time", time[0], {"units": time[1]} if time[1] else {})
    dataset.to_netcdf(path)
    return path


SECONDS = np.arange(SAMPLES) * STEP


@pytest.mark.parametrize(
    ("time", "dims"),
    [
        ((SECONDS, "s"), ("source", "time")),
        ((SECONDS, "s"), ("time", "source")),
        ((SECONDS * 1000, "ms"), ("source", "time")),
        ((SECONDS * 1000, "milliseconds"), ("event", "time")),
        ((np.arange(SAMPLES) * 4, "milliseconds since 2024-01-01"), ("source", "time")),
    ],
)
def test_time_axes_in_any_unit_are_the_same(tmp_path, time, dims):
    dims = ("source", "time") if dims[0] == "event" else dims
    found = read(saved(tmp_path / "t.nc", time, dims=dims))
    np.testing.assert_array_equal(found.traces, pulses())
    assert found.sample_interval_s == pytest.approx(STEP, rel=1e-12) and found.units == "Pa"


@pytest.mark.parametrize("start", [0.2, -0.1, 0.2 + 0.3 * STEP, -0.1 + 0.3 * STEP])
def test_a_record_begins_where_its_axis_says(tmp_path, start):
    traces = pulses(start)
    found = read(saved(tmp_path / "t.nc", (start + SECONDS, "s"), traces))
    direct = pulses(samples=found.traces.shape[1])
    # cubic interpolation of a pulse of 8 Hz sampled at 250 Hz
    np.testing.assert_allclose(found.traces[:, 60:300], direct[:, 60:300], atol=1e-4 * direct.max())


@pytest.mark.parametrize(
    ("time", "more", "words"),
    [
        ((SECONDS, ""), {}, "units of 'time': found none"),
        (None, {}, "coordinate 'time'"),
        ((SECONDS, "s"), {"sample_interval_s": 0.002}, "steps of 0.004 s; expected 0.002 s"),
        ((1.7e9 + SECONDS, "s"), {}, "a start at 1.7e\\+09 s|evenly spaced"),
        ((SECONDS, "s"), {"count": 61}, "60 traces for 61 coordinates"),
    ],
)
def test_time_axes_that_contradict_are_refused(tmp_path, time, more, words):
    with pytest.raises(io.InputError, match=words):
        read(saved(tmp_path / "t.nc", time), **more)


def test_units_of_pressure_become_pascal_and_others_stay(tmp_path):
    found = read(saved(tmp_path / "t.nc", (SECONDS, "s"), units="kPa"))
    np.testing.assert_array_equal(found.traces, pulses() * np.float32(1000))
    assert read(saved(tmp_path / "u.nc", (SECONDS, "s"), units="mm/s")).units == "mm/s"
    assert read(saved(tmp_path / "v.nc", (SECONDS, "s"), units=None)).units == "unknown"
    np.save(tmp_path / "t.npy", pulses())
    found = read(tmp_path / "t.npy", sample_interval_s=STEP, units="Pa")
    np.testing.assert_array_equal(found.traces, pulses())
    assert found.units == "Pa"


def test_npy_files_that_say_too_little_or_hold_other_things(tmp_path):
    np.save(tmp_path / "t.npy", pulses())
    with pytest.raises(io.InputError, match="sampling interval: found none"):
        read(tmp_path / "t.npy")
    bad = pulses()
    bad[3, 5] = np.nan
    np.save(tmp_path / "t.npy", bad)
    with pytest.raises(io.InputError, match=r"t\.npy: trace 3: found NaN"):
        read(tmp_path / "t.npy", sample_interval_s=STEP)
    np.save(tmp_path / "t.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(io.InputError, match="an npy file of numbers"):
        read(tmp_path / "t.npy", sample_interval_s=STEP)
    np.save(tmp_path / "t.npy", pulses())
    (tmp_path / "t.npy").write_bytes((tmp_path / "t.npy").read_bytes()[:-8])  # claims more
    with pytest.raises(io.InputError, match="an npy file of numbers"):
        read(tmp_path / "t.npy", sample_interval_s=STEP)


def test_arrivals_that_waves_can_make_pass():
    given_traces.check_arrivals(pulses(), STEP, POSITIONS, RECEIVER, 3600.0, "t.nc")


@pytest.mark.parametrize(
    ("traces", "step", "words"),
    [
        (pulses(), 1000 * STEP, "m/s; expected 200 to 3600 m/s"),  # milliseconds as seconds
        (pulses(), STEP / 1000, "m/s; expected 200 to 3600 m/s"),
        (np.random.default_rng(0).permutation(pulses()), STEP, "in the order of the sources"),
    ],
)
def test_arrivals_that_no_wave_can_make_are_refused(traces, step, words):
    with pytest.raises(io.InputError, match=words):
        given_traces.check_arrivals(traces, step, POSITIONS, RECEIVER, 3600.0, "t.nc")


def test_published_coordinates_are_nodes_from_one(tmp_path):
    np.save(tmp_path / "c.npy", np.array([[1.0, 1, 1], [31, 25, 158], [81, 81, 243]]))
    found = given_traces.read_positions(tmp_path / "c.npy", 3000.0)
    np.testing.assert_array_equal(found, [[0, 0, 0], [375, 300, 1570], [1000, 1000, 2420]])


@pytest.mark.parametrize("nodes", [[[0.0, 1, 1]], [[1.5, 1, 1]], [[1.0, 1]]])
def test_coordinates_that_are_no_nodes(tmp_path, nodes):
    np.save(tmp_path / "c.npy", np.array(nodes))
    with pytest.raises(io.InputError, match="nodes"):
        given_traces.read_positions(tmp_path / "c.npy", 3000.0)


def coordinates(units="m", **vertical):
    columns = POSITIONS.copy()
    if vertical:
        columns[:, 2] = 3000.0 - columns[:, 2]
    return xr.Dataset(
        {
            name: ("source", columns[:, i], {"units": units} | (vertical if name == "z" else {}))
            for i, name in enumerate("xyz")
        }
    )


@pytest.mark.parametrize(
    "dataset",
    [
        coordinates(),
        coordinates("km").map(lambda v: (v / 1000).assign_attrs(units="km")),
        coordinates(positive="down"),
        coordinates(standard_name="depth"),
        coordinates(long_name="depth").rename(z="depth", source="event"),
    ],
)
def test_own_coordinates_in_any_length_and_direction(tmp_path, dataset):
    dataset.to_netcdf(tmp_path / "c.nc")
    found = given_traces.read_positions(tmp_path / "c.nc", 3000.0)
    np.testing.assert_allclose(found, POSITIONS, rtol=1e-12)


def test_coordinates_without_a_length_are_refused(tmp_path):
    coordinates("furlong").to_netcdf(tmp_path / "d.nc")
    with pytest.raises(io.InputError, match="units of 'x': found 'furlong'"):
        given_traces.read_positions(tmp_path / "d.nc", 3000.0)


@pytest.mark.parametrize(
    ("start", "step", "samples"),
    [(0.0, STEP, 520), (-0.2, 0.002, 1200), (0.1 + STEP / 3, 0.003, 700), (0.0, 0.006, 300)],
)
def test_own_records_beside_simulated_ones_give_the_same_picks(tmp_path, start, step, samples):
    """A record of another length, interval, start and unit, of what the solver would record."""
    axis = (STEP, SAMPLES)
    kilopascals = pulses(start, step, samples) / 1000
    time = ((start + np.arange(samples) * step) * 1000, "ms")
    saved(tmp_path / "t.nc", time, kilopascals, units="kPa")
    found = read(tmp_path / "t.nc")
    traces = given_traces.on_axis(found.traces, found.sample_interval_s, axis, "t.nc")
    direct = pulses()
    assert traces.shape == direct.shape and found.units == "Pa"
    # cubic interpolation of a pulse of 8 Hz sampled each 6 ms at most; kPa and ms round once
    np.testing.assert_allclose(traces[:, 60:-10], direct[:, 60:-10], atol=3e-3 * direct.max())
    picks, expected = (peak_times(each, STEP) for each in (traces, direct))
    np.testing.assert_allclose(picks, expected, atol=STEP / 2)


@pytest.mark.parametrize(
    ("traces", "step", "words"),
    [
        (pulses()[:, :300], STEP, r"length of records: found 1.196 s; expected 1.596 s"),
        (np.roll(pulses(samples=800), 400, axis=1), STEP, "a largest peak after 1.596 s"),
        (np.tile([1.0, -1.0], (60, 800)), STEP / 4, "energy above 125 Hz"),
    ],
)
def test_records_that_do_not_fit_beside_others_are_refused(traces, step, words):
    with pytest.raises(io.InputError, match=words):
        given_traces.on_axis(traces, step, (STEP, SAMPLES), "t.nc")
