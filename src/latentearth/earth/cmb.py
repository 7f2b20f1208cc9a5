"""The core-mantle boundary: a synthetic truth and differential times of ScS and S.

In the spirit of Mousavi et al. (2021): a datum is the differential time of ScS and S, blamed on
the lowermost 300 km of the mantle, where ScS runs along an arc of some 800 to 1200 km around
its bounce point. Relative to a uniform reference velocity it is, in seconds,

    d = integral over the arc of (1 / vs - 1 / vs_reference) ds,

and it is worked out at points of equal spacing along the arc.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from latentearth.earth.sphere import latitude_longitude, unit_vectors

CMB_RADIUS = 3480.0  # km
VS_REFERENCE = 7.25  # km/s

# Belts of earthquakes, (latitude, longitude) in degrees, drawn by eye: trenches, then ridges.
BELTS = {
    "Tonga-Kermadec": [(-37, 179), (-30, -178), (-22, -176), (-15, -174)],
    "New Hebrides-Solomon": [(-22, 171), (-14, 167), (-9, 160), (-5, 152), (-5, 146)],
    "Sunda": [(12, 93), (3, 97), (-5, 103), (-9, 110), (-10, 118), (-7, 128)],
    "Philippines-Taiwan": [(4, 127), (10, 126), (17, 121), (23, 122)],
    "Ryukyu-Japan-Kuril": [(25, 127), (32, 132), (37, 142), (43, 147), (50, 157), (55, 162)],
    "Izu-Bonin-Mariana": [(34, 141), (27, 143), (20, 146), (13, 145)],
    "Aleutian": [(52, 172), (51, -178), (53, -166), (57, -154), (61, -149)],
    "Middle America": [(19, -105), (15, -96), (12, -88), (8, -83)],
    "South America": [(3, -79), (-6, -80), (-14, -75), (-22, -69), (-32, -71), (-42, -74)],
    "deep South America": [(-8, -71), (-19, -64), (-27, -63)],
    "South Sandwich": [(-56, -27), (-60, -26)],
    "Hindu Kush-Hellenic": [(37, 71), (29, 57), (36, 27)],
    "Mid-Atlantic": [(52, -33), (28, -43), (2, -30), (-20, -12), (-45, -15), (-55, 0)],
    "Indian ridges": [(12, 50), (-10, 66), (-26, 70), (-42, 88), (-50, 130)],
    "East Pacific": [(18, -105), (-5, -106), (-30, -112), (-55, -125), (-63, -170)],
}
# How much of the catalogue each gives, in the order above.
ACTIVITY = (17, 12, 12, 5, 13, 7, 5, 4, 7, 4, 3, 2, 4, 3, 2)  # per cent
# Stations: latitude, longitude, spread (degrees), relative number of recordings.
STATIONS = (
    (38, -98, 11, 23),
    (56, -115, 9, 5),
    (49, 11, 9, 13),
    (62, 20, 6, 3),
    (34, 106, 10, 9),
    (36, 138, 3, 8),
    (45, 75, 9, 4),
    (-27, 134, 9, 7),
    (-22, 26, 9, 6),
    (3, 37, 7, 3),
    (12, -5, 8, 1),
    (-15, -58, 10, 6),
    (-80, 20, 9, 3),
    (21, -157, 1, 2),
    (-18, -149, 1, 1),
    (65, -150, 5, 3),
    (-42, 173, 3, 1),
    (-21, 56, 1, 1),
    (38, -28, 2, 1),
    (-49, 70, 1, 1),
)


@dataclass(frozen=True)
class PathData:
    """Path averages of slowness: differential times, and what they depend on.

    Attributes
    ----------
    point
        Unit vectors along the arcs, (point, 3).
    datum
        Datum that each point belongs to, (point,), 0 to N - 1.
    weight
        Length of arc that each point stands for, (point,), km.
    time
        Observed times (datum,), s, relative to a uniform reference velocity.
    vs_reference
        That velocity, km/s.
    """

    point: np.ndarray
    datum: np.ndarray
    weight: np.ndarray
    time: np.ndarray
    vs_reference: float = VS_REFERENCE

    def __post_init__(self) -> None:
        n = len(self.datum)
        if self.point.shape != (n, 3) or self.weight.shape != (n,):
            raise ValueError(f"one place and weight per point: {n} points, {self.point.shape}")
        if n == 0 or self.datum.min() < 0 or self.datum.max() >= len(self.time):
            raise ValueError(f"points must belong to data 0 to {len(self.time) - 1}")
        if not all(np.isfinite(a).all() for a in (self.point, self.weight, self.time)):
            raise ValueError("places, weights and times must be finite")
        if not np.allclose(np.linalg.norm(self.point, axis=1), 1.0, atol=1e-9):
            raise ValueError("places must be unit vectors")

    def whole_time(self) -> np.ndarray:
        """Observed times plus those of the reference, so that they are sums of weight / vs."""
        length = np.bincount(self.datum, weights=self.weight, minlength=len(self.time))
        return self.time + length / self.vs_reference


def synthetic_velocity(
    lat: np.ndarray, lon: np.ndarray, seed: np.random.SeedSequence
) -> np.ndarray:
    """Shear velocity of a synthetic core-mantle boundary.

    Two large low-velocity provinces with sharp sides, a fast belt around the Pacific where old
    slabs lie, and a random field of degrees 9 to 45; its mean (7.24), standard deviation (0.13)
    and extremes (about 6.8 to 7.6) are those of the mean map of Scheiter et al. (2022, Fig. 9).

    Parameters
    ----------
    lat, lon
        Degrees, any shape, the same for both.
    seed
        Of the random field.

    Returns
    -------
    numpy.ndarray
        km/s, of the same shape.
    """
    place = unit_vectors(lat, lon)
    # Blobs exp((cos a - 1) / (1 - cos width)): centre (lat, lon), width in degrees, height.
    africa = [(-32, 18, 15, 1.0), (-14, 8, 14, 1.0), (8, -12, 15, 0.9), (-40, 55, 14, 0.6)]
    pacific = [(-8, 175, 18, 0.9), (-18, -145, 18, 0.9), (12, -165, 14, 0.8), (-15, -108, 13, 0.6)]
    slow = np.zeros(place.shape[:-1])
    for blob_lat, blob_lon, width, height in africa + pacific:
        cosine = place @ unit_vectors(blob_lat, blob_lon)
        slow += height * np.exp((cosine - 1) / (1 - np.cos(np.radians(width))))
    province = 0.5 * (1 + np.tanh((slow - 0.75) / 0.18))
    from_pacific = np.degrees(np.arccos(np.clip(place @ unit_vectors(-5, -165), -1, 1)))
    belt = np.exp(-0.5 * ((from_pacific - 78) / 16) ** 2) * (1 - province)
    return 7.23 - 0.27 * province + 0.12 * belt + 0.095 * random_field(place, seed)


def random_field(
    place: np.ndarray, seed: np.random.SeedSequence, degrees: tuple[float, float] = (9.0, 45.0)
) -> np.ndarray:
    """Isotropic Gaussian-like field of unit variance on the unit sphere, place (..., 3).

    A sum of plane waves in space, cos(l n.x + phase), with power falling as 1/l^2 between the
    two degrees; its values on the sphere are smooth and need no grid.
    """
    rng = np.random.default_rng(seed)
    waves = 300
    direction = rng.normal(size=(waves, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    # Degrees drawn from p(l) ~ 1/l^2 by inversion, so that all waves have the same height.
    low, high = 1 / degrees[0], 1 / degrees[1]
    degree = 1 / (low - rng.uniform(size=waves) * (low - high))
    phase = rng.uniform(0, 2 * np.pi, waves)
    flat = place.reshape(-1, 3)
    field = np.empty(len(flat))
    for start in range(0, len(flat), 10_000):  # in blocks: waves x places can be large
        block = slice(start, start + 10_000)
        field[block] = np.cos(flat[block] @ (direction * degree[:, None]).T + phase).sum(axis=1)
    return field.reshape(place.shape[:-1]) * np.sqrt(2 / waves)


def map_velocity(
    lat: np.ndarray, lon: np.ndarray, vs: np.ndarray
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Turn a map into a function of latitude and longitude (degrees), bilinear between nodes.

    Parameters
    ----------
    lat, lon
        Nodes of the map, (n_lat,) and (n_lon,), degrees, in any order; longitudes may repeat
        the first meridian at the end.
    vs
        (n_lat, n_lon), km/s.

    Raises
    ------
    ValueError
        If the shapes do not agree or a value is not finite.
    """
    from scipy.interpolate import RegularGridInterpolator

    lat, lon, vs = np.asarray(lat, float), np.asarray(lon, float), np.asarray(vs, float)
    if vs.shape != (lat.size, lon.size) or not np.isfinite(vs).all():
        raise ValueError(f"a map of finite values, shape {(lat.size, lon.size)}, got {vs.shape}")
    meridian, first = np.unique(lon % 360, return_index=True)
    order = np.argsort(lat)
    vs = vs[order][:, first]
    # The first meridian again at both ends, so that every longitude lies between two nodes.
    meridian = np.concatenate([meridian[-1:] - 360, meridian, meridian[:1] + 360])
    vs = np.concatenate([vs[:, -1:], vs, vs[:, :1]], axis=1)
    table = RegularGridInterpolator((lat[order], meridian), vs, bounds_error=False, fill_value=None)
    lowest, highest = lat.min(), lat.max()

    def velocity(at_lat: np.ndarray, at_lon: np.ndarray) -> np.ndarray:
        at_lat = np.clip(at_lat, lowest, highest)
        return table(np.stack([at_lat, np.asarray(at_lon) % 360], axis=-1))

    return velocity


def draw_sources(count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw earthquakes along the belts, scattered by 1.5 degrees: unit vectors (count, 3)."""
    share = np.asarray(ACTIVITY) / np.sum(ACTIVITY)
    lines = [unit_vectors(*np.array(line, float).T) for line in BELTS.values()]
    which = rng.choice(len(lines), count, p=share)
    places = np.empty((count, 3))
    for n, line in enumerate(lines):
        own = np.flatnonzero(which == n)
        along = rng.uniform(0, len(line) - 1, len(own))
        left = along.astype(int)
        part = (along - left)[:, None]
        places[own] = (1 - part) * line[left] + part * line[left + 1]
    return _scatter(places, np.radians(1.5), rng)


def draw_receivers(count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw stations on continents and islands: unit vectors (count, 3)."""
    lat, lon, spread, share = np.array(STATIONS, float).T
    which = rng.choice(len(share), count, p=share / share.sum())
    return _scatter(unit_vectors(lat, lon)[which], np.radians(spread[which])[:, None], rng)


def _scatter(places: np.ndarray, spread: float | np.ndarray, rng: np.random.Generator):
    places = places / np.linalg.norm(places, axis=-1, keepdims=True)
    places = places + spread * rng.normal(size=places.shape)
    return places / np.linalg.norm(places, axis=-1, keepdims=True)


def scs_paths(
    count: int,
    rng: np.random.Generator,
    distance: tuple[float, float] = (50.0, 85.0),
    length: tuple[float, float] = (800.0, 1200.0),
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw source-receiver pairs and follow ScS along the core-mantle boundary.

    Parameters
    ----------
    count
        Number of paths.
    rng
        Random numbers.
    distance
        Range of epicentral distances kept, degrees: ScS and S both clear of other phases.
    length
        Length of the arc in the lowermost mantle at the two ends of that range, km; linear
        between them, since ScS grazes the boundary the more, the farther it goes.

    Returns
    -------
    bounce, direction : numpy.ndarray
        Unit vectors (count, 3): the bounce point, and the direction of the path there.
    arc : numpy.ndarray
        Length of the arc, (count,), km.
    """
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < count:
        source, receiver = draw_sources(4 * count, rng), draw_receivers(4 * count, rng)
        angle = np.degrees(np.arccos(np.clip((source * receiver).sum(axis=1), -1, 1)))
        good = (angle >= distance[0]) & (angle <= distance[1])
        kept.append(np.concatenate([source, receiver, angle[:, None]], axis=1)[good])
    pairs = np.concatenate(kept)[:count]
    source, receiver, angle = pairs[:, :3], pairs[:, 3:6], pairs[:, 6]
    bounce = source + receiver
    bounce /= np.linalg.norm(bounce, axis=1, keepdims=True)
    direction = receiver - source
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return bounce, direction, np.interp(angle, distance, length)


def path_points(
    bounce: np.ndarray, direction: np.ndarray, arc: np.ndarray, per_path: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Set points along arcs on the core-mantle boundary, in the middle of equal pieces.

    Returns
    -------
    point : numpy.ndarray
        Unit vectors, (path * per_path, 3).
    datum : numpy.ndarray
        int32, (path * per_path,).
    weight : numpy.ndarray
        Length of each piece, km; the weights of a path add up to its length.
    """
    offset = (np.arange(per_path) + 0.5) / per_path - 0.5
    angle = (arc[:, None] / CMB_RADIUS * offset)[..., None]
    point = bounce[:, None] * np.cos(angle) + direction[:, None] * np.sin(angle)
    datum = np.repeat(np.arange(len(arc), dtype=np.int32), per_path)
    return point.reshape(-1, 3), datum, np.repeat(arc / per_path, per_path)


def synthetic_data(
    velocity: Callable[[np.ndarray, np.ndarray], np.ndarray],
    count: int,
    per_path: int,
    noise: float,
    seed: np.random.SeedSequence,
) -> tuple[PathData, np.ndarray]:
    """Draw paths and differential times for a given truth.

    Parameters
    ----------
    velocity
        Function of latitude and longitude (degrees) that gives vs (km/s), for example
        :func:`synthetic_velocity` with its seed, or what :func:`map_velocity` returns.
    count
        Number of data.
    per_path
        Path points of each datum; 4000 data of 7 points make 28,000 points 150 km apart.
    noise
        Standard deviation of the Gaussian noise, s.
    seed
        Of sources, receivers and noise.

    Returns
    -------
    data, bounce
        The data, and latitude and longitude of their bounce points, (datum, 2), degrees.
    """
    rng = np.random.default_rng(seed)
    bounce, direction, arc = scs_paths(count, rng)
    point, datum, weight = path_points(bounce, direction, arc, per_path)
    time = predicted_times(velocity(*latitude_longitude(point)), datum, weight)
    time = time + noise * rng.normal(size=count)
    data = PathData(point, datum, weight, time)
    return data, np.stack(latitude_longitude(bounce), axis=-1)


def predicted_times(vs: np.ndarray, datum: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Differential times (datum,), s, from the velocities at the path points, km/s."""
    return np.bincount(datum, weights=weight * (1 / vs - 1 / VS_REFERENCE))
