"""Points on the sphere: spirals, regions, regular grids, distances and nearest neighbours.

Latitudes and longitudes are in degrees everywhere (north and east positive); distances are
great-circle angles in radians unless a name says otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.spatial import cKDTree
from scipy.special import ellipe, ellipeinc


def spiral_slope(n: int) -> float:
    """Slope m of Koay's spiral with `n` points: the root of m E(-m^2) = n pi.

    E is the complete elliptic integral of the second kind as a function of its parameter.
    """
    if n < 2:
        raise ValueError(f"a spiral needs at least 2 points, not {n}")
    # m E(-m^2) grows from 0 and lies above m^2, so that the root is below sqrt(n pi).
    return brentq(lambda m: m * ellipe(-m * m) - n * np.pi, 1e-9, np.sqrt(n * np.pi), xtol=1e-13)


def spiral(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Koay's deterministic spiral of nearly uniform points, from the north pole southwards.

    The colatitudes solve E(theta_j | -m^2) = (2j - 1) pi / m for j = 1..n and the longitude is
    m theta_j modulo 2 pi: equal steps of arc length along the spiral.

    Parameters
    ----------
    n
        Number of points, 2 or more (the paper: 8000 points and 16 patches, here regions).

    Returns
    -------
    lat, lon
        Degrees, shape (n,); longitudes in [0, 360).

    References
    ----------
    Koay (2011), Journal of Computational Science 2; Scheiter et al. (2022), Sec. 4.4.
    """
    m = spiral_slope(n)
    half = (n + 1) // 2  # the south is the mirror image of the north
    arc = (2 * np.arange(1, half + 1) - 1) * np.pi / m
    theta = np.full(half, np.pi / 2)
    # E(theta | -m^2) is convex on [0, pi/2]: Newton's method from pi/2 falls onto each root.
    for _ in range(100):
        step = (ellipeinc(theta, -m * m) - arc) / np.sqrt(1 + (m * np.sin(theta)) ** 2)
        theta -= step
        if np.abs(step).max() < 1e-14:
            break
    theta = np.concatenate([theta, np.pi - theta[: n // 2][::-1]])
    return 90.0 - np.degrees(theta), np.degrees(m * theta) % 360.0


def regions(lat: np.ndarray, lon: np.ndarray, count: int = 16) -> list[np.ndarray]:
    """Divide points into regions around the points of a coarse spiral.

    Parameters
    ----------
    lat, lon
        Points in degrees, shape (n,).
    count
        Number of regions; each point belongs to the nearest of that many spiral points.

    Returns
    -------
    list of numpy.ndarray
        For each region, in the order of the coarse spiral, the indices of its points, ascending.
        For the paper's 8000 points the sizes are 469 to 532 (Sec. 4.4).
    """
    owner = nearest_points(*spiral(count), lat, lon)
    return [np.flatnonzero(owner == region) for region in range(count)]


def regular_grid(
    north: float, south: float, west: float, east: float, n_lat: int, n_lon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Axes of a regular grid, both ends included, rows from north to south.

    Returns
    -------
    lat, lon
        Degrees, shapes (n_lat,) and (n_lon,).
    """
    return np.linspace(north, south, n_lat), np.linspace(west, east, n_lon)


def regional_grid(
    south: float = -50.0, north: float = 0.0, west: float = 106.0, east: float = 156.0
) -> tuple[np.ndarray, np.ndarray]:
    """Axes of a grid of 23 x 23 points, rows from north to south; the paper's is Australia's.

    Sec. 4.2: 0 to -50 degrees north and 106 to 156 degrees east.
    """
    return regular_grid(north, south, west, east, 23, 23)


def map_grid() -> tuple[np.ndarray, np.ndarray]:
    """Axes of the published global maps: 72 latitudes x 144 longitudes, 0 and 360 both there."""
    return regular_grid(90.0, -90.0, 0.0, 360.0, 72, 144)


def grid_points(lat: np.ndarray, lon: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Flatten a grid into points, row by row.

    Parameters
    ----------
    lat, lon
        Axes in degrees, shapes (n_lat,) and (n_lon,).

    Returns
    -------
    lat, lon
        Degrees, shape (n_lat * n_lon,); point ``i * n_lon + j`` is row i, column j.
    """
    lat, lon = np.meshgrid(lat, lon, indexing="ij")
    return lat.ravel(), lon.ravel()


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> np.ndarray:
    """Cartesian unit vectors (..., 3) of points in degrees, float64; z through the north pole."""
    lat, lon = np.radians(lat, dtype=np.float64), np.radians(lon, dtype=np.float64)
    x, y = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon)
    return np.stack(np.broadcast_arrays(x, y, np.sin(lat)), axis=-1)


def latitude_longitude(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of Cartesian vectors (..., 3) of any length; longitudes in [0, 360)."""
    x, y, z = np.moveaxis(np.asarray(vectors, dtype=float), -1, 0)
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x)) % 360.0


def great_circle_distance(
    lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike
) -> np.ndarray:
    """Great-circle angle in radians between points in degrees (arrays broadcast).

    Written with the arctangent of cross and dot product, which is accurate for all distances.
    """
    a, b = unit_vectors(lat1, lon1), unit_vectors(lat2, lon2)
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(axis=-1))


def destination(
    lat: np.ndarray, lon: np.ndarray, azimuth: np.ndarray, distance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where one arrives from a point, in a direction, after a distance (arrays broadcast).

    Parameters
    ----------
    lat, lon
        Start in degrees.
    azimuth
        Direction at the start in degrees clockwise from north.
    distance
        Great-circle angle in radians.

    Returns
    -------
    lat, lon
        Degrees; longitudes in [0, 360).
    """
    phi, azimuth = np.radians(lat), np.radians(azimuth)
    east = np.sin(azimuth) * np.sin(distance) * np.ones_like(phi)
    north = np.cos(phi) * np.cos(distance) - np.sin(phi) * np.sin(distance) * np.cos(azimuth)
    up = np.sin(phi) * np.cos(distance) + np.cos(phi) * np.sin(distance) * np.cos(azimuth)
    turned = np.degrees(np.arctan2(east, north))
    return np.degrees(np.arctan2(up, np.hypot(east, north))), (lon + turned) % 360.0


def nearest_points(
    lat: np.ndarray, lon: np.ndarray, target_lat: np.ndarray, target_lon: np.ndarray
) -> np.ndarray:
    """Index of the nearest point on the sphere for every target.

    Parameters
    ----------
    lat, lon
        Points to choose from in degrees, shape (n,).
    target_lat, target_lon
        Targets in degrees, any equal shapes.

    Returns
    -------
    numpy.ndarray
        Integers of the shape of the targets. The chord between unit vectors grows with the
        great-circle distance, so that a tree in three dimensions finds the nearest.
    """
    return cKDTree(unit_vectors(lat, lon)).query(unit_vectors(target_lat, target_lon))[1]


def spacing(lat: np.ndarray, lon: np.ndarray, neighbours: int = 4) -> float:
    """Mean great-circle angle in radians between a point and its nearest neighbours.

    Parameters
    ----------
    lat, lon
        Points in degrees, shape (n,).
    neighbours
        How many neighbours of each point count; four surround a point of a nearly square grid.
    """
    place = unit_vectors(lat, lon)
    chord = cKDTree(place).query(place, neighbours + 1)[0][:, 1:]
    return float((2 * np.arcsin(chord / 2)).mean())


def neighbour_pairs(lat: np.ndarray, lon: np.ndarray, neighbours: int = 4) -> np.ndarray:
    """Pairs of a point and one of its nearest neighbours, each pair once: integers (pair, 2)."""
    place = unit_vectors(lat, lon)
    near = cKDTree(place).query(place, neighbours + 1)[1][:, 1:]
    pairs = np.stack([np.repeat(np.arange(len(place)), neighbours), near.ravel()], axis=1)
    return np.unique(np.sort(pairs, axis=1), axis=0)
