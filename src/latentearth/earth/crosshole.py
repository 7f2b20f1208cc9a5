"""Crosshole surveys: antennas, a user's own survey and traveltimes, and how complex a model is."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from latentearth.io import InputError
from latentearth.readers.formats import require_format
from latentearth.readers.tables import read_table
from latentearth.readers.unified_data import is_unified_data, read_unified_data

SURVEY_COLUMNS = ("source_x", "source_z", "receiver_x", "receiver_z")
SURVEY = "a CSV table of source_x_m, source_z_m, receiver_x_m, receiver_z_m, or a pyGIMLi file"
# Apparent speeds of radar waves: at most that in air; in water 0.033, with detours at least this.
SPEEDS = (0.01, 0.3)  # m/ns
SAME_ANTENNA = 0.02  # m: antennas nearer than that are one


@dataclass(frozen=True)
class Picks:
    """Traveltimes that were picked.

    Attributes
    ----------
    pair
        Rows of the survey that they belong to, (pick,).
    times
        (pick,), ns.
    errors
        Standard deviations, (pick,), ns; None if nobody says.
    missing
        How many pairs have no pick.
    """

    pair: np.ndarray
    times: np.ndarray
    errors: np.ndarray | None
    missing: int


def all_pairs(depths: np.ndarray, x: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Every source with every receiver: (pair, 2) each, x and z in m, receivers fastest.

    Parameters
    ----------
    depths
        Of the antennas in both boreholes, m.
    x
        Of the boreholes of sources and of receivers, m.
    """
    first, second = np.meshgrid(depths, depths, indexing="ij")
    sources, receivers = (
        np.stack([np.full(z.size, place), z.ravel()], axis=1)
        for place, z in zip(x, (first, second), strict=True)
    )
    return sources, receivers


def read_survey(
    path: str | os.PathLike,
    width: float,
    depth: float,
    origin: tuple[float, float] = (0.0, 0.0),
) -> tuple[np.ndarray, np.ndarray]:
    """Read a survey: sources and receivers of all pairs, (pair, 2) each, x and z in m.

    Parameters
    ----------
    path
        CSV with the columns ``source_x_m``, ``source_z_m``, ``receiver_x_m``, ``receiver_z_m``
        (or another unit), z downward; or a unified data file of pyGIMLi, heights upward.
    width, depth
        Extent of the model, m; antennas must be inside.
    origin
        x and z of the model's upper left corner in the file's coordinates, m.

    Raises
    ------
    InputError
        If a column or number is missing, an antenna is outside, or both ends are one point.
    """
    ends, places = _antennas(path)
    lows, highs = np.tile(origin, 2), np.tile(np.add(origin, (width, depth)), 2)
    # the last digit of decimal numbers must not put an antenna outside
    outside = ~((ends >= lows - 1e-9) & (ends <= highs + 1e-9))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        found = f"{ends[row, column]:g} (outside the domain)"
        low, high = (cut(axis=0) for cut in (ends.reshape(-1, 2).min, ends.reshape(-1, 2).max))
        reach = f"x {low[0]:g} to {high[0]:g}, z {low[1]:g} to {high[1]:g} m"
        expected = (
            f"{lows[column]:g} to {highs[column]:g} m, or a cell and an origin by which the "
            f"model of {width:g} m x {depth:g} m covers the survey ({reach})"
        )
        raise InputError(path, f"{places[row]}, {SURVEY_COLUMNS[column]}_m", found, expected)
    same = np.hypot(*(ends[:, :2] - ends[:, 2:]).T) < 1e-6
    if same.any():
        place = places[int(np.flatnonzero(same)[0])]
        raise InputError(path, place, "source and receiver at one point", "two")
    ends = np.clip(ends, lows, highs) - np.tile(origin, 2)
    return ends[:, :2], ends[:, 2:]


def _antennas(path: str | os.PathLike) -> tuple[np.ndarray, list[str]]:
    """Ends of all pairs, (pair, 4) in m with z downward, and where each stands in the file."""
    require_format(path, ("text",), SURVEY)
    if is_unified_data(path):
        data = read_unified_data(path)
        ends = np.hstack([data.sensors[data.sources], data.sensors[data.receivers]])
        return ends * [1, -1, 1, -1], [f"datum {k + 1}" for k in range(len(ends))]
    table = read_table(path, SURVEY)
    ends = np.column_stack([table.column(name, "m") for name in SURVEY_COLUMNS])
    return ends, [f"line {number}" for number in table.lines]


def has_antennas(path: str | os.PathLike) -> bool:
    """Whether a file of traveltimes says where its antennas are."""
    require_format(path, ("text",), SURVEY)
    return is_unified_data(path) or read_table(path).has(*SURVEY_COLUMNS)


def read_traveltimes(
    path: str | os.PathLike,
    sources: np.ndarray,
    receivers: np.ndarray,
    origin: tuple[float, float] = (0.0, 0.0),
) -> Picks:
    """Read measured traveltimes of a survey.

    A file with antennas of its own is joined by them; another has a row for each pair, in order.

    Parameters
    ----------
    path
        CSV with ``traveltime_ns`` (or another unit; blank where there is no pick) and perhaps
        ``error_ns``; or a unified data file of pyGIMLi, with ``t`` and perhaps ``err`` in s.
    sources, receivers
        (pair, 2), as :func:`read_survey` gives them.
    origin
        As of :func:`read_survey`.

    Raises
    ------
    InputError
        If a column or number is missing, rows do not fit the pairs, nothing is picked, an error
        is not positive, or a wave would travel slower or faster than radar waves can.
    """
    require_format(path, ("text",), "a CSV table with traveltime_ns, or a pyGIMLi file")
    errors = None
    if is_unified_data(path):
        data = read_unified_data(path)
        if "t" not in data.columns:
            raise InputError(path, "columns of the data", ", ".join(data.columns), "t in s")
        times = data.columns["t"] * 1e9
        times = np.where(data.columns.get("valid", np.ones(len(times))) > 0, times, np.nan)
        errors = data.columns["err"] * 1e9 if "err" in data.columns else None
        places = [f"datum {k + 1}, t" for k in range(len(times))]
    else:
        table = read_table(path, "a CSV table with traveltime_ns")
        times = table.column("traveltime", "ns", blanks=True)
        if table.has("error"):
            errors = table.column("error", "ns", blanks=True)
        places = [f"line {number}, traveltime_ns" for number in table.lines]
    if has_antennas(path):
        pair = _joined(path, sources, receivers, origin)
    elif len(times) != len(sources):
        found = f"{len(times)}"
        raise InputError(path, "rows", found, f"{len(sources)}, one for each pair of the survey")
    else:
        pair = np.arange(len(times))
    picked = np.flatnonzero(~np.isnan(times))
    _check_speeds(path, places, times, np.hypot(*(sources - receivers)[pair].T), picked)
    if errors is not None and not (errors[picked] > 0).all():
        row = picked[int(np.flatnonzero(~(errors[picked] > 0))[0])]
        raise InputError(path, f"error beside {places[row]}", errors[row], "above 0 ns")
    chosen = None if errors is None else errors[picked]
    return Picks(pair[picked], times[picked], chosen, len(sources) - picked.size)


def _joined(path, sources: np.ndarray, receivers: np.ndarray, origin) -> np.ndarray:
    """Rows of the survey that the antennas of a file of traveltimes belong to."""
    ends, places = _antennas(path)
    survey = np.hstack([sources, receivers]) + np.tile(origin, 2)
    distance, pair = cKDTree(survey).query(ends)
    if distance.max() > SAME_ANTENNA:
        row = int(distance.argmax())
        found = f"antennas at {ends[row].tolist()} m"
        raise InputError(path, places[row], found, "a pair of the survey")
    _, first = np.unique(pair, return_index=True)
    if first.size < pair.size:
        row = int(np.setdiff1d(np.arange(pair.size), first)[0])
        raise InputError(path, places[row], "a pair for the second time", "each pair once")
    return pair


def _check_speeds(path, places: list[str], times: np.ndarray, lengths: np.ndarray, picked) -> None:
    """Refuse times in which no radar wave crosses the distance between the antennas."""
    if not picked.size:
        raise InputError(path, "traveltimes", "none picked", "one at least")
    with np.errstate(divide="ignore"):
        speeds = lengths[picked] / times[picked]
    wrong = ~((times[picked] > 0) & (speeds >= SPEEDS[0]) & (speeds <= SPEEDS[1]))
    if wrong.any():
        row = picked[int(np.flatnonzero(wrong)[0])]
        found = f"{times[row]:.4g} ns over {lengths[row]:.3g} m ({wrong.sum()} such)"
        low, high = (f"{lengths[row] / speed:.3g}" for speed in reversed(SPEEDS))
        expected = f"{low} to {high} ns: radar waves of {SPEEDS[0]:g} to {SPEEDS[1]:g} m/ns"
        raise InputError(path, places[row], found, expected)


def boundary_length(models: np.ndarray, spacing: float = 0.1) -> np.ndarray:
    """Length in m of the boundary between facies: how complex a model (..., row, column) is.

    Steps from cell to cell are weighted by their height, so that smooth models count as well.
    """
    models = np.asarray(models, float)
    steps = np.abs(np.diff(models, axis=-1)).sum((-2, -1))
    return spacing * (steps + np.abs(np.diff(models, axis=-2)).sum((-2, -1)))
