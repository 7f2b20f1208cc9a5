"""Map projections of the sphere, and the coastlines.

Coastlines are those of Natural Earth at 1:50 million (public domain, naturalearthdata.com),
stored in ``coastlines.npz``: simplified to 0.05 degrees (Douglas-Peucker), without islands below
0.3 degrees, in hundredths of a degree. They were read from the R package rnaturalearthdata 0.1.0
(CC0).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

PACIFIC = 131.0  # central longitude of the published maps; also the middle of Australia's
GLOBE = (-90.0, 90.0, -180.0, 180.0)


class Projection(NamedTuple):
    """A map projection of the unit sphere.

    Attributes
    ----------
    forward
        From latitude and longitude *relative to the centre* (degrees) to x, y (sphere radii).
    inverse
        The other way; NaN where there is no such point.
    centre
        Central longitude in degrees.
    """

    forward: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    inverse: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    centre: float


class Region(NamedTuple):
    """Part of the sphere between two parallels and two meridians, in degrees."""

    south: float
    north: float
    west: float
    east: float


AUSTRALIA = Region(-50.0, 0.0, 106.0, 156.0)


def place_name(lat: float, lon: float) -> str:
    """A place in whole degrees, as maps write it: 11° S, 117° E."""
    lon = (lon + 180.0) % 360.0 - 180.0
    return f"{abs(lat):.0f}° {'S' if lat < 0 else 'N'}, {abs(lon):.0f}° {'W' if lon < 0 else 'E'}"


def mollweide(centre: float = PACIFIC) -> Projection:
    """Mollweide's equal-area projection: the globe is an ellipse of half-axes 2 sqrt2, sqrt2.

    Snyder (1987), Map projections, pp. 249-252: x = (2 sqrt2 / pi) l cos(t), y = sqrt2 sin(t),
    where 2 t + sin(2 t) = pi sin(latitude) and l is the longitude relative to the centre.
    """
    return Projection(_mollweide_forward, _mollweide_inverse, centre)


def plate_carree(centre: float = PACIFIC) -> Projection:
    """Latitude and longitude as they are (in radians)."""

    def inverse(x, y):
        lat, lon = np.degrees(y), np.degrees(x)
        outside = (np.abs(lat) > 90) | (np.abs(lon) > 180)
        return np.where(outside, np.nan, lat), np.where(outside, np.nan, lon)

    return Projection(lambda lat, lon: (np.radians(lon), np.radians(lat)), inverse, centre)


def _mollweide_forward(lat, lon):
    target = np.pi * np.abs(np.sin(np.radians(lat)))
    # In s = pi/2 - t the equation is 2 s - sin(2 s) = pi - target; Newton's method from this
    # start converges at the pole, where the derivative vanishes, as elsewhere.
    rest = np.pi - target
    s = np.cbrt(0.75 * rest)
    for _ in range(12):
        slope = 4 * np.sin(s) ** 2
        step = (2 * s - np.sin(2 * s) - rest) / np.where(slope > 1e-12, slope, np.inf)
        s = np.clip(s - step, 0, np.pi / 2)
    x = 2 * np.sqrt(2) / np.pi * np.radians(lon) * np.sin(s)
    return x, np.sqrt(2) * np.cos(s) * np.sign(lat)


def _mollweide_inverse(x, y):
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.arcsin(y / np.sqrt(2))
        lat = np.degrees(np.arcsin(np.clip((2 * t + np.sin(2 * t)) / np.pi, -1, 1)))
        lon = np.degrees(np.pi * x / (2 * np.sqrt(2) * np.cos(t)))
    outside = ~(np.abs(lon) <= 180)
    return np.where(outside, np.nan, lat), np.where(outside, np.nan, lon)


def relative(lon: ArrayLike, centre: float) -> np.ndarray:
    """Longitudes relative to a centre, in [-180, 180) degrees."""
    return (np.asarray(lon, dtype=float) - centre + 180.0) % 360.0 - 180.0


def cut_at_edge(lat: np.ndarray, lon: np.ndarray, centre: float) -> tuple[np.ndarray, np.ndarray]:
    """Cut a line where it leaves the map at one side and comes back at the other.

    Parameters
    ----------
    lat, lon
        Line in degrees, shape (n,).
    centre
        Central longitude of the map in degrees.

    Returns
    -------
    lat, lon
        The line with relative longitudes; at each crossing a point on either edge with NaN
        between them, so that it is drawn in parts.
    """
    lat, lon = np.asarray(lat, dtype=float), relative(lon, centre)
    crossing = np.flatnonzero(np.abs(np.diff(lon)) > 180)
    side = np.sign(lon[crossing])
    # The step without the jump of a full turn; it is nonzero unless both ends lie on the edge.
    step = lon[crossing + 1] + 360 * side - lon[crossing]
    along = (180 * side - lon[crossing]) / np.where(step == 0, 1, step)
    at = lat[crossing] + along * (lat[crossing + 1] - lat[crossing])
    gap = np.full_like(at, np.nan)
    where = np.repeat(crossing + 1, 3)
    new_lat = np.stack([at, gap, at], axis=1).ravel()
    new_lon = np.stack([180 * side, gap, -180 * side], axis=1).ravel()
    return np.insert(lat, where, new_lat), np.insert(lon, where, new_lon)


@functools.cache
def coastlines() -> list[tuple[np.ndarray, np.ndarray]]:
    """Coastlines of the Earth, each as latitudes and longitudes in degrees."""
    with np.load(Path(__file__).with_name("coastlines.npz")) as file:
        ends = np.cumsum(file["length"].astype(int))[:-1]
        lat, lon = file["lat"] / 100.0, file["lon"] / 100.0
    return list(zip(np.split(lat, ends), np.split(lon, ends), strict=True))


def outline(projection: Projection, region: Region | None = None, n: int = 181) -> np.ndarray:
    """Edge of the map of a region (None: the globe) as a closed polygon, shape (4 n, 2)."""
    south, north, west, east = bounds(projection, region)
    across, up = np.linspace(west, east, n), np.linspace(south, north, n)
    lat = np.concatenate([np.full(n, south), up, np.full(n, north), up[::-1]])
    lon = np.concatenate([across, np.full(n, east), across[::-1], np.full(n, west)])
    return np.stack(projection.forward(lat, lon), axis=1)


def bounds(projection: Projection, region: Region | None) -> Region:
    """Give the region with longitudes relative to the centre of the map."""
    if region is None:
        return Region(*GLOBE)
    west = float(relative(region.west, projection.centre))
    east = west + region.east - region.west
    if not (region.south < region.north and region.west < region.east and east <= 180):
        raise ValueError(f"{region} is empty or crosses the edge of the map")
    return Region(region.south, region.north, west, east)


def pixel_grid(
    projection: Projection, region: Region | None = None, width: int = 900
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float, float]]:
    """Centres of the pixels of a map, on the sphere.

    Returns
    -------
    lat, lon
        Degrees (longitude relative to the centre), shape (height, width), first row at the
        bottom; NaN off the globe.
    extent
        left, right, bottom, top of the image in sphere radii.
    """
    corners = outline(projection, region)
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    height = max(1, round(width * (top - bottom) / (right - left)))
    x = left + (np.arange(width) + 0.5) * (right - left) / width
    y = bottom + (np.arange(height) + 0.5) * (top - bottom) / height
    return *projection.inverse(*np.meshgrid(x, y)), (left, right, bottom, top)
