"""Files of pressure traces: ours, a user's and the published ones, in one form.

A file holds the traces that one receiver records from many explosive sources.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth.io import InputError, read_dataset

METRES = {"m": 1.0, "km": 1000.0}


@dataclass(frozen=True)
class Traces:
    """What one receiver records.

    Parameters
    ----------
    positions
        (sources, 3) metres; z upward.
    traces
        (sources, samples) float32, pressure; the first sample is at the origin time.
    receiver
        (3,) metres.
    sample_interval_s
        Between two samples (s).
    delay
        Time of the pulse's middle after the origin time (s); NaN where it is not known.
    observed
        (samples,) the trace of the event to be located, none of the sources.
    observed_position
        (3,) where it is (m).
    """

    positions: np.ndarray
    traces: np.ndarray
    receiver: np.ndarray
    sample_interval_s: float
    delay: float
    observed: np.ndarray
    observed_position: np.ndarray


def check_traces(
    traces: np.ndarray, source: object = "traces", count: int | None = None
) -> np.ndarray:
    """Traces (source, sample) as contiguous float32, if they can be used.

    Parameters
    ----------
    traces
        Of numbers; each needs a positive sample.
    source
        The file, for the message.
    count
        How many there have to be, one for each source's position.

    Raises
    ------
    InputError
        If they are no matrix of numbers, too many or too few, not finite, or one has no positive
        sample.
    """
    traces = np.asarray(traces)
    if traces.ndim != 2 or traces.dtype.kind not in "fiu" or traces.shape[1] < 4:
        found = f"{traces.dtype} {traces.shape}"
        raise InputError(source, "traces", found, "numbers (source, sample), 4 samples at least")
    if count is not None and len(traces) != count:
        found = f"{len(traces)} traces for {count} coordinates"
        raise InputError(source, "traces", found, "as many traces as coordinates")
    for what, needed, bad in (
        ("NaN or infinite samples", "finite samples", ~np.isfinite(traces).all(axis=1)),
        ("no positive sample", "a positive peak in each", ~(traces > 0).any(axis=1)),
    ):
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            found = f"{what} ({int(bad.sum())} such traces)"
            raise InputError(source, f"trace {first}", found, needed)
    return np.ascontiguousarray(traces, np.float32)


def traces_dataset(record: Traces) -> xr.Dataset:
    """The netCDF form of :class:`Traces`."""
    samples = record.traces.shape[1]
    metres, pascal = {"units": "m"}, {"units": "Pa"}
    x, y, z = record.positions.T
    return xr.Dataset(
        {
            "traces": (("source", "time"), record.traces.astype("f4"), pascal),
            "observed": ("time", record.observed.astype("f4"), pascal),
            "receiver": ("coordinate", np.asarray(record.receiver, float), metres),
            "observed_position": (
                "coordinate",
                np.asarray(record.observed_position, float),
                metres,
            ),
        },
        {
            "x": ("source", x, metres),
            "y": ("source", y, metres),
            "z": ("source", z, metres),
            "time": ("time", np.arange(samples) * record.sample_interval_s, {"units": "s"}),
        },
        {"dt": record.sample_interval_s, "t0": record.delay},
    )


def read_traces(path: str | os.PathLike) -> Traces:
    """Read a file that :func:`traces_dataset` makes."""
    found = read_dataset(path)
    positions = np.column_stack([found[name].values for name in "xyz"]).astype(float)
    return Traces(
        positions,
        check_traces(found["traces"].values, path, len(positions)),
        found.receiver.values,
        float(found.attrs["dt"]),
        float(found.attrs["t0"]),
        found.observed.values,
        found.observed_position.values,
    )


def read_positions(path: str | os.PathLike) -> np.ndarray:
    """Read source positions, (sources, 3) in metres.

    A netCDF file has ``x``, ``y``, ``z`` with units m or km. An npy file is taken as the published
    one: numbers of nodes from 1, 12.5, 12.5 and 10 m apart, z upward.

    Raises
    ------
    InputError
        If the form is another, or a value is not finite.
    """
    if os.fspath(path).endswith(".npy"):
        nodes = _array(path)
        if nodes.ndim != 2 or nodes.shape[1] != 3 or nodes.min() < 1 or (nodes % 1).any():
            raise InputError(path, "nodes", f"{nodes.dtype} {nodes.shape}, from {nodes.min():g}",
                             "(sources, 3) whole numbers from 1")  # fmt: skip
        return (nodes.astype(float) - 1.0) * [12.5, 12.5, 10.0]
    found = read_dataset(path)
    columns = []
    for name in "xyz":
        if name not in found or found[name].attrs.get("units") not in METRES:
            raise InputError(path, f"variable '{name}'", "none in m or km", "x, y, z with units")
        columns.append(found[name].values.astype(float) * METRES[found[name].attrs["units"]])
    positions = np.column_stack(columns)
    if not np.isfinite(positions).all():
        raise InputError(path, "positions", "NaN or infinite values", "finite values")
    return positions


def read_given_traces(
    path: str | os.PathLike, count: int, sample_interval_s: float | None
) -> tuple[np.ndarray, float]:
    """Read a user's or the published traces.

    Parameters
    ----------
    path
        An npy array (sources, samples), or netCDF with ``traces`` of that shape and, if
        `sample_interval_s` is None, a coordinate ``time`` in s.
    count
        Number of source positions.
    sample_interval_s
        Between two samples (s).

    Returns
    -------
    traces : numpy.ndarray
        (sources, samples) float32.
    sample_interval_s : float
        Between two samples (s).

    Raises
    ------
    InputError
        If lengths differ, a sample is not finite, or the sampling interval is nowhere stated.
    """
    if os.fspath(path).endswith(".npy"):
        if sample_interval_s is None:
            raise InputError(path, "sampling interval", "none", "a stated one, s")
        return check_traces(_array(path), path, count), sample_interval_s
    found = read_dataset(path)
    if "traces" not in found:
        raise InputError(path, "variable 'traces'", f"only {list(found.variables)}", "it")
    if sample_interval_s is None:
        times = found["time"].values if "time" in found else np.array([])
        if times.size < 2 or np.ptp(np.diff(times)) > 1e-6 * times[-1]:
            raise InputError(path, "coordinate 'time'", "none, or uneven", "evenly spaced, in s")
        sample_interval_s = float(times[1] - times[0])
    return check_traces(found["traces"].values, path, count), sample_interval_s


def _array(path: str | os.PathLike) -> np.ndarray:
    """An npy file of numbers; never a pickle."""
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", "an npy file")
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(path, "file", error, "an npy file of numbers")
    if array.dtype.kind not in "fiu":
        raise InputError(path, "type", array.dtype, "numbers")
    return array
