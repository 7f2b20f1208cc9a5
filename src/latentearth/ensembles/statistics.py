"""Moments, covariances and sizes of ensembles too large for memory.

Everything takes an ensemble as blocks of samples, float arrays of shape (k, point), and adds in
float64 with formulas for merging two parts (Chan et al. 1983; Pebay 2008), so that neither the
number of samples nor a large mean spoils the result. One array is the special case ``[array]``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import NamedTuple

import numba
import numpy as np

MOMENT_POINTS = 256  # points that one thread treats together


class Moments(NamedTuple):
    """Sums of powers of deviations from the mean over samples, for every point.

    Attributes
    ----------
    n
        Number of samples.
    mean, m2, m3, m4
        Mean, and sums of the 2nd, 3rd and 4th power of (value - mean), each of shape (point,).
    """

    n: int
    mean: np.ndarray
    m2: np.ndarray
    m3: np.ndarray
    m4: np.ndarray

    def std(self, ddof: int = 0) -> np.ndarray:
        """Return the standard deviation (point,), in the unit of the values."""
        return np.sqrt(self.m2 / (self.n - ddof))

    def skewness(self) -> np.ndarray:
        """Return the biased (moment) skewness (point,); NaN where all samples are equal."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.sqrt(self.n) * self.m3 / self.m2**1.5

    def kurtosis(self) -> np.ndarray:
        """Return the biased excess kurtosis (point,), 0 for a Gaussian; NaN if all are equal."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.n * self.m4 / self.m2**2 - 3.0


def block_moments(block: np.ndarray) -> Moments:
    """Moments of one block of samples (k, point), k of at least 1."""
    if block.ndim != 2 or len(block) == 0:
        raise ValueError(f"a block has shape (samples, points) with samples, not {block.shape}")
    return Moments(len(block), *_block_moments(np.ascontiguousarray(block)))


def merge_moments(a: Moments, b: Moments) -> Moments:
    """Moments of the union of two disjoint sets of samples (Pebay 2008, eq. 2.1)."""
    n, delta = a.n + b.n, b.mean - a.mean
    part = b.n / n
    cross = a.n * part
    m2 = a.m2 + b.m2 + delta**2 * cross
    m3 = a.m3 + b.m3 + delta**3 * cross * (a.n - b.n) / n
    m3 += 3 * delta * (a.n * b.m2 - b.n * a.m2) / n
    m4 = a.m4 + b.m4 + delta**4 * cross * (a.n**2 - a.n * b.n + b.n**2) / n**2
    m4 += 6 * delta**2 * (a.n**2 * b.m2 + b.n**2 * a.m2) / n**2
    m4 += 4 * delta * (a.n * b.m3 - b.n * a.m3) / n
    return Moments(n, a.mean + delta * part, m2, m3, m4)


def ensemble_moments(blocks: Iterable[np.ndarray]) -> Moments:
    """First four moments of an ensemble given as blocks of samples (k, point)."""
    return functools.reduce(merge_moments, map(block_moments, blocks))


@numba.njit(parallel=True, cache=True)
def _block_moments(block):
    """Two passes over the block, tile of points by tile of points."""
    n, n_points = block.shape
    mean, m2 = np.zeros(n_points), np.zeros(n_points)
    m3, m4 = np.zeros(n_points), np.zeros(n_points)
    for number in numba.prange((n_points + MOMENT_POINTS - 1) // MOMENT_POINTS):
        tile = slice(number * MOMENT_POINTS, min((number + 1) * MOMENT_POINTS, n_points))
        mu, s2, s3, s4 = mean[tile], m2[tile], m3[tile], m4[tile]
        for sample in range(n):
            row = block[sample][tile]
            for i in range(row.size):
                mu[i] += row[i]
        for i in range(mu.size):
            mu[i] /= n
        for sample in range(n):
            row = block[sample][tile]
            for i in range(row.size):
                d = row[i] - mu[i]
                d2 = d * d
                s2[i] += d2
                s3[i] += d2 * d
                s4[i] += d2 * d2
    return mean, m2, m3, m4


class CoMoments(NamedTuple):
    """Sums of products of deviations between all points.

    Attributes
    ----------
    n
        Number of samples.
    mean
        Mean of every point, shape (point,).
    products
        Sum over samples of the products of deviations, shape (point, point).
    """

    n: int
    mean: np.ndarray
    products: np.ndarray

    def covariance(self, ddof: int = 1) -> np.ndarray:
        """Return covariances (point, point), in the squared unit of the values."""
        return self.products / (self.n - ddof)


def block_comoments(block: np.ndarray) -> CoMoments:
    """Co-moments of one block of samples (k, point)."""
    mean = block.mean(axis=0, dtype=np.float64)
    deviation = block - mean
    mean_error = deviation.mean(axis=0)  # what the rounding of the mean left over
    deviation -= mean_error
    return CoMoments(len(block), mean + mean_error, deviation.T @ deviation)


def merge_comoments(a: CoMoments, b: CoMoments) -> CoMoments:
    """Co-moments of the union of two disjoint sets of samples; `a` is used up.

    The sum is made in the memory of `a`, as the matrix of 8000 points takes half a gigabyte.
    """
    n, delta = a.n + b.n, b.mean - a.mean
    products = a.products
    products += b.products
    products += np.outer(delta * (a.n * b.n / n), delta)
    return CoMoments(n, a.mean + delta * (b.n / n), products)


def covariance_matrix(blocks: Iterable[np.ndarray], ddof: int = 1) -> np.ndarray:
    """Covariances between all points (Fig. 7, Fig. 8), shape (point, point), in squared units."""
    return functools.reduce(merge_comoments, map(block_comoments, blocks)).covariance(ddof)


def map_difference(a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Compare two maps: weighted root-mean-square difference and correlation.

    Parameters
    ----------
    a, b
        Values at the same points, shape (point,).
    weights
        Area of each point, shape (point,) in any unit: ones for a spiral, the cosine of the
        latitude for a regular grid.

    Returns
    -------
    rmse, correlation : float
    """
    weights = weights / weights.sum()
    da, db = a - (weights * a).sum(), b - (weights * b).sum()
    rmse = np.sqrt((weights * (a - b) ** 2).sum())
    spread = np.sqrt((weights * da**2).sum() * (weights * db**2).sum())
    return float(rmse), float((weights * da * db).sum() / spread)


def ensemble_values(n_models: int, n_parameters: int) -> int:
    """Numbers that describe an ensemble: 180 000 x 529 is 95 million (Sec. 4.2)."""
    return n_models * n_parameters


def compression_rate(n_values: int, n_weights: int) -> float:
    """Part of the numbers that a generator saves: 1 - weights / values (Sec. 4.2 and 4.4)."""
    return 1.0 - n_weights / n_values
