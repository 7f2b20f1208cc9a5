"""Is an ensemble that somebody brings along fit for use? One clear sentence if it is not."""

from __future__ import annotations

import os

import numpy as np
import xarray as xr

from latentearth.io import InputError, read_dataset

DIMENSIONS = ("chain", "sample", "coordinate")
VALUES_AT_ONCE = 10_000_000  # values looked at together, to bound the memory of the test


def check_given(
    ensemble: xr.Dataset | str | os.PathLike,
    variable: str = "x",
    *,
    coordinates: int | None = None,
    minimum_samples: int = 1,
    minimum_chains: int = 1,
) -> xr.DataArray:
    """Check an ensemble of models and return it.

    Parameters
    ----------
    ensemble
        A netCDF file or a dataset, with dimensions ``chain``, ``sample``, ``coordinate``.
    variable
        Name of the variable that holds the models.
    coordinates
        Number of coordinates that it must have, if that matters.
    minimum_samples, minimum_chains
        Samples per chain, and chains, that are needed.

    Returns
    -------
    xarray.DataArray
        (chain, sample, coordinate), as stored.

    Raises
    ------
    InputError
        At the first of: no such file or variable, other dimensions, values that are no real
        numbers, too few chains, samples or coordinates, values that are not finite.
    """
    if isinstance(ensemble, xr.Dataset):
        dataset, source = ensemble, ensemble.encoding.get("source", "dataset")
    else:
        dataset, source = read_dataset(ensemble), os.fspath(ensemble)
    field = f"variable {variable!r}"
    if variable not in dataset.data_vars:
        found = ", ".join(sorted(map(str, dataset.data_vars))) or "no variable at all"
        raise InputError(source, field, f"only {found}", f"a variable {variable!r}")
    values = dataset[variable]
    if values.dims != DIMENSIONS:
        raise InputError(source, f"dimensions of {field}", values.dims, DIMENSIONS)
    if values.dtype.kind not in "fiu":
        raise InputError(source, f"type of {field}", values.dtype, "real numbers, such as float32")
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


def _check_finite(values: xr.DataArray, source: str, field: str) -> None:
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
        place = ", ".join(f"{n} {i}" for n, i in zip(DIMENSIONS, first[0], strict=True))
        found = f"{count} of {values.size} values not finite (the first is {first[1]}, at {place})"
        raise InputError(source, field, found, "finite numbers only")
