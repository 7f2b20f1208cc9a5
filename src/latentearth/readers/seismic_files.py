"""Stations, events and records in the formats of seismology, by ObsPy (an optional extra).

StationXML, QuakeML and MiniSEED; what is written needs no ObsPy, see :mod:`quakeml`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from latentearth.io import InputError
from latentearth.readers.formats import require_format
from latentearth.readers.local_frame import LocalFrame

SEED_UNITS = {"PA": "Pa", "M": "m", "M/S": "m/s", "M/S**2": "m/s2", "COUNTS": "counts"}
SAME_RATE = 1e-6  # relative difference of two sampling rates that are one


@dataclass(frozen=True)
class Station:
    """Where a channel stands, and what its numbers mean.

    Attributes
    ----------
    name
        As ``NET.STA.LOC.CHA``.
    position
        (3,) m, in the local frame.
    gain
        Counts per unit; 1 where the file does not say.
    units
        Of what is recorded; ``counts`` where the file does not say.
    """

    name: str
    position: np.ndarray
    gain: float
    units: str


@dataclass(frozen=True)
class Catalogue:
    """Events with their origins.

    Attributes
    ----------
    positions
        (event, 3) m, in the local frame.
    times
        Origin times as ObsPy has them, (event,).
    """

    positions: np.ndarray
    times: list[Any]


def _obspy() -> Any:
    """ObsPy, if it is installed.

    Raises
    ------
    InputError
        With what to install.
    """
    try:
        import obspy
    except ImportError:
        wanted = "obspy, which an extra installs: pip install 'latentearth[seismology]'"
        raise InputError("Python", "package", "no obspy", wanted)
    return obspy


def _read(path: str | os.PathLike, reader: str, form: str) -> Any:
    """A file of one format: of those that ObsPy tries by itself, one is pickle, which runs code."""
    read = getattr(_obspy(), reader)
    require_format(path, (form,), f"a {form} file")
    try:
        return read(os.fspath(path), format={"miniSEED": "MSEED"}.get(form, form.upper()))
    except Exception as error:  # whatever its readers stumble on
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError(path, "file", f"a damaged file ({reason})", f"a {form} file")


def read_stations(path: str | os.PathLike, frame: LocalFrame, channel: str = "*") -> list[Station]:
    """Read the channels of a StationXML file.

    The elevation of a channel is that of its sensor; the ground is its depth higher (SEED manual).

    Parameters
    ----------
    path
        The file.
    frame
        Of the model.
    channel
        Pattern of their code, such as ``?DH`` for hydrophones.

    Raises
    ------
    InputError
        If obspy or the file is missing, it is no inventory, or no channel is like that.
    """
    inventory = _read(path, "read_inventory", "StationXML")
    found: dict[str, Station] = {}
    for network in inventory.select(channel=channel):
        for station in network:
            for one in station:
                code = f"{network.code}.{station.code}.{one.location_code}.{one.code}"
                place = frame.to_local(one.latitude, one.longitude, one.elevation)
                stated = one.response and one.response.instrument_sensitivity
                gain, units = (stated.value, stated.input_units) if stated else (1.0, "counts")
                # the same channel in another epoch must stand where it stood
                if code in found and np.linalg.norm(found[code].position - place) > 1.0:
                    raise InputError(path, f"channel {code}", "two places", "one, of one epoch")
                units = SEED_UNITS.get(str(units).upper(), str(units))
                found[code] = Station(code, place, float(gain), units)
    if not found:
        raise InputError(path, "channels", f"none like {channel}", "some")
    return list(found.values())


def read_events(path: str | os.PathLike, frame: LocalFrame) -> Catalogue:
    """Read the origins of a catalogue, preferred ones where there are several.

    Depths are taken from the elevation 0 downward, as QuakeML counts them, in metres.

    Raises
    ------
    InputError
        If obspy or the file is missing, it is no catalogue, or an event has no origin or depth.
    """
    catalogue = _read(path, "read_events", "QuakeML")
    places, times = [], []
    for number, event in enumerate(catalogue):
        origin = event.preferred_origin() or next(iter(event.origins), None)
        if origin is None or None in (origin.latitude, origin.longitude, origin.depth):
            expected = "an origin with latitude, longitude and depth"
            raise InputError(path, f"event {number}", "none", expected)
        places.append(frame.to_local(origin.latitude, origin.longitude, -origin.depth))
        times.append(origin.time)
    if not places:
        raise InputError(path, "events", 0, "one at least")
    return Catalogue(np.array(places), times)


def read_waveforms(
    paths: Sequence[str | os.PathLike], station: Station, times: Sequence[Any], length: float
) -> tuple[np.ndarray, float]:
    """Read what one channel recorded of all events, from their origin times on.

    Samples that lie between those of the axis are moved by cubic splines.

    Parameters
    ----------
    paths
        MiniSEED files, of any number of channels.
    station
        The channel.
    times
        Origin times, (event,).
    length
        Of the records, s.

    Returns
    -------
    traces : numpy.ndarray
        (event, sample) float32, in units of the station; the first sample is at the origin time.
    sample_interval_s : float
        s

    Raises
    ------
    InputError
        If a file cannot be read, sampling rates differ, or a record has a gap or does not cover
        an event.
    """
    stream = _obspy().Stream()
    for path in paths:
        stream += _read(path, "read", "miniSEED").select(id=station.name)
    if not stream:
        raise InputError(paths[0], f"channel {station.name}", "no record", "its records")
    rates = np.array([trace.stats.sampling_rate for trace in stream])
    if np.ptp(rates) > SAME_RATE * rates.max():
        raise InputError(paths[0], f"sampling rates of {station.name}", sorted(set(rates)), "one")
    stream.merge()  # leaves gaps masked
    step = 1 / float(rates[0])
    wanted = np.arange(int(length / step * (1 + SAME_RATE)) + 1) * step
    rows = []
    trace: Any
    for number, time in enumerate(times):
        # a sample more at either end, to interpolate from
        part = stream.slice(time - step, time + length + step)
        trace = part[0] if len(part) else None
        at = trace.times() + (trace.stats.starttime - time) if trace else np.empty(0)
        if at.size < 2 or np.ma.is_masked(trace.data) or at[0] > 0 or at[-1] < wanted[-1]:
            found = "a gap, or a record that does not cover it" if trace else "no record"
            place = f"{station.name} at event {number}"
            raise InputError(paths[0], place, found, f"{length:g} s from {time} on")
        rows.append(CubicSpline(at, np.ma.getdata(trace.data).astype(float))(wanted))
    return (np.array(rows) / station.gain).astype(np.float32), step
