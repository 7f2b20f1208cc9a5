"""Profiles of two phases in any number of coordinates, whose distribution is known exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr


@dataclass(frozen=True)
class TwoPhase:
    """Each coordinate is near -1 or 1, and keeps its neighbour's sign more often than not.

    Attributes
    ----------
    kept
        Probability that the next coordinate has the same sign.
    width
        Standard deviation about -1 and 1.
    """

    kept: float = 0.85
    width: float = 0.3

    def draw(self, count: int, dimension: int, seed: np.random.SeedSequence) -> np.ndarray:
        """Independent samples, (count, dimension) float32."""
        rng = np.random.default_rng(seed)
        turned = rng.random((count, dimension)) > self.kept
        turned[:, 0] = rng.random(count) > 0.5
        sign = 1 - 2 * (np.cumsum(turned, 1) % 2)
        noise = rng.standard_normal((count, dimension), np.float32)
        return (sign + self.width * noise).astype(np.float32)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """Of the marginal of each coordinate."""
        return 0.5 * (ndtr((x + 1) / self.width) + ndtr((x - 1) / self.width))

    def quantile(self, share: np.ndarray) -> np.ndarray:
        """Inverse of :meth:`cdf`, to 1e-3 of the width."""
        grid = np.arange(-1 - 6 * self.width, 1 + 6 * self.width, 1e-3 * self.width)
        return np.interp(share, self.cdf(grid), grid)

    def covariance(self, dimension: int) -> np.ndarray:
        """Exact, (dimension, dimension): 1 at a point, and (2 kept - 1)^distance, plus noise."""
        apart = np.abs(np.subtract.outer(np.arange(dimension), np.arange(dimension)))
        return (2 * self.kept - 1.0) ** apart + self.width**2 * np.eye(dimension)

    def scores(self, samples: np.ndarray, least: float = 0.1) -> dict[str, float]:
        """How samples (sample, coordinate) stand to the exact distribution.

        Parameters
        ----------
        samples
            Of a generator.
        least
            Share of samples below which a mode of a coordinate counts as lost.

        Returns
        -------
        dict
            ``emd``, mean distance of the marginals; ``lost``, share of coordinates that lack one of
            their two modes; ``between``, share of values within half of the way from one mode to
            the other (0.048 for a width of 0.3); ``std_ratio``, mean deviation over the exact one;
            ``correlation_error``, mean absolute error of the correlation of neighbours.
        """
        count = len(samples)
        exact = self.quantile((np.arange(count) + 0.5) / count)[:, None]
        positive = (samples > 0).mean(0)
        deviation = samples.std(0, dtype=np.float64)
        apart = samples - samples.mean(0, dtype=np.float64)
        product = (apart[:, 1:] * apart[:, :-1]).mean(0)
        scale = np.maximum(deviation[1:] * deviation[:-1], np.finfo(np.float32).tiny)
        exact_deviation = np.sqrt(1 + self.width**2)
        neighbours = (2 * self.kept - 1) / exact_deviation**2
        found = {
            "emd": np.abs(np.sort(samples, 0) - exact).mean(),
            "lost": (np.minimum(positive, 1 - positive) < least).mean(),
            "between": (np.abs(samples) < 0.5).mean(),
            "std_ratio": (deviation / exact_deviation).mean(),
            "correlation_error": np.abs(product / scale - neighbours).mean(),
        }
        return {name: float(value) for name, value in found.items()}
