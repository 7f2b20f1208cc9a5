"""Raw trans-dimensional chains: one ragged netCDF file per chain (CF contiguous ragged array).

Model m has ``n_cells[m]`` Voronoi cells; the cells of all models follow one another:

    n_cells(model)            number of cells of each model, 1
    lat(cell), lon(cell)      nuclei, degrees (longitude from -180 to 360)
    vs(cell)                  shear velocity, km/s
    misfit(model)             root-mean-square residual, s
    noise(model)              sampled standard deviation of the noise, s

A chain that fits its data has misfit / noise near 1.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import xarray as xr

from latentearth.ensembles.voronoi import VoronoiModels
from latentearth.io import Attributes, InputError, read_dataset, write_dataset
from latentearth.readers.foreign import opened_foreign
from latentearth.readers.foreign_variables import ForeignVariable
from latentearth.readers.sample_weights import refuse_weights

VARIABLES = {
    "n_cells": ("model", "1", "number of Voronoi cells of the model"),
    "lat": ("cell", "degrees_north", "latitude of the nucleus"),
    "lon": ("cell", "degrees_east", "longitude of the nucleus"),
    "vs": ("cell", "km s-1", "shear velocity of the cell"),
    "misfit": ("model", "s", "root-mean-square residual"),
    "noise": ("model", "s", "standard deviation of the noise"),
}
# Where degrees and radians are told apart: a global model's nuclei do not all lie within 2 degrees.
CELLS_LOOKED_AT, FEWEST_CELLS = 100_000, 20
CHAIN_RANGES = {"lat": (-90.0, 90.0), "lon": (-180.0, 360.0), "vs": (2.0, 15.0)}


def chain_dataset(
    n_cells: np.ndarray,
    lat: np.ndarray,
    lon: np.ndarray,
    vs: np.ndarray,
    misfit: np.ndarray,
    noise: np.ndarray,
) -> xr.Dataset:
    """Put a chain together: (model,) and (cell,) arrays as in the module's description."""
    columns = (n_cells, lat, lon, vs, misfit, noise)
    chain = xr.Dataset()
    for (name, (dimension, units, meaning)), column in zip(VARIABLES.items(), columns, strict=True):
        kind = np.int32 if name == "n_cells" else np.float32
        attributes = {"units": units, "long_name": meaning}
        chain[name] = (dimension, np.asarray(column, kind), attributes)
    chain["n_cells"].attrs["sample_dimension"] = "cell"  # what makes the array ragged in CF
    return chain.assign_attrs(Conventions="CF-1.8")


def write_chain(path: str | os.PathLike, chain: xr.Dataset, attributes: Attributes) -> None:
    """Write a chain atomically, checked, with global attributes: what made it.

    A checksum of the content goes along, so that reading notices any damage.
    """
    chain = check_chain(chain, path)
    write_dataset(path, chain, {**attributes, "content_sha256": _checksum(chain)})


def read_chain(path: str | os.PathLike) -> xr.Dataset:
    """Read a chain, our own or a user's, and check it.

    Raises
    ------
    InputError
        If the file is missing, cut short or damaged, or is not a chain in this format.
    """
    chain = check_chain(read_dataset(path), path)
    written = chain.attrs.get("content_sha256")  # a user's own file need not have it
    if written is not None and written != _checksum(chain):
        raise InputError(path, "content", "values that do not fit its checksum", "a whole chain")
    return chain


def _checksum(chain: xr.Dataset) -> str:
    digest = hashlib.sha256()
    for name in VARIABLES:
        digest.update(np.ascontiguousarray(chain[name].values).tobytes())
    return digest.hexdigest()


def voronoi_models(chain: xr.Dataset) -> VoronoiModels:
    """Give the models of a chain as `ensembles.voronoi` takes them."""
    return VoronoiModels(*(chain[name].values for name in ("n_cells", "lat", "lon", "vs")))


def foreign_chains(paths: Iterable[str | os.PathLike]) -> Iterator[VoronoiModels]:
    """Open one of a user's chains after the other, for thinning; cells are read as needed.

    Chains may be far larger than the memory. Structure and units are checked here, values where
    :mod:`latentearth.ensembles.thinning` reads them.

    Raises
    ------
    InputError
        If a file is missing, unreadable, or lacks a variable, or has one of other dimensions or
        units, or weights.
    """
    for path in paths:
        with opened_foreign(path, "a raw chain") as file:
            refuse_weights(file)
            n_cells = file.variable("n_cells", ("model",), kind="integer")[:]
            # lazy: thinning reads slices of them
            lat: Any = file.variable("lat", ("cell",), "degrees", unstated=True)
            lon: Any = file.variable("lon", ("cell",), "degrees", unstated=True)
            _refuse_radians(lat, lon)
            vs: Any = file.variable("vs", ("cell",), "km s-1", unstated=True)
            yield VoronoiModels(n_cells, lat, lon, vs)


def _refuse_radians(lat: ForeignVariable, lon: ForeignVariable) -> None:
    """Refuse nuclei without a unit that all lie where radians would."""
    first = slice(0, CELLS_LOOKED_AT)
    reach = [float(np.abs(of[first]).max(initial=0.0)) for of in (lat, lon)]
    within = reach[0] <= np.pi / 2 and reach[1] <= 2 * np.pi
    if within and lat.shape[0] >= FEWEST_CELLS and not lat.unit:
        found = f"no unit, and values up to {reach[0]:.2f} and {reach[1]:.2f}: radians?"
        raise InputError(lat.path, "units of 'lat' and 'lon'", found, "degrees, or a stated unit")


def foreign_record(path: str | os.PathLike) -> xr.Dataset:
    """What a user's chain says of its models: ``n_cells``, ``misfit``, ``noise`` (model).

    The last two are NaN where the file has none.
    """
    record = xr.Dataset()
    with opened_foreign(path, "a raw chain") as file:
        for name in ("n_cells", "misfit", "noise"):
            units = VARIABLES[name][1]
            if name == "n_cells":
                values = file.variable(name, ("model",), kind="integer")[:]
            elif file.find(name) is None:
                values = np.full(record.sizes["model"], np.nan, np.float32)
            else:
                values = file.variable(name, ("model",), units, unstated=True)[:]
            record[name] = ("model", values, {"units": units})
    return record


def join_chains(chains: list[xr.Dataset]) -> xr.Dataset:
    """Join pieces of a chain, or several chains, in the given order."""
    return chain_dataset(*(np.concatenate([c[name].values for c in chains]) for name in VARIABLES))


def check_chain(chain: xr.Dataset, source: object = "chain") -> xr.Dataset:
    """Check a chain before anything uses it, and return it.

    Parameters
    ----------
    chain
        Dataset in the format of this module; ``misfit`` and ``noise`` may be missing from a
        user's file and are then filled with NaN.
    source
        File name for the message.

    Raises
    ------
    InputError
        Naming the variable, what was found, and what is needed.
    """
    for name in ("n_cells", "lat", "lon", "vs"):
        if name not in chain:
            found = ", ".join(map(str, chain.variables)) or "no variables"
            raise InputError(source, f"variable '{name}'", found, "n_cells, lat, lon and vs")
    for name, (dimension, _, _) in VARIABLES.items():
        if name not in chain:
            missing = np.full(chain.sizes["model"], np.nan, np.float32)
            chain = chain.assign({name: (dimension, missing)})
        elif chain[name].dims != (dimension,):
            raise InputError(source, f"dimensions of '{name}'", chain[name].dims, f"({dimension},)")
    n_cells = chain["n_cells"].values
    if n_cells.size == 0:
        raise InputError(source, "dimension 'model'", "no models", "at least one")
    if not np.issubdtype(n_cells.dtype, np.integer):
        raise InputError(source, "type of 'n_cells'", n_cells.dtype, "an integer type")
    if n_cells.min() < 1:
        worst = int(n_cells.argmin())
        raise InputError(source, f"n_cells of model {worst}", n_cells[worst], "at least 1")
    if n_cells.sum(dtype=np.int64) != chain.sizes["cell"]:
        expected = f"{n_cells.sum(dtype=np.int64)}, the sum of n_cells"
        raise InputError(source, "dimension 'cell'", chain.sizes["cell"], expected)
    for name, (low, high) in CHAIN_RANGES.items():
        values = chain[name].values
        # Written so that NaN, which compares false, counts as out of range.
        wrong = np.flatnonzero(~((values >= low) & (values <= high)))
        if wrong.size:
            found = f"{values[wrong[0]]} at cell {wrong[0]} ({wrong.size} in all)"
            units = VARIABLES[name][1]
            raise InputError(source, f"values of '{name}'", found, f"{low:g} to {high:g} {units}")
    for name in ("misfit", "noise"):
        if (chain[name].values < 0).any():
            raise InputError(source, f"values of '{name}'", chain[name].values.min(), "0 or more")
    return chain
