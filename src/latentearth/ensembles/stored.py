"""Ensembles on disk: netCDF files (sample, point) that are written and read a block at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

import netCDF4
import numpy as np

from latentearth.io import InputError, atomic, opened_netcdf

UNITS = ("km s-1", "km/s", "km s^-1")
STORED_CHUNK = (
    256,
    512,
)  # samples, points: half a megabyte, good for blocks of samples and of points


def write_ensemble(
    path: str | os.PathLike,
    blocks: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]],
    lat: np.ndarray,
    lon: np.ndarray,
    attributes: dict,
    variable: str = "vs",
) -> int:
    """Write an ensemble atomically, a block at a time, in bounded memory.

    Parameters
    ----------
    path
        The netCDF file to write.
    blocks
        Triples (values, chain, model): float32 velocities in km/s, shape (k, point), and for each
        of the k samples the chain that it comes from and its number in that chain.
    lat, lon
        Points in degrees, shape (point,).
    attributes
        Provenance, from :func:`support.provenance.attributes`.
    variable
        Name of the velocity.

    Returns
    -------
    int
        Number of samples written.
    """
    n_points, written = np.size(lat), 0
    with atomic(path) as temporary, netCDF4.Dataset(temporary, "w") as file:
        file.createDimension("sample", None)
        file.createDimension("point", n_points)
        chunks = (STORED_CHUNK[0], min(STORED_CHUNK[1], n_points))
        values = file.createVariable(
            variable, "f4", ("sample", "point"), zlib=True, complevel=1, chunksizes=chunks
        )
        values.units, values.long_name = UNITS[0], "shear wave velocity"
        values.coordinates = "lat lon chain model"
        for name, units, data in (("lat", "degrees_north", lat), ("lon", "degrees_east", lon)):
            axis = file.createVariable(name, "f8", ("point",))
            axis.units, axis[:] = units, data
        index = {}
        for name, meaning in (("chain", "chain of the sample"), ("model", "model in its chain")):
            index[name] = file.createVariable(name, "i8", ("sample",), chunksizes=(65536,))
            index[name].units, index[name].long_name = "1", meaning
        file.setncatts(attributes)
        for block, chain, model in blocks:
            rows = slice(written, written + len(block))
            values[rows], index["chain"][rows], index["model"][rows] = block, chain, model
            written = rows.stop
    return written


@contextlib.contextmanager
def _opened(path: str | os.PathLike, variable: str) -> Iterator[netCDF4.Dataset]:
    """Open an ensemble and check its structure."""
    with opened_netcdf(path, "an ensemble") as file:
        if variable not in file.variables:
            found = ", ".join(sorted(file.variables)) or "no variable"
            raise InputError(path, "variables", found, f"one called '{variable}'")
        values = file[variable]
        if values.dimensions != ("sample", "point"):
            raise InputError(
                path, f"dimensions of '{variable}'", values.dimensions, "('sample', 'point')"
            )
        if values.dtype.kind != "f":
            raise InputError(path, f"type of '{variable}'", values.dtype, "floating point")
        yield file


def check_stored(
    path: str | os.PathLike,
    lat: np.ndarray | None = None,
    lon: np.ndarray | None = None,
    limits: tuple[float, float] = (1.0, 20.0),
    variable: str = "vs",
) -> tuple[int, int]:
    """Check an ensemble from outside before anything uses it; reads it once, block by block.

    Parameters
    ----------
    path
        A netCDF file with ``vs(sample, point)`` in km/s, and ``lat(point)``, ``lon(point)`` in
        degrees if the points matter.
    lat, lon
        The points that the ensemble must be given at, in degrees, shape (point,); None for any.
    limits
        Bounds in km/s outside of which a velocity cannot be right (they catch m/s).
    variable
        Name of the velocity.

    Returns
    -------
    n_samples, n_points : int

    Raises
    ------
    InputError
        If the file is missing or unreadable, or its variables, dimensions, units, points or
        values are not as said above.
    """
    with _opened(path, variable) as file:
        values = file[variable]
        n_samples, n_points = values.shape
        if n_samples < 2:
            raise InputError(path, "samples", n_samples, "at least 2")
        units = getattr(values, "units", "none")
        if units not in UNITS:
            raise InputError(path, f"units of '{variable}'", units, f"one of {', '.join(UNITS)}")
        if lat is not None and lon is not None:
            _check_points(path, file, np.ravel(lat), np.ravel(lon))
        for start in range(0, n_samples, STORED_CHUNK[0]):
            block = values[start : start + STORED_CHUNK[0]]
            wrong = ~((block >= limits[0]) & (block <= limits[1]))  # NaN is wrong, too
            if wrong.any():
                row, point = np.argwhere(wrong)[0]
                raise InputError(
                    path,
                    f"'{variable}' of sample {start + row}, point {point}",
                    block[row, point],
                    f"{limits[0]:g} to {limits[1]:g} km/s",
                )
    return n_samples, n_points


def _check_points(path, file: netCDF4.Dataset, lat: np.ndarray, lon: np.ndarray) -> None:
    """Compare the points of a file with the points wanted, to 0.01 degrees."""
    for name, wanted in (("lat", lat), ("lon", lon)):
        if name not in file.variables:
            raise InputError(path, "variables", f"no '{name}'", f"'{name}(point)' in degrees")
        found = file[name][:]
        if found.shape != wanted.shape:
            raise InputError(path, f"shape of '{name}'", found.shape, f"{wanted.shape}")
        turn = 360.0 if name == "lon" else np.inf
        apart = np.abs(found - wanted)
        apart = np.minimum(apart, np.abs(turn - apart))
        apart = apart * np.cos(np.radians(lat)) if name == "lon" else apart
        if not (apart < 0.01).all():
            worst = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
            raise InputError(
                path, f"'{name}' of point {worst}", found[worst], f"{wanted[worst]:.4f} degrees"
            )


def read_blocks(
    path: str | os.PathLike, size: int = 1024, variable: str = "vs"
) -> Iterator[np.ndarray]:
    """Yield the samples of an ensemble in order, float32 blocks of shape (at most size, point)."""
    with _opened(path, variable) as file:
        for start in range(0, file[variable].shape[0], size):
            yield file[variable][start : start + size].astype(np.float32, copy=False)


def read_samples(
    path: str | os.PathLike, columns: np.ndarray, size: int = 1024, variable: str = "vs"
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield blocks (values, chain, model) of an ensemble at some of its points, in order.

    Parameters
    ----------
    path
        The ensemble. Without ``chain`` it counts as one chain; without ``model`` its samples
        are numbered.
    columns
        Indices of the points, shape (point,), in any order and perhaps repeated.
    size
        Samples in a block.
    variable
        Name of the velocity.

    Yields
    ------
    values, chain, model
        As :func:`write_ensemble` takes them.
    """
    with _opened(path, variable) as file:
        total = file[variable].shape[0]
        for start in range(0, total, size):
            rows = slice(start, min(start + size, total))
            index = np.arange(rows.start, rows.stop)
            chain = file["chain"][rows] if "chain" in file.variables else np.zeros_like(index)
            model = file["model"][rows] if "model" in file.variables else index
            # A whole block and then its columns: the library reads scattered points one by one.
            yield file[variable][rows][:, columns].astype(np.float32, copy=False), chain, model


def read_points(
    path: str | os.PathLike, points: slice | np.ndarray = slice(None), variable: str = "vs"
) -> np.ndarray:
    """Read all samples at some points: float32, shape (sample, len(points))."""
    with _opened(path, variable) as file:
        values = file[variable]
        if isinstance(points, slice):
            return values[:, points].astype(np.float32, copy=False)
        # The columns of whole blocks: the library would read scattered points one by one.
        points = np.asarray(points)
        first, last = int(points.min()), int(points.max())
        found = np.empty((values.shape[0], points.size), np.float32)
        for start in range(0, len(found), STORED_CHUNK[0] * 4):
            block = values[start : start + STORED_CHUNK[0] * 4, first : last + 1]
            found[start : start + len(block)] = block[:, points - first]
        return found


def read_index(
    path: str | os.PathLike, variable: str = "vs"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the points and the chains: lat (point,), lon (point,) in degrees, chain (sample,).

    An ensemble without ``chain`` counts as one chain, numbered 0.
    """
    with _opened(path, variable) as file:
        for name in ("lat", "lon"):
            if name not in file.variables:
                raise InputError(path, "variables", f"no '{name}'", f"'{name}(point)' in degrees")
        n_samples = file[variable].shape[0]
        chain = file["chain"][:] if "chain" in file.variables else np.zeros(n_samples, int)
        return file["lat"][:], file["lon"][:], chain
