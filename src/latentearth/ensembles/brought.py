"""Any ensemble that somebody brings: samples of numbers at points, or of parameters.

The file says by dimensions, standard names and units what is a sample, a chain and a place; what it
does not say can be named, and what cannot be told is refused.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import netCDF4
import numpy as np

from latentearth.ensembles.given import ROWS_AT_ONCE
from latentearth.ensembles.places import Places
from latentearth.io import InputError
from latentearth.readers import units as unit_table
from latentearth.readers.foreign import ForeignFile, opened_foreign
from latentearth.readers.foreign_variables import (
    ALIASES,
    ForeignVariable,
    judged,
    stated_unit,
)
from latentearth.readers.sample_weights import drawn_by_weights

SAMPLE_DIMENSIONS = ("sample", *ALIASES["sample"], "ensemble", "ensemble_member", "number")
CHAIN_DIMENSIONS = ("chain", *ALIASES["chain"])
LEAST_SAMPLES = 40  # in all: fewer say nothing about a distribution
DEVIATIONS = (1e-9, 1e12)  # of deviations, so that squares are single-precision numbers
LEAST_VARIATION = 1e-6  # deviation over size below which a coordinate does not vary in float32
# A place's standard names (CF conventions) and usual names, by what it is.
PLACE_NAMES = {
    "lat": (("latitude",), ("lat", "latitude", "clat", "nav_lat")),
    "lon": (("longitude",), ("lon", "longitude", "clon", "nav_lon")),
    "x": (("projection_x_coordinate",), ("x", "easting", "column", "columns")),
    "y": (("projection_y_coordinate",), ("y", "northing", "row", "rows")),
    "z": (("depth", "height", "altitude"), ("z", "depth", "elevation", "height", "altitude")),
}


@dataclass(frozen=True)
class BroughtEnsemble:
    """Samples as all generators take them.

    Attributes
    ----------
    values
        float32, (sample, point), in `unit`.
    chain
        Chain of each sample, (sample,).
    places
        Where the points lie.
    path
        The file.
    name, unit
        Of the variable, as the file has them.
    index
        Number of each point among all of the file's, (point,).
    missing, constant
        How many points were left out, having no values or one value.
    """

    values: np.ndarray
    chain: np.ndarray
    places: Places
    path: str
    name: str
    unit: str
    index: np.ndarray
    missing: int
    constant: int


def read_brought(
    path: str | os.PathLike,
    *,
    variable: str | None = None,
    sample: str | None = None,
    chain: str | None = None,
    most: int = 20000,
) -> BroughtEnsemble:
    """Read an ensemble of anything, at any points or none.

    Points without a value in any sample (the sea in an ensemble of the land) and points whose value
    never changes are left out. Samples that have weights are drawn by them.

    Parameters
    ----------
    path
        A netCDF file. Latitudes and longitudes, two of x, y and z, or one axis make the points;
        other ensembles are vectors of parameters.
    variable, sample, chain
        Names of the variable and of its dimensions, where the file does not make them plain.
    most
        Samples at most, evenly spaced in each chain.

    Raises
    ------
    InputError
        If the file is missing or damaged; if variable or samples cannot be told, or are too few; if
        values are missing here and there; if positions are none.
    """
    with opened_foreign(path, "an ensemble") as file:
        found = _variable(file, variable, sample)
        along = _sample_dimension(file, found, sample)
        chains = _chain_dimension(file, found, chain, along)
        rest = tuple(name for name in found.dimensions if name not in (along, chains))
        first = (chains, along) if chains else (along,)
        values = judged(file.path, found, (*first, *rest))
        if 0 in values.shape:
            raise InputError(file.path, f"size of '{found.name}'", values.shape, "none of 0")
        samples, labels = _samples(file, values, along, most, chain)
        places = _places(file, rest, values.shape[len(first) :])
        index, missing, constant = _varying(file.path, found.name, samples)
        return BroughtEnsemble(
            np.ascontiguousarray(samples[:, index]),
            labels,
            places.select(index),
            file.path,
            found.name,
            values.unit or "1",
            index,
            missing,
            constant,
        )


def _variable(file: ForeignFile, name: str | None, sample: str | None) -> netCDF4.Variable:
    """The variable that is named, or the only one with samples of several numbers."""
    everything = file.variables
    if name is not None:
        if (found := file.find(name)) is None:
            there = ", ".join(sorted(everything)) or "no variable"
            raise InputError(file.path, f"variable '{name}'", f"only {there}", "one of the file's")
        return found
    fits = {
        key: each
        for key, each in everything.items()
        if each.ndim > 1
        and _numeric(each)
        and _sampled(file, each, sample)
        and set(each.dimensions) - set(CHAIN_DIMENSIONS) - set(_sampled(file, each, sample))
    }
    if len(fits) != 1:
        there = ", ".join(f"{key}({', '.join(v.dimensions)})" for key, v in everything.items())
        usual = sample or ", ".join(SAMPLE_DIMENSIONS)
        expected = f"one with a dimension of samples ({usual}), or its name"
        raise InputError(file.path, "variables", there or "none", expected)
    (found,) = fits.values()
    return found


def _numeric(found: netCDF4.Variable) -> bool:
    plain = found.dtype is not str and not isinstance(found.datatype, netCDF4.VLType)
    return plain and np.dtype(found.dtype).kind in "fiu"


def _sampled(file: ForeignFile, found: netCDF4.Variable, name: str | None) -> list[str]:
    """Dimensions of a variable that number samples."""
    if name is not None:
        return [each for each in found.dimensions if each == name]
    axes = file.variables
    return [
        each
        for each in found.dimensions
        if each.lower() in SAMPLE_DIMENSIONS
        or (each in axes and getattr(axes[each], "standard_name", "") == "realization")
    ]


def _sample_dimension(file: ForeignFile, found: netCDF4.Variable, name: str | None) -> str:
    hits = _sampled(file, found, name)
    if len(hits) != 1 or found.ndim < 2:
        shown = f"({', '.join(found.dimensions)})"
        expected = f"one of samples ({name or ', '.join(SAMPLE_DIMENSIONS)}) and at least one more"
        raise InputError(file.path, f"dimensions of '{found.name}'", shown, expected)
    return hits[0]


def _chain_dimension(
    file: ForeignFile, found: netCDF4.Variable, name: str | None, along: str
) -> str | None:
    """The dimension that numbers chains, if chains are one."""
    hits = [
        each
        for each in found.dimensions
        if each != along and (each == name or (name is None and each.lower() in CHAIN_DIMENSIONS))
    ]
    if name is not None and not hits and file.find(name) is None:
        there = f"dimensions {', '.join(found.dimensions)}; variables {', '.join(file.names)}"
        raise InputError(file.path, f"chain '{name}'", there, "a dimension or a variable")
    return hits[0] if hits else None


def _samples(
    file: ForeignFile, values: ForeignVariable, along: str, most: int, name: str | None
) -> tuple[np.ndarray, np.ndarray]:
    """Samples (sample, point) float32 and the chain of each, drawn by weights, then thinned."""
    chained = values.dimensions.index(along) == 1
    drawn = drawn_by_weights(file, values, along)
    chains, count = values.shape[:2] if chained else (1, len(values))
    rows = np.arange(count)[None] if drawn is None else np.atleast_2d(drawn)
    each = max(most // chains, 1)
    rows = rows[:, np.linspace(0, rows.shape[1] - 1, min(rows.shape[1], each)).astype(int)]
    if rows.shape[1] * chains < LEAST_SAMPLES:
        text = f"{rows.shape[1] * chains}"
        raise InputError(file.path, f"samples of '{values.name}'", text, f"{LEAST_SAMPLES} or more")
    size = int(np.prod(values.shape[2 if chained else 1 :]))
    found = np.empty((chains, rows.shape[1], size), np.float32)
    for number in range(chains):
        wanted = rows[number % len(rows)]
        for start in range(0, count, ROWS_AT_ONCE):
            part = (wanted >= start) & (wanted < start + ROWS_AT_ONCE)
            if part.any():
                block = slice(start, min(start + ROWS_AT_ONCE, count))
                read = values[number, block] if chained else values[block]
                found[number, part] = read.reshape(len(read), size)[wanted[part] - start]
    labels = np.repeat(np.arange(chains), rows.shape[1])
    if not chained and (own := _labels(file, name, along)) is not None:
        labels = own[rows[0]]
    return found.reshape(-1, size), labels


def _labels(file: ForeignFile, name: str | None, along: str) -> np.ndarray | None:
    """Chain of each sample, words numbered as they come, if a variable says so."""
    names = CHAIN_DIMENSIONS if name is None else (name,)
    found = next((each for each in map(file.find, names) if each is not None), None)
    if found is None or (name is None and found.ndim == 1 and found.dimensions != (along,)):
        return None
    read = judged(file.path, found, (along,), kind="label")[:]
    _, first, number = np.unique(read, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def _varying(path: str, name: str, samples: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Points that vary; how many have no value at all; how many have one only."""
    bad = ~np.isfinite(samples)
    missing = bad.all(0)
    bad[:, missing] = False
    if bad.any():
        row, point = np.argwhere(bad)[0]
        text = f"{int(bad.sum())} missing or infinite, the first in sample {row}, point {point}"
        expected = "a number in each sample, or in none"
        raise InputError(path, f"values of '{name}'", text, expected)
    spread, size = (
        np.where(missing, 0, what)
        for what in (samples.std(0, dtype=np.float64), np.abs(samples).max(0))
    )
    constant = ~missing & (spread <= LEAST_VARIATION * size)
    kept = np.flatnonzero(~missing & ~constant)
    if len(kept) < 2:
        text = f"{len(kept)} of {samples.shape[1]} that vary"
        raise InputError(path, f"points of '{name}'", text, "at least 2")
    low, high = spread[kept].min(), spread[kept].max()
    if low < DEVIATIONS[0] or high > DEVIATIONS[1]:
        text, expected = (
            f"{low:g} to {high:g}",
            f"{DEVIATIONS[0]:g} to {DEVIATIONS[1]:g}: another unit",
        )
        raise InputError(path, f"standard deviations of '{name}'", text, expected)
    return kept, int(missing.sum()), int(constant.sum())


def _places(file: ForeignFile, rest: tuple[str, ...], shape: Sequence[int]) -> Places:
    """Where points lie, by the first of: latitude and longitude, a plane, a line, nowhere."""
    roles = {role: found for role in PLACE_NAMES if (found := _role(file, role, rest)) is not None}
    for kind, pair in (("sphere", "lat lon"), *(("plane", p) for p in ("x y", "x z", "y z"))):
        names = pair.split()
        if not set(names) <= set(roles):
            continue
        axes = [roles[name] for name in names]
        if {d for axis in axes for d in axis.dimensions} == set(rest):
            return _positions(file.path, kind, axes, rest, shape)
    along = file.variables.get(rest[0]) if len(rest) == 1 else None
    if along is not None and along.ndim == 1 and _numeric(along):
        return _positions(file.path, "line", [along], rest, shape)
    return Places("none", np.empty((int(np.prod(shape)), 0)))


def _role(file: ForeignFile, role: str, rest: tuple[str, ...]) -> netCDF4.Variable | None:
    """The variable on these dimensions that is a latitude, an x, ...: by standard name, or name."""
    standard, usual = PLACE_NAMES[role]
    fits = {
        key.rsplit("/", 1)[-1].lower(): each
        for key, each in file.variables.items()
        if each.ndim and set(each.dimensions) <= set(rest) and _numeric(each)
    }
    hits = [v for v in fits.values() if getattr(v, "standard_name", "").lower() in standard]
    hits = hits or [fits[name] for name in usual if name in fits]
    if len(hits) > 1:
        text = ", ".join(each.name for each in hits)
        raise InputError(file.path, f"'{role}' of the points", text, "one of them")
    return hits[0] if hits else None


def _positions(
    path: str, kind: str, axes: list[netCDF4.Variable], rest: tuple[str, ...], shape: Sequence[int]
) -> Places:
    """Positions of all points, degrees on the sphere, in m where units are lengths."""
    units = [_unit(path, kind, axis) for axis in axes]
    if len(set(units)) > 1:
        text = " and ".join(f"{u} ({a.name})" for a, u in zip(axes, units, strict=True))
        raise InputError(path, "units of the positions", text, "one quantity")
    columns = []
    for axis in axes:
        there = tuple(name for name in rest if name in axis.dimensions)
        wanted = None if stated_unit(axis) in ("", units[0]) else units[0]
        values = judged(path, axis, there, wanted)[:].astype(float)
        if not np.isfinite(values).all():
            raise InputError(path, f"'{axis.name}'", "missing or infinite", "a position of each")
        full = [size if name in there else 1 for name, size in zip(rest, shape, strict=True)]
        columns.append(np.broadcast_to(values.reshape(full), shape).ravel())
    if kind == "sphere":
        for axis, column, limit in zip(axes, columns, (90.0, 720.0), strict=True):
            if np.abs(column).max() > limit:
                text = f"{column.min():g} to {column.max():g}"
                raise InputError(path, f"'{axis.name}'", text, f"degrees within {limit:g}")
    names = tuple(axis.name.rsplit("/", 1)[-1] for axis in axes)
    return Places(kind, np.stack(columns, 1), names, units[0])


def _unit(path: str, kind: str, axis: netCDF4.Variable) -> str:
    """Unit that positions are turned into: degrees, m for lengths, or as the file has them."""
    stated = stated_unit(axis)
    wanted = "degrees" if kind == "sphere" else "m"
    try:
        if stated:
            unit_table.factor(stated, wanted)
        return wanted if stated or kind == "sphere" else "1"
    except ValueError:
        if kind == "sphere":
            raise InputError(path, f"units of '{axis.name}'", repr(stated), "degrees or radians")
        return stated
