"""Locating many events fast: a scan of the prior, then rounds of importance sampling in batches.

Nested sampling asks for one likelihood after another; to locate a hundred events, here positions
are predicted in batches, and those of the scan once for all events. It finds the same posterior
(a test compares them), and says how many samples it is worth.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.special import gammaln

from latentearth.diagnostics.mixing import kish_ess
from latentearth.samplers.targets import Box, Target, box_of
from latentearth.samples import Samples, unordered

PROPOSAL_CENTRES = 100  # centres of a proposal
EFFECTIVE = 25.0  # samples that the next proposal rests on at least; fewer close in faster
FREEDOM = 5.0  # degrees of the Student distribution around each: wide tails
WIDTHS = (1.0, 0.3, 0.1)  # of kernels in the search: of several peaks, each is narrow
SETTLED = (1.0, 0.3)  # of kernels when it has ended
ROUNDS = 3  # of the search that are looked back on
FOUND = 200.0  # effective samples of these with which the search ends
ROUGH = 100.0  # effective samples that tell where an event is


def temper(
    log_weights: np.ndarray, log_likelihood: np.ndarray, wanted: float
) -> tuple[np.ndarray, float]:
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
    weights, power
        (points,) adding up to 1, and the power.
    """

    def weights(power: float, base: np.ndarray) -> np.ndarray:
        logs = base + power * (log_likelihood - log_likelihood.max())
        found = np.exp(logs - logs.max())
        return found / found.sum()

    full = weights(1.0, log_weights)
    if kish_ess(full) >= wanted:
        return full, 1.0
    # The proposal is left out here: far away it is so rare that its inverse would win.
    even = np.zeros_like(log_weights)
    low, high = -12.0, 0.0  # powers of ten
    for _ in range(30):
        middle = 0.5 * (low + high)
        if kish_ess(weights(10.0**middle, even)) >= wanted:
            low = middle
        else:
            high = middle
    return weights(10.0**low, even), 10.0**low


@dataclass(frozen=True)
class Importance:
    """Settings of importance sampling in a box.

    Each round of a search draws around the best points of the last three, weighted by a power of
    the likelihood that rises to 1 as they close in. Then a proposal is built from them and kept,
    and fresh points are drawn from it alone until they are worth `wanted`: points of the search,
    around which proposals were built, would have too low a weight.

    Attributes
    ----------
    scan
        Points of the prior looked at first, if none are given.
    draws
        Points per round.
    rounds
        Most rounds; an event whose samples are worth less then says so by its effective size.
    wanted
        Effective number of samples at which the search ends.
    again
        How often to begin anew, with three times the points per round, where `rounds` were not
        enough: a likelihood of many narrow peaks holds a search of few points on one of them.
    """

    scan: int = 4000
    draws: int = 500
    rounds: int = 30
    wanted: float = 500.0
    again: int = 2

    def __call__(
        self,
        target: Target,
        start: Samples | None,
        seed: np.random.SeedSequence | np.random.Generator,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Sample a target whose prior is a :class:`Box`.

        Parameters
        ----------
        target
            The target.
        start
            A scan of the prior from :func:`scanned`, which may serve many events.
        seed
            Of all random numbers, or a generator, which goes on.
        checkpoint
            Of no use: a run of seconds begins anew.
        """
        box, rng, clock = box_of(target), np.random.default_rng(seed), time.process_time()
        if start is None:
            points = box.draw(self.scan, rng)
            start = scanned(points, target.log_likelihood(points), time.process_time() - clock)
            clock = time.process_time()
        evaluations, draws = 0, self.draws
        for _ in range(self.again + 1):
            found = self._attempt(target, box, start, rng, draws)
            evaluations, draws = evaluations + found.evaluations, 3 * draws
            if kish_ess(found.weight) >= self.wanted:
                break
        spent = time.process_time() - clock
        return replace(found, evaluations=evaluations, cpu_s=spent, setup_cpu_s=start.cpu_s)

    def _attempt(
        self, target: Target, box: Box, start: Samples, rng: np.random.Generator, draws: int
    ) -> Samples:
        """Search once, and sample from what was found."""
        left, evaluations = self.rounds, 0
        points, values = start.flat, start.log_likelihood[0]
        log_weights = np.zeros(len(points))
        kept: list[tuple] = []
        while True:
            weights, power = temper(log_weights, values, wanted=EFFECTIVE)
            if left <= 1 or (power == 1.0 and kish_ess(weights) >= min(self.wanted, FOUND)):
                break
            proposal = _Kernels(points, weights, rng)
            fresh = _inside(proposal.draw(draws, rng), box)
            kept = [*kept, (proposal, fresh, target.log_likelihood(fresh))][-ROUNDS:]
            left, evaluations = left - 1, evaluations + len(fresh)
            points = np.concatenate([part[1] for part in kept])
            values = np.concatenate([part[2] for part in kept])
            # every point of these rounds could have come from each of their proposals
            densities = np.array([part[0].log_density(points) for part in kept])
            log_weights = np.log(len(kept)) - np.logaddexp.reduce(densities, axis=0)
        proposal = _Kernels(points, weights, rng, SETTLED)
        return self._settled(target, box, proposal, rng, draws, (left, evaluations))

    def around(
        self,
        target: Target,
        samples: Samples,
        seed: np.random.SeedSequence | np.random.Generator,
        wider: np.ndarray,
    ) -> Samples:
        """Sample a target that is a mixture of wider forms of one that has been sampled.

        Parameters
        ----------
        target
            The target.
        samples
            Of the narrower one.
        seed
            Of all random numbers, or a generator, which goes on.
        wider
            (width,) by how much its standard deviations are multiplied, each equally likely.
        """
        box, rng, clock = box_of(target), np.random.default_rng(seed), time.process_time()
        points, weights = samples.flat, samples.weight.ravel()
        # a sample and a kernel together are as wide as the target; a kernel is no narrower than
        # those that a search ends with
        kernels = np.sqrt(np.maximum(wider, 1.0) ** 2 - 1.0) / _smoothing(weights, points.shape[1])
        proposal = _Kernels(points, weights, rng, tuple(np.maximum(kernels, SETTLED[0])))
        found = self._settled(target, box, proposal, rng, self.draws, (self.rounds, 0))
        return replace(found, cpu_s=time.process_time() - clock)

    def _settled(
        self,
        target: Target,
        box: Box,
        proposal: _Kernels,
        rng: np.random.Generator,
        draws: int,
        rounds: tuple[int, int],
    ) -> Samples:
        """Fresh points of one proposal, in at most so many rounds after so many evaluations."""
        left, evaluations = rounds
        found, ratios = np.empty((0, box.bounds.shape[0] + 1)), np.empty(0)
        drawn = 0  # points outside the box count with weight 0
        while left > 0 and (not drawn or _effective(ratios) < self.wanted):
            points = _inside(proposal.draw(draws, rng), box)
            values = target.log_likelihood(points)
            found = np.concatenate([found, np.column_stack([points, values])])
            ratios = np.concatenate([ratios, values - proposal.log_density(points)])
            drawn += draws
            left -= 1
        weights = np.exp(ratios - ratios.max())
        total = weights.sum()
        spread = (weights**2).sum() / total**2 - 1.0 / drawn
        return unordered(
            found[:, :-1],
            found[:, -1],
            weights / total,
            evaluations=evaluations + len(found),
            cpu_s=0.0,
            log_evidence=float(np.log(total / drawn) + ratios.max() - np.log(box.width.prod())),
            log_evidence_error=float(np.sqrt(max(spread, 0.0))),
            about={"engine": "importance"},
        )


def scanned(points: np.ndarray, log_likelihood: np.ndarray, cpu_s: float = 0.0) -> Samples:
    """Draws of the prior, (point, coordinate), and their likelihoods, to begin from."""
    weights = np.full(len(points), 1.0 / len(points))
    return unordered(points, log_likelihood, weights, evaluations=len(points), cpu_s=cpu_s)


def _inside(points: np.ndarray, box: Box) -> np.ndarray:
    """Those within the box."""
    return points[box.inside(points)]


def _effective(logs: np.ndarray) -> float:
    """Effective number of samples of logarithmic weights."""
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / (weights**2).sum())


def _smoothing(weights: np.ndarray, dimensions: int) -> float:
    """Silverman's width of kernels around weighted samples, in their standard deviations."""
    effective = 1.0 / (weights**2).sum()
    return (4.0 / (dimensions + 2.0) / effective) ** (1.0 / (dimensions + 4.0))


class _Kernels:
    """Student distributions of equal shape and several widths around points drawn by weight."""

    def __init__(
        self,
        points: np.ndarray,
        weights: np.ndarray,
        rng: np.random.Generator,
        widths: tuple[float, ...] = WIDTHS,
    ):
        self.widths = np.array(widths)
        size, dimensions = len(weights), points.shape[1]
        spread = np.cov(points.T, aweights=weights)
        # the floor keeps a proposal of one point alive
        width = _smoothing(weights, dimensions)
        floor = 1e-6 * np.eye(dimensions) * max(np.trace(spread), 1e-6)
        self.factor = np.linalg.cholesky(width**2 * spread + floor)
        self.centres = points[rng.choice(size, PROPOSAL_CENTRES, p=weights)]

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, dimensions)"""
        normal = rng.standard_normal((count, self.centres.shape[1]))
        wide = np.sqrt(FREEDOM / rng.chisquare(FREEDOM, count))
        wide *= self.widths[rng.integers(0, len(self.widths), count)]
        chosen = self.centres[rng.integers(0, len(self.centres), count)]
        return chosen + (wide[:, None] * normal) @ self.factor.T

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        d = points.shape[1]
        inverse = np.linalg.inv(self.factor)
        a, b = points @ inverse.T, self.centres @ inverse.T
        middle = a.mean(0)  # distances from differences of large numbers would lose digits
        a, b = a - middle, b - middle
        square = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2.0 * a @ b.T
        square = np.maximum(square, 0.0)
        power = (FREEDOM + d) / 2.0
        density = np.zeros(len(points))
        for width, number in zip(*np.unique(self.widths, return_counts=True), strict=True):
            kernel = (1.0 + square / (FREEDOM * width**2)) ** -power
            density += number * kernel.mean(axis=1) / width**d
        constant = (
            gammaln(power)
            - gammaln(FREEDOM / 2.0)
            - 0.5 * d * np.log(FREEDOM * np.pi)
            - np.log(np.diag(self.factor)).sum()
        )
        return constant + np.log(density / len(self.widths) + 1e-300)
