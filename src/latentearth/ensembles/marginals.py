"""Marginal distributions at points: histograms and the earth mover's distance between them."""

from __future__ import annotations

from collections.abc import Iterable

import numba
import numpy as np
from scipy.special import ndtri

SORTED_POINTS = 64  # points sorted at once: 100 MB for 180 000 float32 samples of two ensembles


def marginal_histograms(blocks: Iterable[np.ndarray], edges: np.ndarray) -> np.ndarray:
    """Histograms of every point, counted block by block.

    Parameters
    ----------
    blocks
        Blocks of samples, shape (k, point).
    edges
        Ascending edges of the bins, shape (bin + 1,), in the unit of the values.

    Returns
    -------
    numpy.ndarray
        int64, shape (point, bin). As in numpy, a bin holds its left edge, the last bin also its
        right one; values outside are not counted.
    """
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or not (np.diff(edges) > 0).all():
        raise ValueError("edges of bins must be at least two and ascending")
    counts = None
    for block in blocks:
        if counts is None:
            counts = np.zeros((block.shape[1], edges.size - 1), np.int64)
        _count(np.ascontiguousarray(block), edges, counts)
    if counts is None:
        raise ValueError("there is no block to count")
    return counts


@numba.njit(parallel=True, cache=True)
def _count(block, edges, counts):
    """Add a block (k, point) to `counts` (point, bin); a thread has its own tile of points."""
    n_points, last = block.shape[1], edges.size - 1
    scale = last / (edges[last] - edges[0])
    for number in numba.prange((n_points + SORTED_POINTS - 1) // SORTED_POINTS):
        for sample in range(block.shape[0]):
            for point in range(number * SORTED_POINTS, min((number + 1) * SORTED_POINTS, n_points)):
                value = np.float64(block[sample, point])
                if edges[0] <= value <= edges[last]:
                    # The bin if all were equal; then step to the right one.
                    place = min(int((value - edges[0]) * scale), last - 1)
                    while value < edges[place]:
                        place -= 1
                    while place < last - 1 and value >= edges[place + 1]:
                        place += 1
                    counts[point, place] += 1


def earth_movers_distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""Earth mover's distance between the marginals of two ensembles (Fig. 6, Fig. 8).

    The 1-Wasserstein distance in one dimension,
    :math:`\int |F_a(x) - F_b(x)| \, \mathrm{d}x`, is exact for the empirical distributions,
    whatever the numbers of samples.

    Parameters
    ----------
    a, b
        Samples, shapes (sample_a, point) and (sample_b, point).

    Returns
    -------
    numpy.ndarray
        float64, shape (point,), in the unit of the samples.

    Raises
    ------
    ValueError
        If an ensemble is empty, or the points do not match.
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or 0 in (len(a), len(b)):
        raise ValueError(f"ensembles of shapes {a.shape} and {b.shape} cannot be compared")
    distance = np.empty(a.shape[1])
    for start in range(0, a.shape[1], SORTED_POINTS):
        tile = slice(start, start + SORTED_POINTS)
        sorted_a = np.sort(np.ascontiguousarray(a[:, tile].T), axis=1)
        sorted_b = np.sort(np.ascontiguousarray(b[:, tile].T), axis=1)
        distance[tile] = _between_sorted(sorted_a, sorted_b)
    return distance


def distance_to_gaussian(samples: np.ndarray) -> np.ndarray:
    """Earth mover's distance of the marginals to Gaussians of the same mean and deviation.

    What is lost if mean and standard deviation of an ensemble are all that is kept (Sec. 4.2).
    A Gaussian stands as its quantiles at (i + 1/2) / n, as many as there are samples.

    Parameters
    ----------
    samples
        Shape (sample, point).

    Returns
    -------
    numpy.ndarray
        float64, shape (point,), in the unit of the samples.
    """
    quantiles = ndtri((np.arange(len(samples)) + 0.5) / len(samples))
    distance = np.empty(samples.shape[1])
    for start in range(0, samples.shape[1], SORTED_POINTS):
        tile = slice(start, start + SORTED_POINTS)
        values = np.sort(samples[:, tile].astype(np.float64), axis=0)
        gaussian = values.mean(0) + np.outer(quantiles, values.std(0))
        distance[tile] = np.abs(values - gaussian).mean(0)
    return distance


@numba.njit(parallel=True, cache=True)
def _between_sorted(a, b):
    """Area between two empirical distribution functions, for samples sorted along axis 1."""
    n, m = a.shape[1], b.shape[1]
    distance = np.empty(a.shape[0])
    for point in numba.prange(a.shape[0]):
        x, y = a[point], b[point]
        i, j = 0, 0
        here = min(np.float64(x[0]), np.float64(y[0]))
        total = 0.0
        while i < n or j < m:
            # Values below and at `here` are counted by i and j; go on to the next one.
            from_a = j >= m or (i < n and x[i] <= y[j])
            value = np.float64(x[i] if from_a else y[j])
            total += abs(i * m - j * n) * (value - here)
            here = value
            if from_a:
                i += 1
            else:
                j += 1
        distance[point] = total / (np.float64(n) * m)
    return distance


def random_halves(n_samples: int, seed: np.random.SeedSequence | int) -> np.ndarray:
    """Mark a random half of the samples: bool, shape (sample,), ``n_samples // 2`` are true."""
    chosen = np.zeros(n_samples, bool)
    chosen[np.random.default_rng(seed).permutation(n_samples)[: n_samples // 2]] = True
    return chosen


def halves_by_chain(chain: np.ndarray) -> np.ndarray:
    """Mark the samples of every other chain: bool, shape (sample,).

    Samples of one chain are correlated; halves of whole chains show by how much two independent
    runs would differ, where random halves show the scatter of independent samples only.
    """
    _, number = np.unique(chain, return_inverse=True)
    if number.max(initial=0) < 1:
        raise ValueError("halves of chains need at least two chains")
    return number % 2 == 0


def sampling_floor(
    ensemble: np.ndarray, first_half: np.ndarray, sizes: tuple[int, int] | None = None
) -> np.ndarray:
    """Earth mover's distance that is due to the finite number of samples alone.

    Parameters
    ----------
    ensemble
        Samples, shape (sample, point).
    first_half
        Which samples make the first half, bool (sample,): :func:`random_halves` or
        :func:`halves_by_chain`.
    sizes
        Numbers of samples of the two ensembles that the floor is wanted for. The distance of
        independent samples of one distribution goes as sqrt(1/n + 1/m), and the distance of the
        halves is scaled by it. None: as it is, the distance of the halves.

    Returns
    -------
    numpy.ndarray
        Shape (point,), in the unit of the samples.
    """
    first, second = ensemble[first_half], ensemble[~first_half]
    distance = earth_movers_distance(first, second)
    if sizes is not None:
        wanted = 1 / sizes[0] + 1 / sizes[1]
        distance *= np.sqrt(wanted / (1 / len(first) + 1 / len(second)))
    return distance
