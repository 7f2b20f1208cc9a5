"""A user's own effective medium as data of the downscaling: read, checked, brought into form."""

from __future__ import annotations

import os

import numpy as np
import xarray as xr

from latentearth import io

FARTHEST_DEVIATIONS = (
    10.0  # standard deviations of prior media: beyond that a unit or an order is wrong
)


def read_medium(
    path: str | os.PathLike, waves: float, errors: xr.Dataset, sigma: list[float] | None = None
) -> xr.Dataset:
    """Read an observed effective medium.

    Parameters
    ----------
    path
        A netCDF file with ``observed`` (coefficient, row, column), GPa, as data/README.md says;
        perhaps ``sigma_o`` (coefficient), GPa, and the true ``image`` (y, x).
    waves
        L / lambda_0: the grid must have the spacing lambda_0 / 2.
    errors
        Of the data and the generator: ``sigma_o``, ``sigma_g``, ``mean``, ``spread``
        (coefficient).
    sigma
        (6,) total errors, GPa; null: those of the file and the generator together.

    Returns
    -------
    xarray.Dataset
        As the observed media of the workflow, with one target.

    Raises
    ------
    latentearth.io.InputError
        If something is missing, or has another form, unit or size.
    """
    given, names = io.read_dataset(path), errors.coefficient.values.tolist()
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
    mean, spread = errors["mean"].values, errors.spread.values
    reach = np.abs(data.mean(("row", "column")).values - mean) / spread
    if reach.max() > FARTHEST_DEVIATIONS:
        k = int(reach.argmax())
        found = f"a mean {names[k]} of {float(data[k].mean()):.4g} GPa"
        within = f"{FARTHEST_DEVIATIONS:g} x {spread[k]:.3g}"
        expected = f"within {within} of {mean[k]:.4g} GPa, that of prior media"
        raise io.InputError(path, "observed", found, expected)
    result = xr.Dataset({"observed": data.expand_dims("target").astype(float)})
    own = given.get("sigma_o", errors.sigma_o)
    if own.dims != ("coefficient",) or own.sizes["coefficient"] != 6 or not (own > 0).all():
        raise io.InputError(path, "sigma_o", f"{own.dims} {own.values}", "six positive, GPa")
    own = own.sel(coefficient=names) if "coefficient" in own.coords else own
    total = np.hypot(own.values, errors.sigma_g.values) if sigma is None else np.asarray(sigma)
    result["sigma_o"] = ("coefficient", own.values, {"units": "GPa"})
    result["sigma"] = ("coefficient", total, {"units": "GPa"})
    result["waves"] = ((), float(waves), {"units": "1"})
    if "image" in given:
        size = errors.sizes.get("x")
        if given.image.dims != ("y", "x") or given.image.shape != (size, size):
            found = dict(given.image.sizes)
            raise io.InputError(path, "dimensions of image", found, {"y": size, "x": size})
        result["image"] = given.image.expand_dims("target")
    return result
