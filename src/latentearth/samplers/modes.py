"""Importance sampling around the highest modes of a smooth density of few dimensions.

From the best points of a scan the target is climbed by quasi-Newton steps; a Student distribution
with the curvature found at each top is the first proposal, and the mean and covariance of what was
drawn make the next. A peak that is a thousandth of the prior in each dimension is found so by some
hundred evaluations, where draws alone need many thousands.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import optimize, stats
from scipy.special import logsumexp

from latentearth.diagnostics.mixing import kish_ess
from latentearth.samplers.importance import temper
from latentearth.samplers.targets import Target, box_of
from latentearth.samples import Samples, unordered

STEP = 0.05  # of a difference quotient, in units of the scale
BELOW = 30.0  # modes whose logarithm is that much below the highest are left out
HEAVY_TAILS = 5.0  # degrees of freedom of the proposals
LEAST = 4.0  # effective samples for each coordinate, of which moments are taken
MIXED = (0.1, 0.5, 0.9, 1.0)  # shares of the widths of a mixture that are proposed


@dataclass(frozen=True)
class ModeSampler:
    """Settings.

    Attributes
    ----------
    scale
        How far the density is smooth, (coordinate,): a quarter of a wave, say.
    starts
        Points of the scan that are climbed from.
    draws
        Points per round.
    rounds
        At most; the sampler ends when its samples are worth `wanted`.
    wanted
        Effective number of samples.
    """

    scale: Sequence[float]
    starts: int = 6
    draws: int = 400
    rounds: int = 6
    wanted: float = 300.0

    def __call__(
        self,
        target: Target,
        start: Samples | None,
        seed: np.random.SeedSequence | np.random.Generator,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Sample a target whose prior is a :class:`Box`, from a scan of it."""
        if start is None:
            raise ValueError("the modes are climbed from the points of a scan")
        clock, rng, box = time.process_time(), np.random.default_rng(seed), box_of(target)
        scale, evaluations = np.asarray(self.scale, float), 0
        best = start.flat[np.argsort(start.log_likelihood.ravel())[::-1][: self.starts]]
        tops = []
        for point in best:
            top, value, count = _climb(target, point, scale, box.bounds)
            tops.append((value, top))
            evaluations += count
        modes = _distinct(sorted(tops, key=lambda pair: -pair[0]), scale)
        # in units of the scale: metres and seconds apart, a covariance would be near singular
        proposals = [(top / scale, _covariance(target, top, scale)) for _, top in modes]
        return self._rounds(target, proposals, rng, evaluations, clock)

    def around(
        self,
        target: Target,
        samples: Samples,
        seed: np.random.SeedSequence | np.random.Generator,
        wider: np.ndarray,
    ) -> Samples:
        """As :meth:`latentearth.samplers.importance.Importance.around`."""
        clock, rng = time.process_time(), np.random.default_rng(seed)
        mean, covariance = _moments(samples.flat / np.asarray(self.scale), samples.weight.ravel())
        proposals = [(mean, width**2 * covariance) for width in np.quantile(wider, MIXED)]
        return self._rounds(target, proposals, rng, 0, clock)

    def _rounds(
        self,
        target: Target,
        proposals: list[tuple[np.ndarray, np.ndarray]],
        rng: np.random.Generator,
        evaluations: int,
        clock: float,
    ) -> Samples:
        """Rounds of importance sampling, from means and covariances in units of the scale."""
        box, scale, first = box_of(target), np.asarray(self.scale, float), proposals
        points = values = logs = np.empty(0)
        for _ in range(self.rounds):
            shares = [stats.multivariate_t(m, c, HEAVY_TAILS) for m, c in proposals]
            picked = rng.integers(len(shares), size=self.draws)
            counts = [(picked == k).sum() for k in range(len(shares))]
            parts = [one.rvs(n, rng) for one, n in zip(shares, counts, strict=True) if n]
            drawn = np.concatenate([part.reshape(-1, len(scale)) for part in parts])
            drawn = drawn[box.inside(drawn * scale)]
            points = drawn * scale
            values = target.log_likelihood(points)
            evaluations += len(points)
            density = logsumexp([one.logpdf(drawn) for one in shares], axis=0)
            logs = values - (density - np.log(len(shares)) - np.log(scale).sum())
            weight = np.exp(logs - logs.max())
            if kish_ess(weight / weight.sum()) >= self.wanted:
                break
            told, power = temper(logs - values, values, wanted=LEAST * len(scale))
            # of too few samples those of a lower power, which is wider, beside the tops
            proposals = [*(first if power < 1 else []), _moments(drawn, told)]
        return unordered(
            points,
            values,
            weight / weight.sum(),
            evaluations=evaluations,
            cpu_s=time.process_time() - clock,
            log_evidence=float(
                np.log(weight.sum() / self.draws) + logs.max() - np.log(box.width.prod())
            ),
            about={"engine": "modes"},
        )


def _climb(
    target: Target, point: np.ndarray, scale: np.ndarray, bounds: np.ndarray
) -> tuple[np.ndarray, float, int]:
    """Top above a point, its log likelihood, and the evaluations that it took."""
    around = STEP * np.concatenate(
        [np.zeros((1, len(scale))), np.eye(len(scale)), -np.eye(len(scale))]
    )

    def slope(unit: np.ndarray) -> tuple[float, np.ndarray]:
        found = target.log_likelihood((unit + around) * scale)
        up, down = found[1 : len(scale) + 1], found[len(scale) + 1 :]
        return -found[0], (down - up) / (2 * STEP)

    # the points of a difference quotient stay inside, too
    inner = bounds / scale[:, None] + np.array([STEP, -STEP])
    found = optimize.minimize(
        slope, point / scale, jac=True, method="L-BFGS-B", bounds=inner, options={"maxiter": 40}
    )
    return found.x * scale, -float(found.fun), found.nfev * len(around)


def _distinct(tops: list[tuple[float, np.ndarray]], scale: np.ndarray) -> list:
    """Tops, the highest first, without repeated and low ones."""
    kept: list = []
    for value, top in tops:
        apart = all(np.abs((top - other) / scale).max() > STEP for _, other in kept)
        if apart and value > tops[0][0] - BELOW:
            kept.append((value, top))
    return kept


def _covariance(target: Target, top: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Inverse of the curvature at a top, in units of the scale; where nothing falls 1."""
    size = len(top)
    unit = STEP * np.eye(size)
    signs = np.array([(a, b) for a in (1, -1) for b in (1, -1)])
    steps = np.array([s[0] * one + s[1] * other for one in unit for other in unit for s in signs])
    found = target.log_likelihood(top + steps * scale).reshape(size, size, 2, 2)
    bend = (found[..., 0, 0] + found[..., 1, 1] - found[..., 0, 1] - found[..., 1, 0]) / (
        4 * STEP**2
    )
    values, vectors = np.linalg.eigh(-(bend + bend.T) / 2)
    return (vectors / np.maximum(values, 1.0)) @ vectors.T


def _moments(points: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of weighted points."""
    mean = weight @ points
    return mean, (weight[:, None] * (points - mean)).T @ (points - mean)
