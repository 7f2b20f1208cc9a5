"""Geographic coordinates in the Cartesian frame of a local model, and back (WGS84).

The frame is the tangent plane at an anchor: x to the east, y to the north, z along the vertical
there. Beside a map projection it has no distortion, but the Earth falls away below it: by 8 cm at
1 km, by 8 m at 10 km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EQUATOR = 6_378_137.0  # m
FLATTENING = 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
LATITUDE_ROUNDS = 6  # of the fixed point for the latitude; each gains a factor of some 150


@dataclass(frozen=True)
class LocalFrame:
    """Where a model lies on the Earth.

    Parameters
    ----------
    latitude, longitude
        Of x = y = 0, degrees.
    elevation
        Of z = 0 above the ellipsoid, or above the sea where that is counted from, m.
    """

    latitude: float
    longitude: float
    elevation: float

    def _axes(self) -> np.ndarray:
        """Unit vectors to the east, the north and upward, (3, 3), geocentric."""
        lat, lon = np.radians([self.latitude, self.longitude])
        return np.array(
            [
                [-np.sin(lon), np.cos(lon), 0.0],
                [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)],
                [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)],
            ]
        )

    def _origin(self) -> np.ndarray:
        return _geocentric(self.latitude, self.longitude, self.elevation)

    def to_local(self, latitude, longitude, elevation) -> np.ndarray:
        """Positions (..., 3) in m from degrees and m, each (...,)."""
        return (_geocentric(latitude, longitude, elevation) - self._origin()) @ self._axes().T

    def to_geographic(self, positions: np.ndarray) -> np.ndarray:
        """Latitude and longitude in degrees and elevation in m, (..., 3), of positions (..., 3)."""
        x, y, z = np.moveaxis(np.asarray(positions, float) @ self._axes() + self._origin(), -1, 0)
        across = np.hypot(x, y)
        lat = np.arctan2(z, across * (1 - ECCENTRICITY_SQUARED))
        for _ in range(LATITUDE_ROUNDS):
            turned = ECCENTRICITY_SQUARED * _normal(lat) * np.sin(lat)
            lat = np.arctan2(z + turned, across)
        height = across * np.cos(lat) + z * np.sin(lat) - EQUATOR**2 / _normal(lat)
        return np.stack([np.degrees(lat), np.degrees(np.arctan2(y, x)), height], -1)


def _normal(lat: np.ndarray) -> np.ndarray:
    """Radius of curvature across the meridian, m, at a latitude in radians."""
    return EQUATOR / np.sqrt(1 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2)


def _geocentric(latitude, longitude, elevation) -> np.ndarray:
    """Geocentric Cartesian coordinates, (..., 3), m."""
    lat, lon, height = np.broadcast_arrays(
        np.radians(latitude), np.radians(longitude), np.asarray(elevation, float)
    )
    normal = _normal(lat)
    return np.stack(
        [
            (normal + height) * np.cos(lat) * np.cos(lon),
            (normal + height) * np.cos(lat) * np.sin(lon),
            (normal * (1 - ECCENTRICITY_SQUARED) + height) * np.sin(lat),
        ],
        -1,
    )
