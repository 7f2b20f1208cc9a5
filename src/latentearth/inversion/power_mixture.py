"""Regions that are honest where predicted traces err by very different amounts from event to event.

The same power for all events (:mod:`latentearth.inversion.likelihood_power`) cannot be right where
one source in ten is in a cell that an interface crosses: its errors are tens of times those of its
neighbours, come alike at all receivers, and are of no shape that other events foretell. Their share
is known, though, from events of which the truth is known: a mixture of powers has tails as heavy as
they tell, and regions of 68 per cent stay small where most events are predicted well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

ALIKE_IN_DEPTH = 40  # places alike in depth, of whose events the mixture is made


@dataclass(frozen=True)
class PowerMixture:
    """Powers of the likelihood by depth.

    Parameters
    ----------
    depth
        (events,) z of events whose truth is known (m).
    square
        (events,) squared distance by which errors of the predicted traces alone move the best
        position of each from the truth, by the covariance stated.
    each
        Events at one place, each in another model: what interfaces do at a place is alike in all.
    """

    depth: np.ndarray
    square: np.ndarray
    each: int = 1

    def at(self, z: float) -> tuple[np.ndarray, np.ndarray]:
        """Weights and powers (ALIKE_IN_DEPTH * each,) at a height above the model's base (m).

        With a power p, squared distances of the truth are 3 / p on the average: the three freedoms
        of a position, and what errors add.
        """
        apart = np.abs(self.depth - z)
        near = np.argsort(apart)[: ALIKE_IN_DEPTH * self.each]
        # none comes in or goes at once with the depth
        weights = (1 - (apart[near] / (apart[near[-1]] + 1e-9)) ** 2) ** 2 + 1e-9
        return weights / weights.sum(), 3 / (3 + self.square[near])


class MixedLikelihood:
    """Log-likelihood of positions: a mixture of normal ones, as wide as powers say.

    Parameters
    ----------
    log_likelihood
        Of (points, 3) metres.
    best
        Its largest value.
    weights, powers
        Of :meth:`PowerMixture.at`.
    """

    def __init__(
        self,
        log_likelihood: Callable[[np.ndarray], np.ndarray],
        best: float,
        weights: np.ndarray,
        powers: np.ndarray,
    ):
        self.log_likelihood, self.best, self.powers = log_likelihood, best, powers
        # each of the normal densities has the integral 1
        self.weights = weights * powers**1.5

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        return self.of_values(self.log_likelihood(points))

    def of_values(self, values: np.ndarray) -> np.ndarray:
        """The same (points,) of log-likelihoods that are known already."""
        logs = self.powers * (values[:, None] - self.best)
        return logsumexp(logs, axis=1, b=self.weights)
