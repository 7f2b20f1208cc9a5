"""Uniform cubic B-splines through values on the nodes of a grid, as 16-bit integers."""

from __future__ import annotations

import numpy as np

LARGEST_INTEGER = 32767  # of 16 bits


def spline_coefficients(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients through values, one more beyond either end of each axis.

    Parameters
    ----------
    values
        (nx, ny, nz, component, sample) float32; four nodes along each axis at least.

    Returns
    -------
    coefficients
        (nx + 2, ny + 2, nz + 2, component, sample) int16.
    scales
        What they are multiples of, (nx + 2, ny + 2, nz + 2, component) float32.
    """
    for axis, size in enumerate(values.shape[:3]):
        weights = _through_nodes(size).astype("f4")
        values = np.moveaxis(np.tensordot(weights, values, axes=(1, axis)), 0, axis)
    scales = np.maximum(np.abs(values).max(axis=-1), 1e-30) / LARGEST_INTEGER
    return np.rint(values / scales[..., None]).astype("i2"), scales.astype("f4")


def _through_nodes(size: int) -> np.ndarray:
    """From values to coefficients, (size + 2, size), not-a-knot.

    At the second node and the last but one the third derivative does not jump.
    """
    system = np.zeros((size + 2, size + 2))
    for node in range(size):
        system[node, node : node + 3] = np.array([1.0, 4.0, 1.0]) / 6.0
    jump = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
    system[size, :5], system[size + 1, -5:] = jump, jump
    return np.linalg.inv(system)[:, :size]
