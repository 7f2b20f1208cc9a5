"""Locating many events fast: a scan of the prior, then rounds of importance sampling in batches.

Nested sampling asks for one likelihood after another; to locate a hundred events, here positions
are predicted in batches, and those of the scan once for all events. It finds the same posterior
(a test and the calibration compare them), gives no evidence, and says how many samples it is worth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latentearth.samplers.posterior import Posterior

KERNELS = 100  # centres of a proposal
EFFECTIVE = 25.0  # samples that the next proposal rests on at least; fewer close in faster
FREEDOM = 5.0  # degrees of the Student distribution around each: wide tails


def temper(log_weights: np.ndarray, log_likelihood: np.ndarray, wanted: float) -> np.ndarray:
    """Importance weights, or if too few samples share them, a power of the likelihood below 1.

    The power is the highest that leaves enough samples.

    Parameters
    ----------
    log_weights
        (points,) of the prior over the proposal.
    log_likelihood
        (points,)
    wanted
        Least effective number of samples.

    Returns
    -------
    numpy.ndarray
        (points,), adding up to 1.
    """

    def weights(power: float, base: np.ndarray) -> np.ndarray:
        logs = base + power * (log_likelihood - log_likelihood.max())
        found = np.exp(logs - logs.max())
        return found / found.sum()

    full = weights(1.0, log_weights)
    if 1.0 / (full**2).sum() >= wanted:
        return full
    # The proposal is left out here: far away it is so rare that its inverse would win.
    even = np.zeros_like(log_weights)
    low, high = -12.0, 0.0  # powers of ten
    for _ in range(30):
        middle = 0.5 * (low + high)
        if 1.0 / (weights(10.0**middle, even) ** 2).sum() >= wanted:
            low = middle
        else:
            high = middle
    return weights(10.0**low, even)


def locate(
    log_likelihood: Callable[[np.ndarray], np.ndarray],
    bounds: np.ndarray,
    scan: np.ndarray,
    scan_log_likelihood: np.ndarray,
    rng: np.random.Generator,
    draws: int,
    rounds: int,
) -> Posterior:
    """Posterior of one event under a uniform prior in a box.

    Each round draws around the best points so far, weighted by a power of the likelihood that
    rises to 1 as they close in. The samples of the last three rounds count, weighted by the mean
    of their proposals.

    Parameters
    ----------
    log_likelihood
        Of (points, dimensions).
    bounds
        (dimensions, 2)
    scan
        (points, dimensions) spread over the box.
    scan_log_likelihood
        (points,)
    rng
        Random numbers.
    draws, rounds
        Points per round, and rounds (at least 3).

    Returns
    -------
    Posterior
        ``log_evidence`` is that of the importance sample.
    """
    points, values = scan, scan_log_likelihood
    log_weights = np.zeros(len(points))
    kept: list[tuple] = []
    for number in range(rounds):
        weights = temper(log_weights, values, wanted=EFFECTIVE)
        proposal = _Kernels(points, weights, rng)
        points = proposal.draw(draws, rng)
        inside = ((points >= bounds[:, 0]) & (points <= bounds[:, 1])).all(1)
        points = points[inside]
        values = log_likelihood(points)
        log_weights = -proposal.log_density(points)
        if number >= rounds - 3:
            kept.append((proposal, points, values))
    points = np.concatenate([part[1] for part in kept])
    values = np.concatenate([part[2] for part in kept])
    # every point of the three rounds could have come from each of their proposals
    densities = np.array([part[0].log_density(points) for part in kept])
    log_proposal = np.logaddexp.reduce(densities, axis=0) - np.log(len(kept))
    logs = values - log_proposal
    weights = np.exp(logs - logs.max())
    total, drawn = weights.sum(), draws * len(kept)  # points outside the box count with weight 0
    volume = np.ptp(bounds, axis=1).prod()
    log_evidence = float(np.log(total / drawn) + logs.max() - np.log(volume))
    spread = (weights**2).sum() / total**2 - 1.0 / drawn
    return Posterior(
        points,
        weights / total,
        values,
        log_evidence,
        float(np.sqrt(max(spread, 0.0))),
        len(scan) + draws * rounds,
        "importance",
    )


class _Kernels:
    """Student distributions of equal shape around points drawn by weight."""

    def __init__(self, points: np.ndarray, weights: np.ndarray, rng: np.random.Generator):
        size, dimensions = len(weights), points.shape[1]
        effective = 1.0 / (weights**2).sum()
        spread = np.cov(points.T, aweights=weights)
        # Silverman's width; the floor keeps a proposal of one point alive
        width = (4.0 / (dimensions + 2.0) / effective) ** (1.0 / (dimensions + 4.0))
        floor = 1e-6 * np.eye(dimensions) * max(np.trace(spread), 1e-6)
        self.factor = np.linalg.cholesky(width**2 * spread + floor)
        self.centres = points[rng.choice(size, KERNELS, p=weights)]

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, dimensions)"""
        normal = rng.standard_normal((count, self.centres.shape[1]))
        wide = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, count))[:, None]
        chosen = self.centres[rng.integers(0, len(self.centres), count)]
        return chosen + (wide * normal) @ self.factor.T

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        from scipy.special import gammaln

        d = points.shape[1]
        inverse = np.linalg.inv(self.factor)
        a, b = points @ inverse.T, self.centres @ inverse.T
        square = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2.0 * a @ b.T
        power = (FREEDOM + d) / 2.0
        density = (1.0 + np.maximum(square, 0.0) / FREEDOM) ** -power
        constant = (
            gammaln(power) - gammaln(FREEDOM / 2.0) - 0.5 * d * np.log(FREEDOM * np.pi)
            - np.log(np.diag(self.factor)).sum()
        )  # fmt: skip
        return constant + np.log(density.mean(axis=1) + 1e-300)
