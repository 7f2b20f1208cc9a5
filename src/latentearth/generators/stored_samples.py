"""Generators that keep samples: some of them as they are, or each with a Gaussian around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from latentearth.generators.base import EnsembleGenerator

DISTANCES_AT_ONCE = 2**24  # between samples and kernels: 128 MB


@dataclass(frozen=True)
class Resampled(EnsembleGenerator):
    """Samples of the ensemble, drawn with replacement: what a generator has to do better than.

    Attributes
    ----------
    samples
        (sample, coordinate).
    """

    samples: np.ndarray

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        return self.samples[np.random.default_rng(seed).integers(len(self.samples), size=count)]


@dataclass(frozen=True)
class KernelDensity(EnsembleGenerator):
    """A Gaussian of one width around every sample.

    Attributes
    ----------
    samples
        (sample, coordinate).
    width
        Standard deviation in each coordinate, in their unit.
    """

    samples: np.ndarray
    width: float

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        rng = np.random.default_rng(seed)
        drawn = self.samples[rng.integers(len(self.samples), size=count)]
        drawn += np.float32(self.width) * rng.standard_normal(drawn.shape, np.float32)
        return drawn

    def log_density(self, samples: np.ndarray) -> np.ndarray:
        """See :meth:`EnsembleGenerator.log_density`."""
        count, dimension = self.samples.shape
        centres = self.samples.astype(np.float64)
        squares = (centres**2).sum(1)
        found = np.empty(len(samples))
        some = max(1, DISTANCES_AT_ONCE // count)
        for start in range(0, len(samples), some):
            x = samples[start : start + some].astype(np.float64)
            distance = (x**2).sum(1)[:, None] + squares - 2 * x @ centres.T
            found[start : start + some] = logsumexp(-0.5 * distance / self.width**2, axis=1)
        constant = math.log(count) + dimension * math.log(self.width * math.sqrt(2 * math.pi))
        return found - constant


def fit_resampled(samples: np.ndarray) -> Resampled:
    """Keep samples (sample, coordinate)."""
    return Resampled(np.ascontiguousarray(samples, np.float32))


def fit_kernels(samples: np.ndarray, width: float) -> KernelDensity:
    """Keep samples (sample, coordinate), with kernels of a width in their unit."""
    if not width > 0:
        raise ValueError(f"a kernel's width is positive, not {width}")
    return KernelDensity(np.ascontiguousarray(samples, np.float32), float(width))
