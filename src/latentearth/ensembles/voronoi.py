"""Values of spherical Voronoi models at points.

A trans-dimensional model is a set of nuclei with one velocity each; a point takes the velocity
of the nearest nucleus. Many models are kept as one ragged array (CF: contiguous ragged array).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

from latentearth.earth.sphere import unit_vectors

SEARCHED_POINTS = (
    128  # points that share one search; measured: 64 and 256 are no faster for 8000 points
)


class VoronoiModels(NamedTuple):
    """Voronoi models one after the other.

    Attributes
    ----------
    n_cells
        Number of cells of each model, shape (model,).
    lat, lon
        Nuclei in degrees, shape (cell,), where cell counts the cells of all models in turn.
    vs
        Velocity of each cell, shape (cell,), in km/s (or any other unit).
    """

    n_cells: np.ndarray
    lat: np.ndarray
    lon: np.ndarray
    vs: np.ndarray


def evaluate(models: VoronoiModels, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Velocity of every model at every point.

    Parameters
    ----------
    models
        Voronoi models (or the tuple of their four arrays).
    lat, lon
        Points in degrees, shape (point,).

    Returns
    -------
    numpy.ndarray
        float32, shape (model, point), in the unit of the models. Models are spread over the
        threads that numba may use.

    Raises
    ------
    ValueError
        If a model has no cell, or the counts do not add up to the number of cells.

    Notes
    -----
    Points are taken in tiles of similar latitude, and nuclei in order of their distance in
    latitude from the tile. The difference in latitude never exceeds the distance on the sphere,
    so that the search of a tile ends when it exceeds the distance of its worst-served point.
    """
    n_cells, cell_lat, cell_lon, vs = (np.asarray(array) for array in models)
    if not cell_lat.shape == cell_lon.shape == vs.shape == (n_cells.sum(),):
        raise ValueError(
            f"n_cells counts {n_cells.sum()} cells, but lat, lon and vs have shapes "
            f"{cell_lat.shape}, {cell_lon.shape}, {vs.shape}"
        )
    if n_cells.size and n_cells.min() < 1:
        raise ValueError(
            f"model {n_cells.argmin()} has {n_cells.min()} cells; at least 1 is needed"
        )
    lat, lon = np.ravel(lat), np.ravel(lon)
    order = np.argsort(lat, kind="stable")
    values = np.empty((n_cells.size, lat.size), np.float32)
    _evaluate(
        np.concatenate([[0], np.cumsum(n_cells, dtype=np.int64)]),
        unit_vectors(cell_lat, cell_lon).reshape(-1, 3),
        np.radians(cell_lat, dtype=np.float64),
        vs.astype(np.float32),
        np.ascontiguousarray(unit_vectors(lat[order], lon[order]).T),
        np.radians(lat[order], dtype=np.float64),
        order,
        values,
    )
    return values


@numba.njit(parallel=True, cache=True)
def _evaluate(offsets, nuclei, nucleus_lat, vs, points, point_lat, place, values):
    """Fill `values` (model, point); `points` (3, point) are sorted by `point_lat` (radians)."""
    for model in numba.prange(offsets.size - 1):
        cells = slice(offsets[model], offsets[model + 1])
        order = np.argsort(nucleus_lat[cells])
        row = _evaluate_one(
            nuclei[cells][order], nucleus_lat[cells][order], vs[cells][order], points, point_lat
        )
        values[model][place] = row


@numba.njit(cache=True)
def _evaluate_one(nuclei, nucleus_lat, vs, points, point_lat):
    """One model; nuclei (cell, 3) and points (3, point) are sorted by latitude (radians)."""
    n_cells, n_points = vs.size, point_lat.size
    row = np.empty(n_points, np.float32)
    cosine = np.empty(SEARCHED_POINTS)
    value = np.empty(SEARCHED_POINTS, np.float32)
    for start in range(0, n_points, SEARCHED_POINTS):
        size = min(SEARCHED_POINTS, n_points - start)
        tile = slice(start, start + size)  # plain indices within it let the loop become vector code
        px, py, pz = points[0][tile], points[1][tile], points[2][tile]
        south, north = point_lat[start], point_lat[start + size - 1]
        above = np.searchsorted(nucleus_lat, 0.5 * (south + north))
        below = above - 1
        cosine[:] = -2.0
        bound, since = np.inf, 0
        while below >= 0 or above < n_cells:
            gap_below = south - nucleus_lat[below] if below >= 0 else np.inf
            gap_above = nucleus_lat[above] - north if above < n_cells else np.inf
            if min(gap_below, gap_above) > bound:
                break
            if gap_below <= gap_above:
                cell = below
                below -= 1
            else:
                cell = above
                above += 1
            x, y, z, v = nuclei[cell, 0], nuclei[cell, 1], nuclei[cell, 2], vs[cell]
            for i in range(size):  # without branches, for the same reason
                c = x * px[i] + y * py[i] + z * pz[i]
                nearer = c > cosine[i]
                cosine[i] = c if nearer else cosine[i]
                value[i] = v if nearer else value[i]
            since += 1
            if since == 16:
                since = 0
                worst = 2.0
                for i in range(size):
                    worst = min(worst, cosine[i])
                # The margin covers the arccosine's loss of digits at small angles.
                bound = math.acos(max(-1.0, min(1.0, worst))) + 1e-7
        row[tile] = value[:size]
    return row
