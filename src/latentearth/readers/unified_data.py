"""pyGIMLi's unified data files (``.sgt``, ``.dat``): positions of sensors, and a row per datum.

A count and a header line that begins with # stand before the rows of either table::

    2 # sensors
    #x  y
    0  -5
    20 -5
    1 # measurements
    #s  g  t  err  valid
    1   2  9.3e-08  1e-09  1
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from latentearth.io import InputError
from latentearth.readers import units as unit_table
from latentearth.readers.tables import read_text

MOST = 10_000_000  # sensors or data
SENSORS = {"s": ("s", "a", "shot"), "g": ("g", "m", "geophone")}


@dataclass(frozen=True)
class UnifiedData:
    """Sensors and data of a file.

    Attributes
    ----------
    sensors
        (sensor, 2): x and height, m.
    sources, receivers
        Numbers of sensors from 0, (datum,).
    columns
        Other columns, (datum,) each, times in s.
    """

    sensors: np.ndarray
    sources: np.ndarray
    receivers: np.ndarray
    columns: dict[str, np.ndarray]


def is_unified_data(path: str | os.PathLike) -> bool:
    """Whether a text begins as such a file does: with a count alone, before any # or after it."""
    text = read_text(path, "a text file")
    first = next((line for line in text.splitlines() if line.partition("#")[0].strip()), "")
    return first.partition("#")[0].strip().isdecimal()


def read_unified_data(path: str | os.PathLike) -> UnifiedData:
    """Read such a file.

    Raises
    ------
    InputError
        With the line, if a count, a header or a number is wrong.
    """
    lines = list(enumerate(read_text(path, "a unified data file").splitlines(), start=1))
    positions, lines = _rows(path, lines, "sensors", "x y")
    data, _ = _rows(path, lines, "data", "s g t")
    sensors = _plane(path, positions)
    ends = []
    for names in SENSORS.values():
        found = [data[name] for name in names if name in data]
        if len(found) != 1:
            raise InputError(path, "columns of the data", ", ".join(data), "s, g and t")
        wrong = (found[0] % 1 != 0) | (found[0] < 1) | (found[0] > len(sensors))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            place = f"sensor of datum {row + 1}"
            raise InputError(path, place, found[0][row], f"whole numbers from 1 to {len(sensors)}")
        ends.append(found[0].astype(int) - 1)
    numbered = {name for names in SENSORS.values() for name in names}
    others = {name: values for name, values in data.items() if name not in numbered}
    return UnifiedData(sensors, ends[0], ends[1], others)


def _rows(path, lines: list, what: str, example: str) -> tuple[dict[str, np.ndarray], list]:
    """A table of so many rows, and the lines that remain."""
    lines = [(n, line) for n, line in lines if line.strip()]
    while lines and not lines[0][1].partition("#")[0].strip():
        lines = lines[1:]
    text = lines[0][1].partition("#")[0].strip() if lines else ""
    place = f"line {lines[0][0]}" if lines else "end"
    if not text.isdecimal() or not 0 < int(text) <= MOST:
        raise InputError(path, place, repr(text), f"the number of {what}")
    count, lines = int(text), lines[1:]
    if not lines or not lines[0][1].lstrip().startswith("#"):
        raise InputError(path, f"line after {place}", "no header", f"# {example}")
    names = [name.lower() for name in lines[0][1].strip().lstrip("#").split()]
    if len(set(names)) < len(names) or not names:
        raise InputError(path, f"line {lines[0][0]}", " ".join(names), f"# {example}")
    rows = lines[1 : count + 1]
    if len(rows) < count:
        raise InputError(path, what, f"{len(rows)} rows", f"{count}, as line {place} says")
    values = np.empty((count, len(names)))
    for k, (number, line) in enumerate(rows):
        fields = line.partition("#")[0].split()
        if len(fields) != len(names):
            found = f"{len(fields)} fields"
            raise InputError(path, f"line {number}", found, f"{len(names)}: {' '.join(names)}")
        try:
            values[k] = [float(field) for field in fields]
        except ValueError:
            raise InputError(path, f"line {number}", line.strip(), "numbers")
    table = {}
    for k, name in enumerate(names):
        stem, _, unit = name.partition("/")
        table[stem] = values[:, k] * _factor(path, stem, unit)
    return table, lines[count + 1 :]


def _factor(path, name: str, unit: str) -> float:
    """From a column's unit to SI; the format's own units where it states none."""
    if not unit:
        return 1.0
    wanted = "m" if name in ("x", "y", "z") else "s" if name in ("t", "err") else unit
    try:
        return unit_table.factor(unit, wanted)
    except ValueError:
        raise InputError(path, f"unit of {name}", unit, wanted)


def _plane(path, positions: dict[str, np.ndarray]) -> np.ndarray:
    """Sensors in a vertical plane, (sensor, 2): x and height."""
    if not np.isfinite(np.stack(list(positions.values()))).all():
        raise InputError(path, "sensors", "NaN or infinite values", "finite positions, m")
    varying = [name for name in ("y", "z") if name in positions and np.ptp(positions[name]) > 0]
    vertical = varying or [name for name in ("z", "y") if name in positions][:1]
    if "x" not in positions or len(vertical) != 1:
        found = f"columns {' '.join(positions)}, {' and '.join(varying) or 'none'} varying"
        raise InputError(path, "sensors", found, "x and one more, upward, in a vertical plane")
    return np.column_stack([positions["x"], positions[vertical[0]]])
