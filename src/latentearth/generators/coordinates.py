"""Invertible maps between the coordinates of an ensemble and ones that are nearly normal.

Each has ``forward`` (samples to new coordinates), ``inverse``, and ``log_jacobian``, the logarithm
of how much ``forward`` stretches volumes at samples, which log densities need.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from scipy.stats import chi, norm

from latentearth.generators.base import Stored

SORTED_COORDINATES = 64  # coordinates sorted at once: some megabytes


@dataclass(frozen=True)
class Whitening(Stored):
    """Centred, rotated to principal components, and scaled to unit deviations.

    Attributes
    ----------
    mean
        (coordinate,).
    components
        Columns are eigenvectors of the covariance, the largest first, (coordinate, coordinate).
    scale
        Deviations along them, (coordinate,).
    """

    mean: np.ndarray
    components: np.ndarray
    scale: np.ndarray

    def forward(self, samples: np.ndarray) -> np.ndarray:
        """Whitened coordinates, (sample, coordinate)."""
        return ((samples - self.mean) @ self.components) / self.scale

    def inverse(self, whitened: np.ndarray) -> np.ndarray:
        """Samples of whitened coordinates, (sample, coordinate)."""
        return (whitened * self.scale) @ self.components.T + self.mean

    def log_jacobian(self, samples: np.ndarray) -> np.ndarray:
        """(sample,); the same for all."""
        return np.full(len(samples), -np.log(self.scale.astype(np.float64)).sum())


def fit_whitening(samples: np.ndarray) -> Whitening:
    """Whitening of samples (sample, coordinate) by their own mean and covariance.

    Directions without any spread keep a millionth of the largest deviation.
    """
    mean = samples.mean(0, dtype=np.float64)
    variance, components = np.linalg.eigh(np.cov(samples.T, ddof=0).reshape(2 * (len(mean),)))
    scale = np.sqrt(np.maximum(variance, 1e-12 * variance.max()))[::-1]
    parts = (mean, np.ascontiguousarray(components[:, ::-1]), scale)
    return Whitening(*(part.astype(np.float32) for part in parts))


@dataclass(frozen=True)
class NormalScores(Stored):
    """Each coordinate through its own quantiles to a normal deviate, linear between knots.

    Beyond the outermost knots, the least and the largest sample, the slope is the mean one.

    Attributes
    ----------
    knots
        Values of each coordinate, (coordinate, knot), ascending.
    scores
        The normal deviates that belong to them, (knot,), ascending.
    """

    knots: np.ndarray
    scores: np.ndarray

    def forward(self, samples: np.ndarray) -> np.ndarray:
        """Normal scores, (sample, coordinate) float32."""
        return _interpolate(np.asarray(samples, np.float32), self.knots, self._rows())

    def inverse(self, scores: np.ndarray) -> np.ndarray:
        """Samples of normal scores, (sample, coordinate) float32."""
        return _interpolate(np.asarray(scores, np.float32), self._rows(), self.knots)

    def log_jacobian(self, samples: np.ndarray) -> np.ndarray:
        """(sample,)."""
        total = np.zeros(len(samples))
        for point, row in enumerate(self.knots.astype(np.float64)):
            total += _log_slopes(samples[:, point], row, self.scores)
        return total

    def _rows(self) -> np.ndarray:
        return np.broadcast_to(self.scores, self.knots.shape)


def fit_normal_scores(samples: np.ndarray, knots: int = 33) -> NormalScores:
    """Knots at evenly spaced normal deviates, from the least to the largest sample.

    Parameters
    ----------
    samples
        (sample, coordinate).
    knots
        Numbers kept per coordinate, 3 or more.
    """
    count = len(samples)
    outermost = norm.isf(0.5 / count)
    scores = np.linspace(-outermost, outermost, knots)
    place = norm.cdf(scores) * count - 0.5  # rank, counted from 0
    low = np.clip(np.floor(place).astype(int), 0, count - 2)
    share = np.clip(place - low, 0, 1)[:, None]
    values = np.empty((samples.shape[1], knots), np.float32)
    for start in range(0, len(values), SORTED_COORDINATES):
        tile = slice(start, start + SORTED_COORDINATES)
        ordered = np.sort(np.ascontiguousarray(samples[:, tile].T, np.float32), axis=1).T
        values[tile] = ((1 - share) * ordered[low] + share * ordered[low + 1]).T
    # equal quantiles (models that did not change) would have no slope
    apart = np.maximum(np.abs(values).max(1, keepdims=True), 1e-6) * 1e-6 * np.arange(knots)
    values = np.maximum.accumulate(values - apart, axis=1) + apart
    return NormalScores(values.astype(np.float32), scores.astype(np.float32))


@numba.njit(cache=True)
def interpolate_one(value, xs, ys):
    """Piecewise linear through (xs, ys), both ascending; beyond them with the mean slope."""
    low, high = 0, xs.size - 1
    if value < xs[low] or value > xs[high]:
        end = low if value < xs[low] else high
        return ys[end] + (value - xs[end]) * (ys[high] - ys[low]) / (xs[high] - xs[low])
    while high - low > 1:
        middle = (low + high) // 2
        if xs[middle] <= value:
            low = middle
        else:
            high = middle
    return ys[low] + (value - xs[low]) * (ys[low + 1] - ys[low]) / (xs[low + 1] - xs[low])


@numba.njit(parallel=True, cache=True)
def _interpolate(values, xs, ys):
    """Map values (sample, coordinate) by the pieces of their coordinates (coordinate, knot)."""
    out = np.empty(values.shape, np.float32)
    for sample in numba.prange(values.shape[0]):
        for point in range(values.shape[1]):
            out[sample, point] = interpolate_one(values[sample, point], xs[point], ys[point])
    return out


def _log_slopes(values: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Logarithm of the slope of :func:`interpolate_one` at values (sample,)."""
    mean = (ys[-1] - ys[0]) / (xs[-1] - xs[0])
    slopes = np.concatenate([[mean], np.diff(ys) / np.diff(xs), [mean]])
    return np.log(slopes[np.searchsorted(xs, values)])


@dataclass(frozen=True)
class RadialScores(Stored):
    """The distance from a centre to that of a normal distribution; directions stay (for shells).

    A shell becomes nearly normal, whatever its dimension (radial Gaussianization: Lyu and
    Simoncelli 2009, Neural Computation 21).

    Attributes
    ----------
    centre
        (coordinate,).
    knots, radii
        Distances from the centre, and those of a normal distribution at equal probability, (knot,).
    """

    centre: np.ndarray
    knots: np.ndarray
    radii: np.ndarray

    def forward(self, samples: np.ndarray) -> np.ndarray:
        """Nearly normal coordinates, (sample, coordinate) float32."""
        moved = samples - self.centre
        return (moved * self._factor(moved, self.knots, self.radii)).astype(np.float32)

    def inverse(self, normal: np.ndarray) -> np.ndarray:
        """Samples, (sample, coordinate) float32."""
        factor = self._factor(normal, self.radii, self.knots)
        return (normal * factor + self.centre).astype(np.float32)

    def log_jacobian(self, samples: np.ndarray) -> np.ndarray:
        """(sample,): the slope of the radius, and how much the sphere grows."""
        moved = samples - self.centre
        radius = np.linalg.norm(moved, axis=1)
        growth = np.log(self._factor(moved, self.knots, self.radii)[:, 0])
        slopes = _log_slopes(radius, self.knots.astype(np.float64), self.radii)
        return slopes + (samples.shape[1] - 1) * growth

    @staticmethod
    def _factor(moved: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
        """New radius over the old one, (sample, 1)."""
        radius = np.maximum(np.linalg.norm(moved, axis=1), 1e-12)[:, None]
        return _interpolate(radius.astype(np.float32), xs[None], ys[None]) / radius


def fit_radial_scores(samples: np.ndarray, knots: int = 65) -> RadialScores:
    """Knots at the quantiles of the distance from the mean; the first one is the centre itself."""
    centre = samples.mean(0, dtype=np.float64)
    radius = np.sort(np.linalg.norm(samples - centre, axis=1))
    level = (np.arange(len(radius)) + 0.5) / len(radius)
    outermost = norm.isf(level[0])
    wanted = norm.cdf(np.linspace(-outermost, outermost, knots - 1))
    values = np.append(0.0, np.interp(wanted, level, radius))
    radii = np.append(0.0, chi(samples.shape[1]).ppf(wanted))
    parts = (centre, np.maximum.accumulate(values) + 1e-7 * np.arange(knots), radii)
    return RadialScores(*(part.astype(np.float32) for part in parts))
