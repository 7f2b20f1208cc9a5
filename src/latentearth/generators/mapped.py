"""A generator in other coordinates: the Gaussian copula, and flows behind scores or radii."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentearth.generators import flow_matching, gaussian
from latentearth.generators.base import EnsembleGenerator
from latentearth.generators.coordinates import (
    NormalScores,
    RadialScores,
    Whitening,
    fit_normal_scores,
    fit_radial_scores,
    fit_whitening,
)
from latentearth.generators.flow_matching import FlowMatching, FlowTraining

MAPPED_AT_ONCE = 2048  # samples that go through the maps together


@dataclass(frozen=True)
class Mapped(EnsembleGenerator):
    """A generator of coordinates that maps have made of samples.

    Attributes
    ----------
    maps
        From samples on, in the order in which they are applied.
    inner
        What generates the last coordinates.
    """

    maps: tuple[Whitening | NormalScores | RadialScores, ...]
    inner: EnsembleGenerator

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        drawn = self.inner.draw(count, seed)
        for start in range(0, count, MAPPED_AT_ONCE):
            part = slice(start, start + MAPPED_AT_ONCE)
            drawn[part] = self._back(drawn[part])
        return drawn

    def log_density(self, samples: np.ndarray) -> np.ndarray:
        """See :meth:`EnsembleGenerator.log_density`."""
        total = np.zeros(len(samples))
        for each in self.maps:
            total += each.log_jacobian(samples)
            samples = each.forward(samples)
        return total + self.inner.log_density(samples)

    def to_latent(self, samples: np.ndarray) -> np.ndarray:
        """Latent vectors (sample, coordinate) of samples, if a flow stands behind the maps."""
        for each in self.maps:
            samples = each.forward(samples)
        return self._flow().to_latent(samples)

    def to_samples(self, latent: np.ndarray) -> np.ndarray:
        """Samples (sample, coordinate) of latent vectors, if a flow stands behind the maps."""
        return self._back(self._flow().to_samples(latent))

    def _back(self, coordinates: np.ndarray) -> np.ndarray:
        for each in reversed(self.maps):
            coordinates = each.inverse(coordinates)
        return coordinates

    def _flow(self) -> FlowMatching:
        if not isinstance(self.inner, FlowMatching):
            raise ValueError(f"{type(self.inner).__name__} has no latent vectors")
        return self.inner


def fit_copula(samples: np.ndarray, knots: int = 33) -> Mapped:
    """Gaussian copula: quantiles of every coordinate, and the covariance of their normal scores.

    Parameters
    ----------
    samples
        (sample, coordinate).
    knots
        Quantiles kept per coordinate.
    """
    scores = fit_normal_scores(samples, knots)
    return Mapped((scores,), gaussian.fit(scores.forward(samples)))


def fit_flow(
    samples: np.ndarray,
    seed: np.random.SeedSequence,
    training: FlowTraining,
    *,
    scores: bool = False,
    radial: bool = False,
) -> Mapped:
    """Flow matching in whitened coordinates.

    Parameters
    ----------
    samples
        (sample, coordinate).
    seed, training
        See :func:`latentearth.generators.flow_matching.fit`; the training's smoothing is in
        whitened units.
    scores
        Whether marginals become normal first: the flow then learns what the copula leaves.
    radial
        Whether distances from the mean become normal at the end, for shells.
    """
    maps: list[Whitening | NormalScores | RadialScores] = []
    for wanted, make in (
        (scores, fit_normal_scores),
        (True, fit_whitening),
        (radial, fit_radial_scores),
    ):
        if wanted:
            maps.append(make(samples))
            samples = maps[-1].forward(samples)
    return Mapped(tuple(maps), flow_matching.fit(samples, seed, training))
