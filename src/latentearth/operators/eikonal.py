"""First arrivals by the eikonal equation, and the EDT likelihood of picked arrival times."""

from __future__ import annotations

import numba
import numpy as np
from scipy.ndimage import map_coordinates

from latentearth.io import InputError

RAY = np.array([0.125, 0.375, 0.625, 0.875])  # where the slowness along a short ray is sampled


def travel_times(
    velocity: np.ndarray, axes: list[np.ndarray], receiver: np.ndarray, radius: float = 30.0
) -> np.ndarray:
    """First arrivals of P waves between a receiver and every node.

    The fast marching method of order 2 (scikit-fmm) begins at the front that straight rays from
    the receiver form when it is about `radius` away, because nearer to a point the front is too
    curved for the grid.

    Parameters
    ----------
    velocity
        (nx, ny, nz) m/s.
    axes
        Nodes along x, y, z (m).
    receiver
        (3,) metres.
    radius
        Distance of the first front (m); at least two grid steps are taken.

    Returns
    -------
    numpy.ndarray
        (nx, ny, nz) seconds.

    Raises
    ------
    InputError
        If the receiver is outside the model.
    """
    import skfmm

    for name, axis, place in zip("xyz", axes, receiver, strict=True):
        if not axis[0] <= place <= axis[-1]:
            expected = f"{axis[0]:g} to {axis[-1]:g} m"
            raise InputError("eikonal", f"receiver's {name}", f"{place:g} m", expected)
    low = np.array([axis[0] for axis in axes])
    spacing = np.array([axis[1] - axis[0] for axis in axes])
    radius = max(radius, 2.0 * spacing.max())
    offsets = np.meshgrid(
        *(axis - place for axis, place in zip(axes, receiver, strict=True)), indexing="ij"
    )
    distance = np.sqrt(sum(part**2 for part in offsets))
    slowness = 1.0 / velocity.astype(float)
    # times along straight rays, where the front begins and some nodes beyond it
    straight = distance * slowness.max()
    near = distance <= radius + 4.0 * spacing.max()
    ends = np.column_stack([part[near] for part in offsets])
    begin = (np.asarray(receiver) - low) / spacing
    along = begin[None, None] + RAY[:, None, None] * (ends / spacing)[None]
    sampled = map_coordinates(slowness, along.reshape(-1, 3).T, order=1).reshape(RAY.size, -1)
    straight[near] = distance[near] * sampled.mean(axis=0)
    start = radius * straight[near].sum() / distance[near].sum()
    front = np.where(near, straight - start, np.maximum(straight - start, 0.0) + 1.0)
    times = start + np.asarray(skfmm.travel_time(front, velocity, dx=spacing.tolist(), order=2))
    return np.where(front <= 0.0, straight, times)


@numba.njit(cache=True, boundscheck=False)
def _interpolate(tables, low, spacing, point, out):
    """Trilinear values of tables, (receivers, nx, ny, nz), at one point; edges are extended."""
    index = np.empty(3, np.int64)
    weight = np.empty(3)
    for axis in range(3):
        place = (point[axis] - low[axis]) / spacing[axis]
        cell = min(max(int(np.floor(place)), 0), tables.shape[axis + 1] - 2)
        index[axis] = cell
        weight[axis] = min(max(place - cell, 0.0), 1.0)
    i, j, k = index
    u, v, w = weight
    for r in range(tables.shape[0]):
        t = tables[r]
        lower = (t[i, j, k] * (1 - w) + t[i, j, k + 1] * w) * (1 - v) + (
            t[i, j + 1, k] * (1 - w) + t[i, j + 1, k + 1] * w
        ) * v
        upper = (t[i + 1, j, k] * (1 - w) + t[i + 1, j, k + 1] * w) * (1 - v) + (
            t[i + 1, j + 1, k] * (1 - w) + t[i + 1, j + 1, k + 1] * w
        ) * v
        out[r] = lower * (1 - u) + upper * u


@numba.njit(cache=True, boundscheck=False)
def interpolate_times(
    tables: np.ndarray, low: np.ndarray, spacing: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Travel times from points to receivers, (points, receivers) in s, by trilinear interpolation.

    Parameters
    ----------
    tables
        (receivers, nx, ny, nz) seconds.
    low, spacing
        (3,) first node and step of the tables (m).
    points
        (points, 3) metres.
    """
    out = np.empty((points.shape[0], tables.shape[0]))
    for n in range(points.shape[0]):
        _interpolate(tables, low, spacing, points[n], out[n])
    return out


@numba.njit(cache=True, boundscheck=False)
def edt_log_likelihood(
    tables: np.ndarray,
    low: np.ndarray,
    spacing: np.ndarray,
    picks: np.ndarray,
    errors: np.ndarray,
    exponent: float,
    points: np.ndarray,
) -> np.ndarray:
    """Logarithm of the equal-differential-time likelihood, equation (14).

    ``[sum over pairs a < b of exp(-(dT - dTT)^2 / (sa^2 + sb^2)) / sqrt(sa^2 + sb^2)]^N``: no
    origin time, and one bad pick spoils its pairs only.

    Parameters
    ----------
    tables, low, spacing
        As in :func:`interpolate_times`.
    picks, errors
        (receivers,) arrival times and their standard errors (s).
    exponent
        N.
    points
        (points, 3) metres.

    Returns
    -------
    numpy.ndarray
        (points,)
    """
    out = np.empty(points.shape[0])
    times = np.empty(tables.shape[0])
    for n in range(points.shape[0]):
        _interpolate(tables, low, spacing, points[n], times)
        total = 0.0
        for a in range(times.size):
            for b in range(a + 1, times.size):
                variance = errors[a] ** 2 + errors[b] ** 2
                residual = (picks[a] - picks[b]) - (times[a] - times[b])
                total += np.exp(-(residual**2) / variance) / np.sqrt(variance)
        out[n] = exponent * np.log(max(total, 1e-300))
    return out


def arrival_log_likelihood(
    tables: np.ndarray,
    low: np.ndarray,
    spacing: np.ndarray,
    picks: np.ndarray,
    errors: np.ndarray,
    points: np.ndarray,
    origin_known: bool = True,
) -> np.ndarray:
    """Logarithm of the Gaussian likelihood of arrival times, (points,).

    Parameters
    ----------
    tables, low, spacing
        As in :func:`interpolate_times`.
    picks, errors
        (receivers,) arrival times and their standard errors (s).
    points
        (points, 3) metres.
    origin_known
        Whether times count from the origin time; if not, the likeliest one of each point is taken,
        which is what all differences of times tell.
    """
    late = picks - interpolate_times(tables, low, spacing, points)
    if not origin_known:
        late -= np.average(late, axis=1, weights=errors**-2.0)[:, None]
    residual = late / errors
    return -0.5 * (residual**2).sum(axis=1)
