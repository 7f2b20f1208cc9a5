"""Ensembles on disk: netCDF files (sample, point) that are written and read a block at a time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

import netCDF4
import numpy as np

from latentearth.io import Attributes, InputError, atomic, opened_netcdf

# Samples, points: half a megabyte, good for blocks of samples and of points.
STORED_CHUNK = (256, 512)


def write_ensemble(
    path: str | os.PathLike,
    blocks: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]],
    lat: np.ndarray,
    lon: np.ndarray,
    attributes: Attributes,
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
        Global attributes: what made the file.
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
            variable,
            "f4",
            ("sample", "point"),
            zlib=True,
            complevel=1,
            fletcher32=True,
            chunksizes=chunks,
        )
        values.units, values.long_name = "km s-1", "shear wave velocity"
        values.coordinates = "lat lon chain model"
        for name, units, data in (("lat", "degrees_north", lat), ("lon", "degrees_east", lon)):
            axis = file.createVariable(name, "f8", ("point",))
            axis.units, axis[:] = units, data
        index = {}
        for name, meaning in (("chain", "chain of the sample"), ("model", "model in its chain")):
            index[name] = file.createVariable(name, "i8", ("sample",), chunksizes=(65536,))
            index[name].units, index[name].long_name = "1", meaning
        file.setncatts(dict(attributes))
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


def read_blocks(
    path: str | os.PathLike, size: int = 1024, variable: str = "vs"
) -> Iterator[np.ndarray]:
    """Yield the samples of an ensemble in order, float32 blocks of shape (at most size, point)."""
    with _opened(path, variable) as file:
        for start in range(0, file[variable].shape[0], size):
            yield file[variable][start : start + size].astype(np.float32, copy=False)


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
