"""Compiled interpolation of stored Green's functions, and of the rock at their sources."""

from __future__ import annotations

import numba
import numpy as np

_fast = numba.njit(fastmath=True, cache=True, nogil=True, boundscheck=False)


@_fast
def interpolate(coefficients, scales, first, weights, factors, out):
    """Sum of components, each times a factor, at points; the sum is added to `out`.

    Parameters
    ----------
    coefficients, scales
        (nx, ny, nz, components, samples) int16, and (nx, ny, nz, components) float32: what one
        unit of a coefficient is.
    first
        (points, 3) the first of the four coefficients along each axis.
    weights
        (points, 3, 4) float32, of these four.
    factors
        (points, sums, components) float32; a component whose factor is zero is not read.
    out
        (points, sums, samples) float32.
    """
    points, sums, components = factors.shape
    samples = coefficients.shape[4]
    for p in range(points):
        for i in range(4):
            for j in range(4):
                across = weights[p, 0, i] * weights[p, 1, j]
                for k in range(4):
                    x, y, z = first[p, 0] + i, first[p, 1] + j, first[p, 2] + k
                    weight = across * weights[p, 2, k]
                    for c in range(components):
                        trace = coefficients[x, y, z, c]
                        for s in range(sums):
                            factor = factors[p, s, c] * weight * scales[x, y, z, c]
                            if factor == 0.0:
                                continue
                            target = out[p, s]
                            for n in range(samples):
                                target[n] += factor * np.float32(trace[n])


@_fast
def trilinear(values, first, weights, out):
    """Values between nodes of a grid, into `out`.

    Parameters
    ----------
    values
        (nx, ny, nz, fields).
    first
        (points, 3) the first of the two nodes along each axis.
    weights
        (points, 3, 2) of these two.
    out
        (points, fields), zeros.
    """
    for p in range(first.shape[0]):
        x, y, z = first[p, 0], first[p, 1], first[p, 2]
        for i in range(2):
            for j in range(2):
                for k in range(2):
                    weight = weights[p, 0, i] * weights[p, 1, j] * weights[p, 2, k]
                    for field in range(values.shape[3]):
                        out[p, field] += weight * values[x + i, y + j, z + k, field]
