"""What several receivers recorded of one event that somebody brings, and picks of its arrivals."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.io import InputError
from latentearth.readers import seismic_files
from latentearth.readers.foreign import NETCDF, opened_foreign
from latentearth.readers.formats import require_format
from latentearth.readers.local_frame import LocalFrame
from latentearth.readers.tables import read_table

UNEVEN_TIMES = 1e-6  # of the largest time: the last digits of a table's times
FARTHEST_STATION = 50.0  # m, between a receiver and the station that stands for it
FEWEST_SAMPLES = 50  # samples of a record


@dataclass(frozen=True)
class Records:
    """Records of one event.

    Attributes
    ----------
    traces
        (receiver, sample) Pa.
    start_s
        Of the first sample, s after the reference time.
    interval_s
        Between two samples, s.
    """

    traces: np.ndarray
    start_s: float
    interval_s: float


@dataclass(frozen=True)
class SeedRecords:
    """What MiniSEED does not say.

    Attributes
    ----------
    stations
        StationXML file.
    frame
        Of the model.
    start
        UTC of the reference time, ISO 8601.
    length_s
        Of the records from then on, s.
    """

    stations: str
    frame: LocalFrame
    start: str
    length_s: float


def read_records(
    paths: Sequence[str | os.PathLike],
    places: Mapping[int, np.ndarray],
    seed: SeedRecords | None = None,
) -> Records:
    """Read the records of one event.

    Parameters
    ----------
    paths
        One netCDF file with ``records`` (receiver, time), in the order of `places`; one CSV table
        with columns ``time_s`` and ``receiver_0_Pa``, ...; or MiniSEED files.
    places
        Receivers by number: (3,) m.
    seed
        Needed for MiniSEED.

    Raises
    ------
    InputError
        If a file is of another form, a receiver is missing, a unit is none of pressure, a sample is
        not finite, a record is silent or shorter than :data:`FEWEST_SAMPLES` samples.
    """
    expected = "records(receiver, time) in netCDF, a CSV table, or MiniSEED"
    forms = {require_format(path, (*NETCDF, "text", "miniSEED"), expected) for path in paths}
    if forms == {"miniSEED"}:
        if seed is None:
            raise InputError(paths[0], "stations, start and length", "none", "all, beside MiniSEED")
        found = _of_seed(paths, places, seed)
    elif len(paths) > 1:
        raise InputError(paths[1], "file", "a second one", "one, of netCDF or CSV")
    else:
        found = (_of_table if forms == {"text"} else _of_netcdf)(paths[0], places)
    for number, trace in zip(places, found.traces, strict=True):
        label = f"record of receiver {number}"
        if not np.isfinite(trace).all():
            raise InputError(
                paths[0], label, "NaN or infinite samples", "finite ones, without gaps"
            )
        if trace.size < FEWEST_SAMPLES or not trace.any():
            said = f"{trace.size} samples" if trace.size < FEWEST_SAMPLES else "silence"
            raise InputError(
                paths[0], label, said, f"{FEWEST_SAMPLES} samples at least, not all zero"
            )
    return found


def _of_netcdf(path: str | os.PathLike, places: Mapping[int, np.ndarray]) -> Records:
    with opened_foreign(path, "records(receiver, time)") as file:
        traces = file.variable("records", ("receiver", "time"), "Pa")[:].astype(float)
        axis = file.times()
    if traces.shape != (len(places), axis.count):
        needed = f"({len(places)} receivers, {axis.count} times)"
        raise InputError(path, "shape of records", traces.shape, needed)
    return Records(traces, axis.start, axis.step)


def _of_table(path: str | os.PathLike, places: Mapping[int, np.ndarray]) -> Records:
    table = read_table(path, "a CSV table of time_s and receiver_0_Pa, ...")
    times = table.column("time", "s")
    steps = np.diff(times)
    if (
        steps.size < 1
        or not (steps > 0).all()
        or np.ptp(steps) > UNEVEN_TIMES * np.abs(times).max()
    ):
        raise InputError(path, "column time", f"{times.size} values", "evenly spaced, rising ones")
    traces = np.stack([table.column(f"receiver_{number}", "Pa") for number in places])
    return Records(traces, float(times[0]), float((times[-1] - times[0]) / steps.size))


def _of_seed(
    paths: Sequence[str | os.PathLike], places: Mapping[int, np.ndarray], seed: SeedRecords
) -> Records:
    """Channels of the stations that stand where the receivers are."""
    stations = seismic_files.read_stations(seed.stations, seed.frame)
    from obspy import UTCDateTime  # it is there, or the stations had not been read

    rows, intervals = [], []
    for number, place in places.items():
        apart = [np.linalg.norm(one.position - place) for one in stations]
        nearest = stations[int(np.argmin(apart))]
        if min(apart) > FARTHEST_STATION:
            found = f"the nearest, {nearest.name}, {min(apart):.0f} m away"
            needed = f"one within {FARTHEST_STATION:g} m"
            raise InputError(seed.stations, f"station at receiver {number}", found, needed)
        if nearest.units != "Pa":
            raise InputError(seed.stations, nearest.name, nearest.units, "a channel in Pa")
        times = [UTCDateTime(seed.start)]
        trace, interval = seismic_files.read_waveforms(paths, nearest, times, seed.length_s)
        rows.append(trace[0].astype(float))
        intervals.append(interval)
    if np.ptp(intervals) > seismic_files.SAME_RATE * max(intervals):
        raise InputError(paths[0], "sampling intervals", intervals, "one, of all channels")
    return Records(np.stack(rows), 0.0, intervals[0])


def read_picks(path: str | os.PathLike, numbers: Sequence[int]) -> np.ndarray:
    """Picked first arrivals of P waves, (receiver,) s after the reference time.

    Parameters
    ----------
    path
        A CSV table with columns ``receiver`` (number) and ``time_s``.
    numbers
        Of the receivers that are wanted, in their order.

    Raises
    ------
    InputError
        If one of them has no pick, or two.
    """
    table = read_table(path, "a CSV table of receiver and time_s")
    who, times = table.column("receiver"), table.column("time", "s")
    found = []
    for number in numbers:
        rows = np.flatnonzero(who == number)
        if rows.size != 1:
            raise InputError(path, f"picks of receiver {number}", rows.size, "one")
        found.append(times[rows[0]])
    return np.array(found)
