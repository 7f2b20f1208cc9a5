"""The solver's own wave field around an event: recorded on nodes, interpolated between them.

A wave of 8 Hz is some 250 m long and the nodes are 20 m apart, so that cubic splines through the
nodes' traces give those of any point between them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from scipy.interpolate import BSpline, make_interp_spline

from latentearth.io import InputError

DEGREE = 3


def nodes_around(
    event: np.ndarray, axes: list[np.ndarray], half_width: Sequence[float], top: float
) -> list[np.ndarray]:
    """Indices along x, y, z of the nodes around an event, below the sea bed.

    Parameters
    ----------
    event
        (3,) node indices.
    axes
        Nodes along x, y, z (m).
    half_width
        Of the box along x, y, z (m).
    top
        Height below which the nodes lie (m).
    """
    found = []
    for axis, middle, half in zip(axes, event, half_width, strict=True):
        reach = max(round(half / float(axis[1] - axis[0])), 2)
        indices = np.arange(max(0, middle - reach), min(axis.size, middle + reach + 1))
        found.append(indices)
    found[2] = found[2][axes[2][found[2]] < top - 1e-6]
    return found


def flat(around: list[np.ndarray]) -> np.ndarray:
    """Node indices of the box, (nodes, 3), z fastest."""
    return np.stack(np.meshgrid(*around, indexing="ij"), axis=-1).reshape(-1, 3)


def box_dataset(around: list[np.ndarray], axes: list[np.ndarray], traces: np.ndarray) -> xr.Dataset:
    """The netCDF form of a box: ``traces`` over ``x``, ``y``, ``z``, ``time``."""
    coordinates = {
        name: (name, axis[index], {"units": "m"})
        for name, axis, index in zip("xyz", axes, around, strict=True)
    }
    shape = (*(index.size for index in around), traces.shape[1])
    return xr.Dataset(
        {"traces": (("x", "y", "z", "time"), traces.reshape(shape), {"units": "Pa"})}, coordinates
    )


def interpolate(box: xr.Dataset, axes: list[np.ndarray]) -> np.ndarray:
    """Traces on a finer grid within the box.

    Parameters
    ----------
    box
        From :func:`dataset`.
    axes
        Points along x, y, z (m).

    Returns
    -------
    numpy.ndarray
        (nx, ny, nz, samples) float32.

    Raises
    ------
    InputError
        If a point lies outside the box.
    """
    values = box.traces.values.astype("f4")
    for number, (name, points) in enumerate(zip("xyz", axes, strict=True)):
        nodes = box[name].values
        if points.min() < nodes[0] - 1e-6 or points.max() > nodes[-1] + 1e-6:
            found = f"{points.min():g} to {points.max():g} m"
            raise InputError("box", name, found, f"within {nodes[0]:g} to {nodes[-1]:g} m")
        # weights of the nodes for each point: the spline of every unit vector
        spline = make_interp_spline(nodes, np.eye(nodes.size), k=DEGREE)
        weights = BSpline(spline.t, spline.c, DEGREE)(points).astype("f4")
        values = np.moveaxis(np.tensordot(weights, values, axes=(1, number)), 0, number)
    return values


def grid_posterior(
    boxes: list[xr.Dataset], observed: np.ndarray, sigma: float, points: int = 25, rounds: int = 4
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posterior of the position within the box, by the solver's own traces on a grid.

    The grid first spans the box; each further one spans what the last found likely. The prior is
    uniform and the noise Gaussian, as with the emulators.

    Parameters
    ----------
    boxes
        One for each receiver.
    observed
        (receivers, samples).
    sigma
        Standard deviation of the noise.
    points
        Grid points along each axis.
    rounds
        Number of grids.

    Returns
    -------
    positions : numpy.ndarray
        (points^3, 3) metres.
    weights : numpy.ndarray
        (points^3,) adding up to 1.
    log_likelihood : numpy.ndarray
        (points^3,)
    """
    low = np.array([float(boxes[0][name].min()) for name in "xyz"])
    high = np.array([float(boxes[0][name].max()) for name in "xyz"])
    begin, end = low, high
    for _ in range(rounds):
        axes = [np.linspace(a, b, points) for a, b in zip(begin, end, strict=True)]
        log_likelihood = np.zeros((points,) * 3)
        for box, data in zip(boxes, observed, strict=True):
            residual = interpolate(box, axes) - data.astype("f4")
            log_likelihood -= 0.5 * np.einsum("xyzt,xyzt->xyz", residual, residual) / sigma**2
        weights = np.exp(log_likelihood - log_likelihood.max())
        weights /= weights.sum()
        positions = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        mean = weights.reshape(-1) @ positions
        spread = np.sqrt(weights.reshape(-1) @ (positions - mean) ** 2)
        # at least two steps each way, in case one grid point has it all
        reach = np.maximum(5.0 * spread, 2.0 * (end - begin) / (points - 1))
        begin, end = np.maximum(low, mean - reach), np.minimum(high, mean + reach)
    return positions, weights.reshape(-1), log_likelihood.reshape(-1)
