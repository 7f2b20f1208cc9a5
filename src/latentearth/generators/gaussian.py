"""Gaussians: two numbers per coordinate, or mean and covariance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.stats import norm

from latentearth.generators.base import EnsembleGenerator

# Added to the diagonal, relative to its mean, the least that suffices: rounding, and fewer samples
# than coordinates, make the least eigenvalues negative.
RIDGE_SHARES = (1e-6, 1e-5, 1e-4, 1e-3)


@dataclass(frozen=True)
class IndependentGaussians(EnsembleGenerator):
    """Mean and standard deviation of every coordinate, (coordinate,) each."""

    mean: np.ndarray
    std: np.ndarray

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        normal = np.random.default_rng(seed).standard_normal((count, len(self.mean)), np.float32)
        return normal * self.std + self.mean

    def log_density(self, samples: np.ndarray) -> np.ndarray:
        """See :meth:`EnsembleGenerator.log_density`."""
        return norm.logpdf(samples, self.mean.astype(float), self.std).sum(1)


@dataclass(frozen=True)
class Gaussian(EnsembleGenerator):
    """Mean and covariance.

    Attributes
    ----------
    mean
        (coordinate,).
    factor
        Lower triangular, (coordinate, coordinate): factor @ factor.T is the covariance.
    """

    mean: np.ndarray
    factor: np.ndarray

    @property
    def numbers(self) -> int:
        """Mean and one triangle of the covariance."""
        return self.mean.size * (self.mean.size + 3) // 2

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        shape = count, len(self.mean)
        return self.to_samples(np.random.default_rng(seed).standard_normal(shape, np.float32))

    def to_samples(self, latent: np.ndarray) -> np.ndarray:
        """Samples (sample, coordinate) of standard normal latent vectors."""
        return latent @ self.factor.T + self.mean

    def to_latent(self, samples: np.ndarray) -> np.ndarray:
        """Latent vectors (sample, coordinate) of samples; float64."""
        apart = (samples - self.mean.astype(np.float64)).T
        return solve_triangular(self.factor.astype(np.float64), apart, lower=True).T

    def log_density(self, samples: np.ndarray) -> np.ndarray:
        """See :meth:`EnsembleGenerator.log_density`."""
        latent = self.to_latent(samples)
        scale = np.log(np.diag(self.factor).astype(np.float64)).sum()
        return -0.5 * (latent**2).sum(1) - scale - 0.5 * len(self.mean) * math.log(2 * math.pi)


def fit_independent(samples: np.ndarray) -> IndependentGaussians:
    """Two numbers for each coordinate of samples (sample, coordinate)."""
    mean, std = samples.mean(0, dtype=np.float64), samples.std(0, dtype=np.float64)
    return IndependentGaussians(mean.astype(np.float32), std.astype(np.float32))


def fit(samples: np.ndarray) -> Gaussian:
    """Mean and covariance of samples (sample, coordinate), float32 products.

    With fewer samples than coordinates the covariance is singular; a millionth to a thousandth of
    the mean variance on its diagonal lets it have a factor and a density all the same.
    """
    mean = samples.mean(0, dtype=np.float64).astype(np.float32)
    apart = samples.astype(np.float32) - mean
    covariance = apart.T @ apart / np.float32(len(samples))
    mean_variance, diagonal = covariance.trace() / len(mean), np.diag_indices_from(covariance)
    added = 0.0
    for share in RIDGE_SHARES:
        covariance[diagonal] += np.float32((share - added) * mean_variance)
        added = share
        try:
            return Gaussian(mean, cholesky(covariance, lower=True, check_finite=False))
        except np.linalg.LinAlgError:
            continue
    raise ValueError("the covariance of the samples has no Cholesky factor")
