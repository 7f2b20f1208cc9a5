"""Sources and traces that somebody brings, on a time axis that begins at the origin time."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.interpolate import CubicSpline
from scipy.stats import spearmanr

from latentearth.io import InputError
from latentearth.operators.trace_files import Traces, check_traces
from latentearth.operators.wave_checks import peak_times
from latentearth.readers import units as unit_table
from latentearth.readers.foreign import NETCDF, opened_foreign
from latentearth.readers.formats import require_format

UNKNOWN = "unknown"  # unit of traces that come without one
SLOWEST = 200.0  # m/s: no wave in rock or water that carries the largest amplitude
SAME_INTERVAL = 1e-3  # relative difference of two sampling intervals that are one
LATEST = 20.0  # lengths of a record after which it may begin
ON_A_SAMPLE = 1e-3  # samples: a start nearer to a sample than this is on it
MOST_ALIASED = 1e-3  # of the energy that may lie above the frequencies of a longer interval
FEWEST, SPREAD = 30, 1.5  # traces, and their farthest over nearest, for a trend with distance


@dataclass(frozen=True)
class GivenTraces:
    """Traces of one receiver.

    Attributes
    ----------
    traces
        (source, sample) float32; the first sample is at the origin time.
    sample_interval_s
        Between two samples (s).
    units
        ``Pa``, another unit than of pressure, or :data:`UNKNOWN`.
    """

    traces: np.ndarray
    sample_interval_s: float
    units: str


def read_positions(path: str | os.PathLike, height_of_depth_0: float) -> np.ndarray:
    """Read source positions, (source, 3) in metres; z upward.

    A netCDF file has ``x``, ``y``, ``z`` with units of length; ``depth``, or a ``z`` with
    ``positive: down``, is turned into height. An npy file is taken as the published one: numbers
    of nodes from 1, 12.5, 12.5 and 10 m apart, z upward.

    Parameters
    ----------
    path
        The file.
    height_of_depth_0
        Height (m) from which depths are counted.

    Raises
    ------
    InputError
        If the form is another, or a value is not finite.
    """
    expected = "a netCDF file with x, y and z of the sources, or npy"
    if require_format(path, ("npy", *NETCDF), expected) == "npy":
        nodes = _array(path)
        if nodes.ndim != 2 or nodes.shape[1] != 3 or nodes.min() < 1 or (nodes % 1).any():
            found = f"{nodes.dtype} {nodes.shape}, from {nodes.min():g}"
            raise InputError(path, "nodes", found, "(sources, 3) whole numbers from 1")
        return (nodes.astype(float) - 1.0) * [12.5, 12.5, 10.0]
    with opened_foreign(path, "x, y and z of the sources") as file:
        columns = [file.variable(name, ("source",), "m")[:].astype(float) for name in "xyz"]
        if file.upward("z") is False:
            columns[2] = height_of_depth_0 - columns[2]
    positions = np.column_stack(columns)
    if not np.isfinite(positions).all():
        raise InputError(path, "positions", "NaN or infinite values", "finite values")
    return positions


def read_given_traces(
    path: str | os.PathLike,
    count: int,
    sample_interval_s: float | None = None,
    units: str | None = None,
) -> GivenTraces:
    """Read a user's or the published traces.

    Parameters
    ----------
    path
        An npy array (source, sample), the first sample at the origin time; or netCDF with
        ``traces`` (source, time) and a coordinate ``time`` with its unit. Dates begin at the
        origin time, other times are seconds after it.
    count
        Number of source positions.
    sample_interval_s
        Between two samples (s); needed where the file does not say.
    units
        Of the traces, where the file does not say.

    Raises
    ------
    InputError
        If lengths differ, a sample is not finite, or the sampling interval is nowhere stated or
        stated twice and differently.
    """
    expected = "npy, or a netCDF file with traces(source, time)"
    if require_format(path, ("npy", *NETCDF), expected) == "npy":
        if sample_interval_s is None:
            raise InputError(path, "sampling interval", "none", "a stated one, s")
        traces, start, step = _array(path), 0.0, sample_interval_s
    else:
        with opened_foreign(path, "traces(source, time)") as file:
            variable = file.variable("traces", ("source", "time"))
            units, traces = variable.unit or units, variable[:]
            if file.find("time") is None and sample_interval_s is not None:
                start, step = 0.0, sample_interval_s
            else:
                axis = file.times()
                start, step = axis.start, axis.step
                if axis.count != traces.shape[1]:
                    found = f"{axis.count} times for {traces.shape[1]} samples"
                    raise InputError(path, "coordinate 'time'", found, "a time for each sample")
    if sample_interval_s is not None and abs(step / sample_interval_s - 1) > SAME_INTERVAL:
        expected = f"{sample_interval_s:g} s, as stated"
        raise InputError(path, "coordinate 'time'", f"steps of {step:g} s", expected)
    duration = step * np.shape(traces)[-1]
    if not -duration < start <= LATEST * duration:
        found = f"a start at {start:g} s of a record of {duration:g} s"
        raise InputError(path, "coordinate 'time'", found, "seconds after the event")
    factor, units = _pressure(units)
    traces = from_origin_time(check_traces(traces, path, count) * np.float32(factor), start, step)
    return GivenTraces(check_traces(traces, path, count), step, units)


def _pressure(units: str | None) -> tuple[float, str]:
    """Factor to Pa, and the unit then; units of other quantities stay."""
    if not units:
        return 1.0, UNKNOWN
    try:
        return unit_table.factor(units, "Pa"), "Pa"
    except ValueError:
        return 1.0, units


def from_origin_time(traces: np.ndarray, start: float, step: float) -> np.ndarray:
    """Traces (source, sample) whose first sample is at `start` (s), from the origin time on.

    Before the first sample there is silence; a start between two samples is interpolated.
    """
    first = round(start / step)
    apart = start / step - first
    if abs(apart) > ON_A_SAMPLE:
        at = np.arange(traces.shape[1])
        curves = CubicSpline(at, traces, axis=1)
        traces = curves(np.clip(at - apart, 0, at[-1])).astype(np.float32)
    if first < 0:
        return traces[:, -first:]
    return np.pad(traces, ((0, 0), (first, 0))) if first else traces


def on_axis(traces: np.ndarray, step: float, axis: tuple[float, int], source: object) -> np.ndarray:
    """Traces from the origin time on, on the time axis of other receivers.

    Longer records are cut, and other intervals interpolated by cubic splines.

    Parameters
    ----------
    traces
        (source, sample)
    step
        Between two samples (s).
    axis
        Interval (s) and number of samples that are wanted.
    source
        The file, for the message.

    Returns
    -------
    numpy.ndarray
        (source, sample) float32

    Raises
    ------
    InputError
        If a record ends before the axis does, its largest peak would be cut off, or it holds
        frequencies that the wanted interval cannot.
    """
    interval, count = axis
    own = step * (traces.shape[1] - 1)
    end = interval * (count - 1)
    if own < end - 0.5 * step:
        expected = f"{end:g} s at least, as records of the receivers beside it"
        raise InputError(source, "length of records", f"{own:g} s", expected)
    late = np.flatnonzero(peak_times(traces, step) > end)
    if late.size:
        found = f"a largest peak after {end:g} s ({late.size} such)"
        raise InputError(source, f"trace {late[0]}", found, "one within the records beside it")
    if abs(step / interval - 1) <= SAME_INTERVAL:
        return traces[:, :count]
    if step < interval:
        power = np.abs(np.fft.rfft(traces, axis=1)) ** 2
        above = np.fft.rfftfreq(traces.shape[1], step) > 0.5 / interval
        lost = float(power[:, above].sum() / power.sum())
        if lost > MOST_ALIASED:
            found = f"{100 * lost:.2g} per cent of the energy above {0.5 / interval:g} Hz"
            expected = f"records without, for samples {interval:g} s apart as the others have"
            raise InputError(source, "frequencies", found, expected)
    at = np.minimum(np.arange(count) * interval, own)
    curves = CubicSpline(np.arange(traces.shape[1]) * step, traces, axis=1)
    return curves(at).astype(np.float32)


def read_record(
    path: str | os.PathLike,
    survey: xr.Dataset,
    number: int,
    fastest: float,
    *,
    sample_interval_s: float | None = None,
    units: str | None = None,
    delay: float | None = None,
    axis: tuple[float, int] | None = None,
) -> Traces:
    """Read the traces of one receiver from the sources of a survey.

    Parameters
    ----------
    path, sample_interval_s, units
        As of :func:`read_given_traces`.
    survey
        ``position`` (source, coordinate) and ``receiver`` (receiver, coordinate), m; ``row``
        (source), the traces that they belong to; the attributes ``given``, how many there are,
        and ``event_row``, the one of ``event`` (coordinate), m.
    number
        Of the receiver.
    fastest
        Largest velocity of the model (m/s).
    delay
        Time of the pulse's peak after the origin time (s); None if nobody knows.
    axis
        Interval (s) and number of samples of the records beside it; None: its own are kept.

    Raises
    ------
    InputError
        As of :func:`read_given_traces`, :func:`on_axis` and :func:`check_arrivals`.
    """
    found = read_given_traces(path, survey.attrs["given"], sample_interval_s, units)
    if axis is not None:
        traces = on_axis(found.traces, found.sample_interval_s, axis, path)
        found = GivenTraces(traces, axis[0], found.units)
    record = Traces(
        survey.position.values,
        found.traces[survey.row.values],
        survey.receiver.values[number],
        found.sample_interval_s,
        np.nan if delay is None else delay,
        found.traces[survey.attrs["event_row"]],
        survey.event.values,
        found.units,
    )
    check_arrivals(
        record.traces, found.sample_interval_s, record.positions, record.receiver, fastest, path
    )
    return record


def check_arrivals(
    traces: np.ndarray,
    sample_interval_s: float,
    positions: np.ndarray,
    receiver: np.ndarray,
    fastest: float,
    source: object,
) -> None:
    """Refuse traces whose largest peaks no wave from these sources can make.

    Parameters
    ----------
    traces
        (source, sample), from the origin time on.
    sample_interval_s
        Between two samples (s).
    positions
        Of the sources, (source, 3), m.
    receiver
        (3,), m.
    fastest
        Largest velocity of the model (m/s).
    source
        The file, for the message.

    Raises
    ------
    InputError
        If half of the peaks come faster than the fastest wave or slower than any, or do not come
        later from farther away.
    """
    times = peak_times(traces, sample_interval_s)
    distances = np.linalg.norm(positions - receiver, axis=1)
    with np.errstate(divide="ignore"):
        speed = float(np.median(distances / times))
    if not SLOWEST <= speed <= fastest:
        middle = f"peaks at {np.median(times):.3g} s, {np.median(distances):.0f} m away"
        found = f"{middle}: {speed:.3g} m/s"
        expected = f"{SLOWEST:g} to {fastest:.0f} m/s; are the times seconds after the event?"
        raise InputError(source, "arrival times", found, expected)
    far = distances.max() >= SPREAD * distances.min() and len(times) >= FEWEST
    # without any relation, the coefficient scatters by 1 / sqrt(n - 1)
    if far and spearmanr(times, distances).statistic < 3.0 / np.sqrt(len(times) - 1):
        found = "peaks that do not come later from farther away"
        raise InputError(source, "arrival times", found, "traces in the order of the sources")


def _array(path: str | os.PathLike) -> np.ndarray:
    """An npy file of numbers; never a pickle, and never more than the file holds."""
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        array = np.array(mapped)
    except (OSError, ValueError) as error:
        raise InputError(path, "file", error, "an npy file of numbers")
    if array.dtype.kind not in "fiu" or not array.size:
        raise InputError(path, "type", f"{array.dtype} {array.shape}", "numbers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)
