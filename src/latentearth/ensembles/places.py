"""Where the coordinates of an ensemble lie: on the sphere, in a plane, on a line, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from latentearth.earth.sphere import unit_vectors

DISTANCE_BINS = 10  # of the distance of pairs of points
SHOWN_PAIRS = 4000  # whose correlations are shown


@dataclass(frozen=True)
class Places:
    """Positions of points.

    Attributes
    ----------
    kind
        ``sphere``, ``plane``, ``line``, or ``none`` for parameters that lie nowhere.
    positions
        Latitude and longitude in degrees; two coordinates in a plane; one along a line: (point, 2),
        (point, 1), or (point, 0) for ``none``.
    names, unit
        What the positions are called, and their unit.
    """

    kind: str
    positions: np.ndarray
    names: tuple[str, ...] = ()
    unit: str = "1"

    def select(self, kept: np.ndarray) -> Places:
        """Some of the points."""
        return Places(self.kind, self.positions[kept], self.names, self.unit)

    def vectors(self) -> np.ndarray:
        """Positions whose differences are distances: on the sphere unit vectors, (point, 3)."""
        return unit_vectors(*self.positions.T) if self.kind == "sphere" else self.positions

    def neighbours(self, count: int = 4) -> np.ndarray:
        """Pairs of a point and one of its nearest, each pair once: integers (pair, 2).

        Along a line each point has two neighbours; where points lie nowhere there are no pairs.
        """
        place = self.vectors()
        if self.kind == "none":
            return np.zeros((0, 2), int)
        wanted = min(2 if self.kind == "line" else count, len(place) - 1)
        near = cKDTree(place).query(place, wanted + 1)[1][:, 1:]
        pairs = np.stack([np.repeat(np.arange(len(place)), wanted), near.ravel()], axis=1)
        return np.unique(np.sort(pairs, axis=1), axis=0)

    def distance(self, pairs: np.ndarray) -> np.ndarray:
        """Of pairs (pair, 2), in the unit of the positions: degrees on the sphere."""
        place = self.vectors()
        apart = np.linalg.norm(place[pairs[:, 0]] - place[pairs[:, 1]], axis=1)
        if self.kind == "sphere":
            return np.degrees(2 * np.arcsin(np.minimum(apart / 2, 1)))
        return apart

    def some_pairs(self, seed: np.random.SeedSequence) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs at all distances up to half of the largest: (pair, 2), (pair,), edges of bins."""
        rng, count = np.random.default_rng(seed), len(self.positions)
        first = rng.integers(count, size=8 * SHOWN_PAIRS)
        second = (first + rng.integers(1, count, size=first.size)) % count
        pairs = np.unique(np.sort(np.stack([first, second], 1), axis=1), axis=0)
        distance = self.distance(pairs)
        edges = np.linspace(0, distance.max() / 2, DISTANCE_BINS + 1)
        kept = rng.permutation(np.flatnonzero(distance < edges[-1]))[:SHOWN_PAIRS]
        return pairs[kept], distance[kept], edges
