"""Files of traces in the workflow."""

from dataclasses import replace

import numpy as np
import pytest

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


def test_records_that_are_not_alike_are_refused(tmp_path):
    ours = trace_files.Traces(
        POSITIONS, TRACES, np.array([500.0, 500, 2430]), 0.004, 0.15, TRACES[0], POSITIONS[0]
    )
    trace_files.check_alike([ours, ours], ["a.nc", "b.nc"])
    for change, words in (
        ({"units": "mm/s"}, "unit of traces: found mm/s; expected Pa, as a.nc has"),
        ({"sample_interval_s": 0.002}, "sampling interval: found 0.002 s; expected 0.004 s"),
        ({"traces": TRACES[:, :30]}, "samples: found 30; expected 40"),
        ({"delay": np.nan}, "delay of the pulse: found unknown; expected known"),
    ):
        with pytest.raises(io.InputError, match=rf"b\.nc: {words}"):
            trace_files.check_alike([ours, replace(ours, **change)], ["a.nc", "b.nc"])


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
