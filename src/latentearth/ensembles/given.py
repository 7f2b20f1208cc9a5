"""Ensembles that somebody brings: chains of positions, and samples of velocities at points."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import xarray as xr

from latentearth.earth import sphere
from latentearth.io import InputError
from latentearth.readers.foreign import ForeignFile, opened_foreign
from latentearth.readers.foreign_variables import ForeignVariable
from latentearth.readers.sample_weights import drawn_by_weights

GIVEN_DIMENSIONS = ("chain", "sample", "coordinate")
VALUES_AT_ONCE = 10_000_000  # values looked at together, to bound the memory of the test
ROWS_AT_ONCE = 256  # of an ensemble at points
FARTHEST = 5.0  # degrees from a point that is wanted to the nearest one given


def read_given(
    path: str | os.PathLike,
    variable: str = "x",
    *,
    coordinates: int | None = None,
    minimum_samples: int = 1,
    minimum_chains: int = 1,
) -> np.ndarray:
    """Read an ensemble of positions from somebody's netCDF file, and check it.

    Samples that have weights are drawn by them, see
    :func:`latentearth.readers.sample_weights.drawn_without_repeats`.

    Parameters
    ----------
    path
        With dimensions ``chain``, ``sample``, ``coordinate`` in any order.
    variable
        Name of the variable that holds the positions.
    coordinates, minimum_samples, minimum_chains
        As for :func:`check_given`.

    Returns
    -------
    numpy.ndarray
        (chain, sample, coordinate)

    Raises
    ------
    InputError
        If the file or the variable is missing or of another form, or :func:`check_given` finds
        fault with it.
    """
    with opened_foreign(path, "an ensemble") as file:
        found = file.variable(variable, GIVEN_DIMENSIONS)
        values, drawn = found[:], drawn_by_weights(file, found)
        if drawn is not None:
            values = np.take_along_axis(values, drawn[..., None], 1)
        return check_given(
            xr.DataArray(values, dims=GIVEN_DIMENSIONS, name=found.name),
            path,
            coordinates=coordinates,
            minimum_samples=minimum_samples,
            minimum_chains=minimum_chains,
        ).values


def check_given(
    values: xr.DataArray,
    source: object,
    *,
    coordinates: int | None = None,
    minimum_samples: int = 1,
    minimum_chains: int = 1,
) -> xr.DataArray:
    """Check an ensemble of positions and return it.

    Parameters
    ----------
    values
        (chain, sample, coordinate)
    source
        Where it is from, for the message.
    coordinates
        Number of coordinates that it must have, if that matters.
    minimum_samples, minimum_chains
        Samples per chain, and chains, that are needed.

    Raises
    ------
    InputError
        At the first of: other dimensions, too few chains, samples or coordinates, values that
        are not finite.
    """
    field = f"variable {values.name!r}"
    if values.dims != GIVEN_DIMENSIONS:
        raise InputError(source, f"dimensions of {field}", values.dims, GIVEN_DIMENSIONS)
    chains, samples, size = values.shape
    if chains < minimum_chains:
        raise InputError(source, "dimension 'chain'", chains, f"at least {minimum_chains}")
    if samples < minimum_samples:
        expected = f"at least {minimum_samples} samples per chain"
        raise InputError(source, "dimension 'sample'", samples, expected)
    if size != (coordinates or max(size, 1)):
        wanted = "at least 1" if coordinates is None else coordinates
        raise InputError(source, "dimension 'coordinate'", size, wanted)
    _check_finite(values, source, field)
    return values


def _check_finite(values: xr.DataArray, source: object, field: str) -> None:
    """Raise InputError with the number of NaN and infinite values and the first one's place."""
    count, first = 0, None
    rows = max(1, VALUES_AT_ONCE // max(1, values.shape[2]))
    for chain in range(values.shape[0]):
        for begin in range(0, values.shape[1], rows):
            part = values[chain, begin : begin + rows].values
            bad = ~np.isfinite(part)
            number = int(np.count_nonzero(bad))
            if number and first is None:
                sample, coordinate = np.argwhere(bad)[0].tolist()
                first = (chain, begin + sample, coordinate), part[sample, coordinate]
            count += number
    if first is not None:
        place = ", ".join(f"{n} {i}" for n, i in zip(GIVEN_DIMENSIONS, first[0], strict=True))
        found = f"{count} of {values.size} values not finite (the first is {first[1]}, at {place})"
        raise InputError(source, field, found, "finite numbers only")


def read_given_points(
    path: str | os.PathLike,
    lat: np.ndarray,
    lon: np.ndarray,
    limits: tuple[float, float] = (1.0, 20.0),
    variable: str = "vs",
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Read somebody's ensemble of velocities at points, block by block, and check it.

    Where the file has other points, each of ours takes the nearest of the file's. Samples that
    have weights are drawn by them, see
    :func:`latentearth.readers.sample_weights.drawn_without_repeats`.

    Parameters
    ----------
    path
        A netCDF file with ``vs(sample, point)``, and ``lat(point)``, ``lon(point)``; without
        ``chain(sample)`` it counts as one chain, and without ``model(sample)`` its samples are
        numbered. Chains may be called by words.
    lat, lon
        The points that are wanted, degrees, shape (point,).
    limits
        Bounds in km/s outside of which a velocity cannot be right (they catch m/s).
    variable
        Name of the velocity.

    Yields
    ------
    values, chain, model
        As :func:`latentearth.ensembles.stored.write_ensemble` takes them.

    Raises
    ------
    InputError
        If the file is missing or unreadable, its variables, dimensions, units or values are not
        as said above, or its points leave gaps among those that are wanted.
    """
    with opened_foreign(path, "an ensemble") as file:
        values = file.variable(variable, ("sample", "point"), "km s-1")
        drawn = drawn_by_weights(file, values)
        kept = np.arange(len(values)) if drawn is None else drawn
        if len(kept) < 2:
            raise InputError(path, "samples", len(kept), "at least 2")
        columns = _nearest(file, np.ravel(lat), np.ravel(lon))
        chain = _labels(file, "chain", np.zeros(len(values), int))
        model = _labels(file, "model", np.arange(len(values)))
        for start in range(0, len(kept), ROWS_AT_ONCE):
            rows = kept[start : start + ROWS_AT_ONCE]
            if drawn is None:
                block = values[rows[0] : rows[-1] + 1]
            else:
                block = np.stack([values[int(row)] for row in rows])
            block = _plausible(block, values, rows, limits)[:, columns]
            yield block.astype(np.float32, copy=False), chain[rows], model[rows]


def _plausible(
    block: np.ndarray, values: ForeignVariable, rows: np.ndarray, limits: tuple[float, float]
) -> np.ndarray:
    """Some samples, if their velocities can be."""
    wrong = ~((block >= limits[0]) & (block <= limits[1]))  # NaN is wrong, too
    if wrong.any():
        row, point = np.argwhere(wrong)[0]
        field = f"'{values.name}' of sample {rows[row]}, point {point}"
        expected = f"{limits[0]:g} to {limits[1]:g} km/s"
        raise InputError(values.path, field, block[row, point], expected)
    return block


def _labels(file: ForeignFile, name: str, missing: np.ndarray) -> np.ndarray:
    """Whole numbers of the chains or models of all samples; words are numbered as they come."""
    if file.find(name) is None:
        return missing
    found = file.variable(name, ("sample",), kind="label")[:]
    if found.dtype.kind in "iu":
        return found
    _, first, number = np.unique(found, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def _nearest(file: ForeignFile, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Indices of the file's points nearest to those wanted, none of them far away."""
    found = []
    for name, limits in (("lat", (-90.0, 90.0)), ("lon", (-360.0, 360.0))):
        values = file.variable(name, ("point",), "degrees", unstated=True)[:].astype(float)
        wrong = ~((values >= limits[0]) & (values <= limits[1]))
        if wrong.any():
            worst = int(np.flatnonzero(wrong)[0])
            expected = f"{limits[0]:g} to {limits[1]:g} degrees"
            raise InputError(file.path, f"'{name}' of point {worst}", values[worst], expected)
        found.append(values)
    given_lat, given_lon = found
    chosen = sphere.nearest_points(given_lat, given_lon, lat, lon)
    there = sphere.unit_vectors(given_lat[chosen], given_lon[chosen])
    chord = np.linalg.norm(there - sphere.unit_vectors(lat, lon), axis=-1)
    apart = np.degrees(2 * np.arcsin(np.minimum(chord / 2, 1)))
    if apart.max() > FARTHEST:
        worst = int(apart.argmax())
        place = f"({lat[worst]:.1f}, {lon[worst]:.1f})"
        text = f"the nearest to {place} {apart[worst]:.1f} degrees away"
        south, north, west, east = (f"{f(v):.0f}" for v in (lat, lon) for f in (np.min, np.max))
        expected = (
            f"one within {FARTHEST:g} degrees of each of ours, {south} to {north} north and {west} "
            f"to {east} east"
        )
        raise InputError(file.path, "points", text, expected)
    return chosen
