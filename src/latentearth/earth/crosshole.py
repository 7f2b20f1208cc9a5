"""Crosshole surveys: antennas, a user's own survey and traveltimes, and how complex a model is."""

from __future__ import annotations

import csv
import os

import numpy as np

from latentearth.io import InputError

SURVEY_COLUMNS = ("source_x_m", "source_z_m", "receiver_x_m", "receiver_z_m")
TIME_COLUMN = "traveltime_ns"
LONGEST_TIME = 1000.0  # ns; a time beyond is no time through a model of 6.5 m x 12.9 m


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


def _columns(path: str | os.PathLike, names: tuple[str, ...]) -> np.ndarray:
    """Named columns of a CSV file as finite numbers (row, column)."""
    try:
        with open(path, newline="", encoding="utf-8") as handle:
            reader = csv.DictReader(handle)
            found = [name.strip() for name in reader.fieldnames or []]
            missing = [name for name in names if name not in found]
            if missing:
                raise InputError(path, "columns", ", ".join(found) or "none", ", ".join(names))
            reader.fieldnames = found
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(path, "file", f"an unreadable file ({error})", "a CSV table")
    if not rows:
        raise InputError(path, "rows", 0, "one for each source-receiver pair")
    values = np.empty((len(rows), len(names)))
    for number, row in enumerate(rows):
        for column, name in enumerate(names):
            try:
                values[number, column] = float(row[name])
            except (TypeError, ValueError):
                raise InputError(path, f"line {number + 2}, {name}", repr(row[name]), "a number")
            if not np.isfinite(values[number, column]):
                raise InputError(path, f"line {number + 2}, {name}", row[name], "a finite number")
    return values


def read_survey(
    path: str | os.PathLike, width: float, depth: float
) -> tuple[np.ndarray, np.ndarray]:
    """Read a survey: sources and receivers of all pairs, (pair, 2) each, x and z in m.

    Parameters
    ----------
    path
        CSV with the columns ``source_x_m``, ``source_z_m``, ``receiver_x_m``, ``receiver_z_m``.
    width, depth
        Extent of the model, m; antennas must be inside.

    Raises
    ------
    InputError
        If a column or number is missing, an antenna is outside, or both ends are one point.
    """
    ends = _columns(path, SURVEY_COLUMNS)
    for number, row in enumerate(ends, start=2):
        for column, (name, value) in enumerate(zip(SURVEY_COLUMNS, row, strict=True)):
            limit = depth if column % 2 else width
            if not 0 <= value <= limit:
                raise InputError(
                    path, f"line {number}, {name}", f"{value:g} (outside the domain)",
                    f"0 to {limit:g} m",
                )  # fmt: skip
        if np.hypot(*(row[:2] - row[2:])) < 1e-6:
            raise InputError(path, f"line {number}", "source and receiver at one point", "two")
    return ends[:, :2], ends[:, 2:]


def read_traveltimes(path: str | os.PathLike, pairs: int) -> np.ndarray:
    """Read measured traveltimes (pair,) in ns, in the order of the survey's pairs.

    Raises
    ------
    InputError
        If the column ``traveltime_ns`` or a number is missing, their count is not `pairs`, or a
        time is not positive or longer than 1000 ns.
    """
    times = _columns(path, (TIME_COLUMN,))[:, 0]
    if len(times) != pairs:
        raise InputError(path, "rows", len(times), f"{pairs}, one for each pair of the survey")
    for number, value in enumerate(times, start=2):
        if not 0 < value <= LONGEST_TIME:
            raise InputError(
                path, f"line {number}, {TIME_COLUMN}", f"{value:g}", f"0 to {LONGEST_TIME:g} ns"
            )
    return times


def boundary_length(models: np.ndarray, spacing: float = 0.1) -> np.ndarray:
    """Length in m of the boundary between facies: how complex a model (..., row, column) is.

    Steps from cell to cell are weighted by their height, so that smooth models count as well.
    """
    models = np.asarray(models, float)
    steps = np.abs(np.diff(models, axis=-1)).sum((-2, -1))
    return spacing * (steps + np.abs(np.diff(models, axis=-2)).sum((-2, -1)))
