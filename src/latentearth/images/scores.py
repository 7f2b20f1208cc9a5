"""How near an ensemble of images comes to another: binarity, coverage, sliced distances.

A generator is compared with images that it has not learned from. Distances between images are
taken on coarse images, because pixels of sharp, chaotic stripes differ as soon as a stripe moves
by its width, so that on the fine grid all images are about equally far apart.
"""

from __future__ import annotations

import numpy as np


def coarse(images: np.ndarray, side: int = 16) -> np.ndarray:
    """Average images over blocks of pixels.

    Parameters
    ----------
    images
        (image, size, size).
    side
        Blocks along a side; it divides the size (a larger one leaves the images as they are).

    Returns
    -------
    numpy.ndarray
        (image, side * side) float32.

    Raises
    ------
    ValueError
        If `side` does not divide the size.
    """
    count, size = images.shape[:2]
    side = min(side, size)
    if size % side:
        raise ValueError(f"{side} blocks along {size} pixels; allowed: a divisor")
    block = size // side
    blocks = np.asarray(images).reshape(count, side, block, side, block)
    return blocks.mean((2, 4), dtype=np.float32).reshape(count, -1)


def binarity(images: np.ndarray, margin: float = 0.1) -> float:
    """Share of pixels within `margin` of 0 or 1."""
    images = np.asarray(images)
    return float(((images <= margin) | (images >= 1 - margin)).mean())


def squared_distances(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Squared distances (point, other) between points (point, coordinate) and others."""
    a, b = np.asarray(points, np.float64), np.asarray(others, np.float64)
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return np.maximum(squares, 0.0)


def _radii(points: np.ndarray, k: int) -> np.ndarray:
    """Squared distance of each point to its k-th neighbour among the others."""
    squares = squared_distances(points, points)
    np.fill_diagonal(squares, np.inf)
    return np.partition(squares, k - 1, axis=1)[:, k - 1]


def prdc_scores(real: np.ndarray, generated: np.ndarray, k: int = 5) -> dict[str, float]:
    """Do generated points lie among the real ones, and do they reach all of them?

    Around each point of one set a ball reaches to its k-th neighbour in the same set.

    Parameters
    ----------
    real, generated
        (point, coordinate), for example from :func:`coarse`; of equal numbers, on which all
        these depend.
    k
        The neighbour. Where the two sets come from one distribution, `coverage` is about
        1 - 2^-k, and precision and recall are alike but below 1.

    Returns
    -------
    dict
        ``precision``, share of generated points in some ball of a real one, and ``recall``, the
        reverse (Kynkaanniemi et al. 2019); ``density``, balls of real points that a generated
        one lies in over k, and ``coverage``, share of real points with a generated one in their
        ball (Naeem et al. 2020).

    Raises
    ------
    ValueError
        If a set has no k-th neighbour.
    """
    if min(len(real), len(generated)) <= k:
        raise ValueError(f"{len(real)} and {len(generated)} points; allowed: more than k = {k}")
    across = squared_distances(real, generated)
    of_real, of_generated = _radii(real, k)[:, None], _radii(generated, k)
    within = across <= of_real
    return {
        "precision": float(within.any(0).mean()),
        "recall": float((across <= of_generated).any(1).mean()),
        "density": float(within.sum(0).mean() / k),
        "coverage": float(within.any(1).mean()),
    }


def sliced_wasserstein(
    points: np.ndarray, others: np.ndarray, seed: np.random.SeedSequence, directions: int = 256
) -> float:
    """Mean earth mover's distance of two ensembles along random directions.

    Parameters
    ----------
    points, others
        (point, coordinate), of equal numbers.
    seed
        Of the directions, uniform on the sphere.
    directions
        How many.

    Returns
    -------
    float
        In units of a coordinate times the root of their number: shifting all points by c in
        every coordinate gives about 0.8 c whatever that number.

    Raises
    ------
    ValueError
        If the numbers differ.
    """
    if points.shape != others.shape:
        raise ValueError(f"ensembles of shapes {points.shape} and {others.shape}; allowed: equal")
    axes = np.random.default_rng(seed).normal(size=(points.shape[1], directions))
    axes /= np.linalg.norm(axes, axis=0)
    along, other = (np.sort(e.astype(np.float64) @ axes, axis=0) for e in (points, others))
    return float(np.abs(along - other).mean())


def local_minima(curve: np.ndarray) -> int:
    """Number of points of a curve (point,) that lie below both neighbours."""
    inner = curve[1:-1]
    return int(((inner < curve[:-2]) & (inner < curve[2:])).sum())


def basin_width(along: np.ndarray, curve: np.ndarray, level: float = 0.5) -> float:
    """Width of the valley about the smallest value of a curve of distances.

    Parameters
    ----------
    along
        (point,), growing.
    curve
        (point,) distances to the image at the point where the curve is smallest.
    level
        Share of the curve's largest value up to which the valley reaches.

    Returns
    -------
    float
        Between the nearest points on either side where the curve, interpolated, reaches the
        level, or the end of the curve.
    """
    lowest, height = int(curve.argmin()), level * curve.max()
    ends = []
    for x, y in ((along[lowest:], curve[lowest:]), (along[lowest::-1], curve[lowest::-1])):
        above = np.flatnonzero(y >= height)
        if not len(above):
            ends.append(x[-1])
            continue
        k = above[0]
        share = (height - y[k - 1]) / (y[k] - y[k - 1]) if k else 0.0
        ends.append(x[k - 1] + share * (x[k] - x[k - 1]) if k else x[0])
    return float(ends[0] - ends[1])


def nearest_images(
    images: np.ndarray, others: np.ndarray, block: int = 2048
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared distance to the nearest of other images (eqs 17, 18).

    Parameters
    ----------
    images
        (image, size, size), grey from 0 to 1.
    others
        (other, size, size), for example the prior images that a generator learned from.
    block
        Others taken at a time.

    Returns
    -------
    distance : numpy.ndarray
        (image,); for images of 0 and 1 the share of pixels that differ.
    index : numpy.ndarray
        (image,) which of the others it is.
    """
    flat = np.asarray(images, np.float32).reshape(len(images), -1)
    own = (flat**2).sum(axis=1, dtype=np.float64)
    best, index = np.full(len(flat), np.inf), np.zeros(len(flat), dtype=int)
    for start in range(0, len(others), block):
        part = np.asarray(others[start : start + block], np.float32).reshape(-1, flat.shape[1])
        squared = own[:, None] - 2.0 * (flat @ part.T) + (part**2).sum(axis=1, dtype=np.float64)
        found = squared.argmin(axis=1)
        distance = np.maximum(squared[np.arange(len(flat)), found], 0.0) / flat.shape[1]
        closer = distance < best
        best[closer], index[closer] = distance[closer], found[closer] + start
    return best, index
