"""Files of traces in the workflow, simulated or given, in one form.

A file holds the traces that one receiver records from many explosive sources.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from latentearth.io import InputError, read_dataset


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
    units
        Of the traces.
    """

    positions: np.ndarray
    traces: np.ndarray
    receiver: np.ndarray
    sample_interval_s: float
    delay: float
    observed: np.ndarray
    observed_position: np.ndarray
    units: str = "Pa"


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
    metres, units = {"units": "m"}, {"units": record.units}
    x, y, z = record.positions.T
    return xr.Dataset(
        {
            "traces": (("source", "time"), record.traces.astype("f4"), units),
            "observed": ("time", record.observed.astype("f4"), units),
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
        found["traces"].attrs["units"],
    )


def check_alike(records: Sequence[Traces], sources: Sequence[object]) -> None:
    """Refuse records of several receivers that cannot be located with together.

    Parameters
    ----------
    records
        One for each receiver.
    sources
        Their files, for the message.

    Raises
    ------
    InputError
        If a record has another length, sampling interval or unit than the first, or if the delay
        of its pulse is known and that of the first is not, or the other way round.
    """
    first = records[0]
    for record, source in zip(records[1:], sources[1:], strict=True):
        for field, found, wanted in (
            ("samples", record.traces.shape[1], first.traces.shape[1]),
            (
                "sampling interval",
                f"{record.sample_interval_s:g} s",
                f"{first.sample_interval_s:g} s",
            ),
            ("unit of traces", record.units, first.units),
            ("delay of the pulse", _known(record.delay), _known(first.delay)),
        ):
            if found != wanted:
                expected = f"{wanted}, as {sources[0]} has"
                raise InputError(source, field, found, expected)


def _seconds(record: Traces) -> str:
    return f"{record.sample_interval_s:g} s"


def _known(delay: float) -> str:
    return "unknown" if np.isnan(delay) else "known"
