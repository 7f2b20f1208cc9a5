"""Compiled kernels of Gaussian processes: Matern-3/2 with a length scale per feature.

Equation 2 of Spurio Mancini et al. (2021) without its variance:
k(r) = (1 + sqrt(3) r) exp(-sqrt(3) r), r the distance in units of the length scales.
"""

from __future__ import annotations

import numba
import numpy as np

ROOT3 = np.sqrt(3.0)
KERNEL_VALUES_AT_ONCE = 256  # kernel values that stay in the fastest cache
_FAST = {"contract", "reassoc", "arcp"}


@numba.njit(inline="always")
def _decay(x):
    """exp(-x) for x >= 0, within 3e-16; without branches or calls, so that it vectorises."""
    x = min(x, 700.0)
    n = np.floor(x * 1.4426950408889634 + 0.5)
    r = n * 0.6931471803691238 - x + n * 1.9082149292705877e-10  # log 2 in two parts
    p = 2.08767569878681e-9  # 1/12!, and on to 1/0!
    p = p * r + 2.505210838544172e-8
    p = p * r + 2.755731922398589e-7
    p = p * r + 2.7557319223985893e-6
    p = p * r + 2.48015873015873e-5
    p = p * r + 1.984126984126984e-4
    p = p * r + 1.388888888888889e-3
    p = p * r + 8.333333333333333e-3
    p = p * r + 4.1666666666666664e-2
    p = p * r + 1.6666666666666666e-1
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p, np.int64(n)


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def _row(point, others, first, count, values, scratch):
    """Kernel between a point (feature,) and `count` others (feature, n) from `first` on.

    Both in units of the length scales times 1/sqrt(3). `values` receives the kernel.
    """
    if len(point) == 4:  # position and distance, what every emulator sees: in one pass
        x0, x1, x2, x3 = point[0], point[1], point[2], point[3]
        c0, c1 = others[0, first : first + count], others[1, first : first + count]
        c2, c3 = others[2, first : first + count], others[3, first : first + count]
        for j in range(count):
            near = (x0 - c0[j]) ** 2 + (x1 - c1[j]) ** 2
            scratch[j] = near + (x2 - c2[j]) ** 2 + (x3 - c3[j]) ** 2
    else:
        for j in range(count):
            scratch[j] = 0.0
        for f in range(len(point)):
            x, column = point[f], others[f, first : first + count]
            for j in range(count):
                scratch[j] += (x - column[j]) ** 2
    bits = values.view(np.int64)
    for j in range(count):
        r = np.sqrt(scratch[j])
        p, n = _decay(r)
        scratch[j] = (1.0 + r) * p
        bits[j] = (1023 - n) << 52  # the bits of 2^-n
    for j in range(count):
        values[j] *= scratch[j]


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def predict_processes(points, others, weights, out):
    """Sums of kernels times weights, without ever holding the kernel matrix.

    Parameters
    ----------
    points
        (point, feature), scaled.
    others
        Training points, (feature, n), scaled.
    weights
        (output, n).
    out
        (point, output), written.
    """
    n = others.shape[1]
    values, scratch = np.empty(KERNEL_VALUES_AT_ONCE), np.empty(KERNEL_VALUES_AT_ONCE)
    for i in range(len(points)):
        for m in range(len(weights)):
            out[i, m] = 0.0
        for first in range(0, n, KERNEL_VALUES_AT_ONCE):
            count = min(KERNEL_VALUES_AT_ONCE, n - first)
            _row(points[i], others, first, count, values, scratch)
            for m in range(len(weights)):
                total, w = 0.0, weights[m, first : first + count]
                for j in range(count):
                    total += values[j] * w[j]
                out[i, m] += total


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def matrix(points, others, out):
    """Kernel matrix (point, n) of scaled points (point, feature) and others (feature, n)."""
    n = others.shape[1]
    values, scratch = np.empty(KERNEL_VALUES_AT_ONCE), np.empty(KERNEL_VALUES_AT_ONCE)
    for i in range(len(points)):
        for first in range(0, n, KERNEL_VALUES_AT_ONCE):
            count = min(KERNEL_VALUES_AT_ONCE, n - first)
            _row(points[i], others, first, count, values, scratch)
            out[i, first : first + count] = values[:count]


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def slopes(points, sensitivity, out):
    """Derivatives of a function of the kernel matrix by the logarithms of the length scales.

    d k / d log l_f = 3 exp(-sqrt(3) r) (difference_f / l_f)^2

    Parameters
    ----------
    points
        (feature, n), scaled by the length scales times 1/sqrt(3).
    sensitivity
        Derivative by each element of the (symmetric) matrix, (n, n).
    out
        (feature,), written.
    """
    features, n = points.shape
    scratch, decay = np.empty(n), np.empty(n)
    bits = decay.view(np.int64)
    out[:] = 0.0
    for i in range(n):
        for j in range(i):
            scratch[j] = 0.0
        for f in range(features):
            x, column = points[f, i], points[f]
            for j in range(i):
                scratch[j] += (x - column[j]) ** 2
        for j in range(i):
            p, k = _decay(np.sqrt(scratch[j]))
            scratch[j] = p * sensitivity[i, j]
            bits[j] = (1023 - k) << 52
        for j in range(i):
            scratch[j] *= decay[j]
        for f in range(features):
            x, column, total = points[f, i], points[f], 0.0
            for j in range(i):
                total += scratch[j] * (x - column[j]) ** 2
            out[f] += 2.0 * total  # both triangles; 3 (difference / l)^2 is the scaled square
