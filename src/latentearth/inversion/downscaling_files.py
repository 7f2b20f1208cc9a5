"""A user's own effective medium as data of the downscaling: read, checked, brought into form."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from latentearth import io

# Standard deviations of prior media: beyond that a unit or an order is wrong.
FARTHEST_DEVIATIONS = 10.0


@dataclass(frozen=True)
class DataErrors:
    """What is known of coefficients before they are observed.

    Attributes
    ----------
    coefficients
        Their names.
    observation, generator
        Standard deviations of errors, sigma_o and sigma_G: (coefficient,), GPa.
    mean, spread
        Of prior media: (coefficient,), GPa.
    """

    coefficients: Sequence[str]
    observation: np.ndarray
    generator: np.ndarray
    mean: np.ndarray
    spread: np.ndarray


def read_medium(
    path: str | os.PathLike,
    waves: float,
    errors: DataErrors,
    size: int,
    sigma: Sequence[float] | None = None,
) -> xr.Dataset:
    """Read an observed effective medium.

    Parameters
    ----------
    path
        A netCDF file with ``observed`` (coefficient, row, column), GPa, and the names of the
        coefficients as a coordinate; perhaps ``sigma_o`` (coefficient), GPa, and the
        true ``image`` (y, x).
    waves
        L / lambda_0: the grid must have the spacing lambda_0 / 2.
    errors
        Of the data, unless the file has its own, and of the generator.
    size
        Pixels along a side of the true image.
    sigma
        (6,) total errors, GPa; None: those of the file and the generator together.

    Returns
    -------
    xarray.Dataset
        ``observed`` (target, coefficient, row, column), with one target, ``sigma_o`` and
        ``sigma`` (coefficient), GPa, ``waves``, and perhaps ``image`` (target, y, x).

    Raises
    ------
    latentearth.io.InputError
        If something is missing, or has another form, unit or size.
    """
    given, names = io.read_dataset(path), list(errors.coefficients)
    points = max(1, round(2 * waves))
    if "observed" not in given:
        raise io.InputError(path, "variables", sorted(map(str, given)), "observed")
    data = given.observed
    wanted = {"coefficient": 6, "row": points, "column": points}
    if dict(data.sizes) != wanted:
        expected = f"{wanted} (spacing lambda_0 / 2 at L / lambda_0 = {waves:g})"
        raise io.InputError(path, "dimensions of observed", dict(data.sizes), expected)
    if data.attrs.get("units") != "GPa":
        raise io.InputError(path, "units of observed", data.attrs.get("units"), "GPa")
    if "coefficient" not in data.coords or set(data.coefficient.values.tolist()) != set(names):
        found = data.coords.get("coefficient")
        found = None if found is None else found.values.tolist()
        raise io.InputError(path, "coordinate coefficient", found, names)
    data = data.sel(coefficient=names).transpose("coefficient", "row", "column")
    if not np.isfinite(data.values).all():
        raise io.InputError(path, "observed", "values that are no numbers", "numbers")
    mean, spread = errors.mean, errors.spread
    reach = np.abs(data.mean(("row", "column")).values - mean) / spread
    if reach.max() > FARTHEST_DEVIATIONS:
        k = int(reach.argmax())
        found = f"a mean {names[k]} of {float(data[k].mean()):.4g} GPa"
        within = f"{FARTHEST_DEVIATIONS:g} x {spread[k]:.3g}"
        expected = f"within {within} of {mean[k]:.4g} GPa, that of prior media"
        raise io.InputError(path, "observed", found, expected)
    result = xr.Dataset({"observed": data.expand_dims("target").astype(float)})
    own = given.get("sigma_o", xr.DataArray(errors.observation, dims="coefficient"))
    if own.dims != ("coefficient",) or own.sizes["coefficient"] != 6 or not (own > 0).all():
        raise io.InputError(path, "sigma_o", f"{own.dims} {own.values}", "six positive, GPa")
    own = own.sel(coefficient=names) if "coefficient" in own.coords else own
    total = np.hypot(own.values, errors.generator) if sigma is None else np.asarray(sigma)
    result["sigma_o"] = ("coefficient", own.values, {"units": "GPa"})
    result["sigma"] = ("coefficient", total, {"units": "GPa"})
    result["waves"] = ((), float(waves), {"units": "1"})
    if "image" in given:
        if given.image.dims != ("y", "x") or given.image.shape != (size, size):
            found = dict(given.image.sizes)
            raise io.InputError(path, "dimensions of image", found, {"y": size, "x": size})
        result["image"] = given.image.expand_dims("target")
    return result
