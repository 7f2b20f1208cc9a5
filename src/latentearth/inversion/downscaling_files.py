"""A user's own effective medium as data of the downscaling: read, checked, brought into form."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.interpolate import CubicSpline

from latentearth import io
from latentearth.readers.foreign import opened_foreign, rising

# Standard deviations of prior media: beyond that a unit or an order is wrong.
FARTHEST_DEVIATIONS = 10.0
# Effective media of the prior keep below 0.06 in the mean; Voigt notation has 1, C11 and C12
# exchanged -2.
MOST_ANISOTROPIC = 0.5
FEWEST_OF_A_SPLINE = 4
UNEVEN = 1e-3  # of steps along an axis, relative to their mean: last digits of a text file
OTHER_SCALE = 3.0  # of C11 over the prior's
OTHER_RATIO = 1.5  # of C33 and C12, over the prior's; exchanged they are 2.6 apart


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
        L / lambda_0: data have the spacing lambda_0 / 2. A finer grid of the box, n points along a
        side at (k + 1/2) L / n, is interpolated to it by cubic splines.
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
    names, given = list(errors.coefficients), _as_stated(path)
    points = max(1, round(2 * waves))
    data = _on_grid(path, given.observed, points)
    wanted = {"coefficient": 6, "row": points, "column": points}
    if dict(data.sizes) != wanted:
        expected = f"{wanted} (spacing lambda_0 / 2 at L / lambda_0 = {waves:g})"
        raise io.InputError(path, "dimensions of observed", dict(data.sizes), expected)
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
    prior = dict(zip(names, errors.mean, strict=True))
    _check_tensors(path, dict(zip(names, data.values, strict=True)), prior)
    data = data.drop_vars(["row", "column"], errors="ignore")
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


def _on_grid(path: str | os.PathLike, data: xr.DataArray, points: int) -> xr.DataArray:
    """A medium (coefficient, row, column) at (j + 1/2) L / points, if its grid is no coarser.

    A medium without waves shorter than lambda_0 is known between points that are closer.
    """
    for name in ("row", "column"):
        count = data.sizes[name]
        if count <= points or count < FEWEST_OF_A_SPLINE:
            continue  # alike, or refused by its size
        steps = np.diff(data[name].values) if name in data.coords else np.ones(1)
        if np.ptp(steps) > UNEVEN * abs(steps.mean()):
            text = f"steps from {steps.min():g} to {steps.max():g}"
            raise io.InputError(path, f"coordinate {name}", text, "even ones")
        at = (np.arange(points) + 0.5) / points
        axis = data.get_axis_num(name)
        curves = CubicSpline((np.arange(count) + 0.5) / count, data.values, axis=axis)
        print(f"{path}: {count} {name}s interpolated to {points} by cubic splines")
        kept = {key: value for key, value in data.coords.items() if name not in value.dims}
        data = xr.DataArray(curves(at), kept, data.dims)
    return data


def _as_stated(path: str | os.PathLike) -> xr.Dataset:
    """What a file holds, in GPa, rows upward, dimensions in our order."""
    dims, given = ("coefficient", "row", "column"), xr.Dataset()
    with opened_foreign(path, "observed(coefficient, row, column)") as file:
        values = file.variable("observed", dims, "GPa")[:].astype(float)
        for along, name in enumerate(dims[1:], start=1):
            axis = file.axis(name)
            if axis is not None:
                sorted_axis, values = rising(axis, values, along)
                given = given.assign_coords({name: sorted_axis})
        if file.upward("row") is False:
            values = values[:, ::-1]
        given["observed"] = dims, values
        if file.find("coefficient") is not None:
            given["coefficient"] = file.variable("coefficient", dims[:1], kind="label")[:]
        if file.find("sigma_o") is not None:
            errors = file.variable("sigma_o", dims[:1], "GPa", unstated=True)[:]
            given["sigma_o"] = "coefficient", errors
        if file.find("image") is not None:
            given["image"] = ("y", "x"), file.variable("image", ("y", "x"))[:]
    return given


def _check_tensors(
    path: str | os.PathLike, found: dict[str, np.ndarray], prior: dict[str, float]
) -> None:
    """Refuse coefficients (row, column) that are in another notation, exchanged, or impossible."""
    mean = {name: float(values.mean()) for name, values in found.items()}
    if not 1 / OTHER_SCALE <= mean["C11"] / prior["C11"] <= OTHER_SCALE:
        text = f"a mean C11 of {mean['C11']:.3g} GPa"
        raise io.InputError(path, "observed", text, f"about {prior['C11']:.4g} GPa, as the prior")
    # zero for isotropic rock in Kelvin notation, small for what is made of it
    isotropy = ((mean["C11"] + mean["C22"]) / 2 - mean["C12"] - mean["C33"]) / mean["C33"]
    if not abs(isotropy) <= MOST_ANISOTROPIC:
        text = f"(C11 + C22) / 2 - C12 - C33 of {isotropy:.2f} C33 in the mean"
        expected = "nearly 0: Kelvin notation, where C33 is 2 mu (Voigt notation has mu), in order"
        raise io.InputError(path, "observed", text, expected)
    ratio, usual = mean["C33"] / mean["C12"], prior["C33"] / prior["C12"]
    if not 1 / OTHER_RATIO <= ratio / usual <= OTHER_RATIO:
        text = f"a mean C33 of {ratio:.2f} C12"
        raise io.InputError(path, "observed", text, f"about {usual:.2f}, as media of the prior")
    rows = [["C11", "C12", "C13"], ["C12", "C22", "C23"], ["C13", "C23", "C33"]]
    tensors = np.stack([np.stack([found[name] for name in row], -1) for row in rows], -2)
    low = np.linalg.eigvalsh(tensors)[..., 0]
    if not (low > 0).all():
        row, column = (int(k) for k in np.unravel_index(low.argmin(), low.shape))
        text = f"an eigenvalue of {low.min():.3g} GPa at row {row}, column {column}"
        raise io.InputError(path, "observed", text, "positive definite tensors")
