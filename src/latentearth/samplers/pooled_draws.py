"""From a bank of the prior's draws to a posterior of many modes, by importance weights alone.

Chains that are annealed through rough likelihoods stay near the few members of the bank that they
began from. Here nothing has to move: draws of the prior, whose likelihoods are known, and rounds of
draws of densities fitted to what all draws so far weigh make one pool, in which each is weighed by
likelihood times prior over the mean density of all that was drawn (deterministic mixtures: Cornuet
et al. 2012, Scand. J. Stat. 39, 798). While few draws carry the weight, a density is fitted to
weights to a power at which enough do (Koblents & Miguez 2015, Stat. Comput. 25, 407). It is a
normal density around each of many points, as wide as its nearest neighbours are apart, so that it
has as many modes as they. A mode that the fits miss is not lost: draws of the bank in it weigh
the more, and the next fit goes there.

Positions are numpy arrays, (point, coordinate).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy.special import logsumexp

from latentearth.diagnostics.mixing import kish_ess
from latentearth.samplers.annealing import systematic
from latentearth.samplers.fitted_draws import FittedDraws, powered, still
from latentearth.samplers.targets import Box, Chart, Posterior, Prior
from latentearth.samples import Samples, even_weights

IN_CACHE = 512  # points whose density is asked for together: they stay in the cache
STEADY = 0.3  # change of log evidence over the last rounds, that ends them
THINNEST = 1e-3  # deviation of a density around a point, against that of all


@dataclass(frozen=True)
class PooledDraws:
    """Settings.

    Attributes
    ----------
    draws
        In a round.
    rounds
        At most.
    wanted
        Effective number of draws with which rounds end, once the evidence stands still.
    learned
        Effective number of draws that a fit rests on.
    centres, near
        Points that a fit puts a normal density around, and neighbours that make its covariance.
    width
        Deviation of such a density over that of its neighbours.
    last
        Latest fits that are drawn from anew at the end, `draws` of each: these and the bank alone
        are what is returned, as draws that fits were made to do not weigh what they should.
    kept
        Draws that stay in the pool: those that weigh most.
    particles
        Draws of equal weight that are returned.
    by_screen
        Whether all this is done by the target's screen, which is then only where `fitted` begins.
    fitted
        Draws of densities fitted to the result, by the true likelihood.
    """

    draws: int = 1500
    rounds: int = 16
    wanted: float = 100.0
    learned: float = 200.0
    centres: int = 200
    near: int = 25
    width: float = 0.5
    last: int = 4
    kept: int = 8000
    particles: int = 1024
    by_screen: bool = False
    fitted: FittedDraws = field(default_factory=FittedDraws)

    def __post_init__(self) -> None:
        if self.by_screen and not self.fitted.rounds:
            raise ValueError("by_screen without rounds of fitted draws; expected some")

    def __call__(
        self,
        target: Posterior,
        start: Samples,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
    ) -> Samples:
        """Draws of the posterior.

        Parameters
        ----------
        target
            What to sample; it takes and gives numpy arrays.
        start
            Draws of the prior with their log likelihoods (by the screen, if that is gone by).
        seed
            Of all random numbers.
        checkpoint
            Not used: a run takes seconds.

        Returns
        -------
        Samples
            Of equal weight, in one row; `independent` is the effective number of draws.
            `about`: rounds, and evaluations of the screen.
        """
        clock, full = time.process_time(), target
        if self.by_screen:
            if full.screen is None:
                raise TypeError("expected a target with a screen to go by")
            target = replace(full, log_likelihood=full.screen, screen=None)
        streams = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(2)
        rng, evidences = np.random.default_rng(streams[0]), []
        # a learned chart of a normal prior costs more than a coarse image
        chart = target.chart if isinstance(target.prior, Box) and target.chart else _Plain(target)
        pool = _Pool(target, chart, start, self.kept)
        for done in range(self.rounds + 1):
            logs = pool.log_weights()
            weights, power = powered(logs, self.learned)
            evidences.append(float(logsumexp(logs)))
            effective = kish_ess(powered(logs, 0.0)[0])
            if done == self.rounds or (
                power == 1 and effective >= self.wanted and still(evidences, STEADY)
            ):
                break
            mixture = LocalMixture.of(pool.points, weights, self.centres, self.near, rng)
            pool.add(mixture.wider(self.width), self.draws, rng)
        pool = pool.renewed(self.last, self.draws, rng)
        found = pool.samples(self.particles, rng)
        screened = found.evaluations if self.by_screen else 0
        found = replace(
            found,
            evaluations=found.evaluations - screened,
            cpu_s=time.process_time() - clock,
            about={"rounds": done, "screened": screened},
        )
        print(
            f"{done} rounds of {self.draws} draws: power {power:.2f}, log evidence "
            f"{found.log_evidence:.1f}, {found.independent:.0f} effective draws, mean log "
            f"likelihood {found.log_likelihood.mean():.0f}, {found.cpu_s:.0f} CPU-s",
            flush=True,
        )
        return self.fitted(full, found, streams[1])


@dataclass(frozen=True)
class _Plain:
    """Positions themselves; periodic coordinates only between their bounds, where each is once."""

    target: Posterior

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(point, coordinate) to the same."""
        return np.array(x, dtype=float)

    def back(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same, and 0, or -inf beyond a bound."""
        prior = self.target.prior
        if not isinstance(prior, Box):
            return y, np.zeros(len(y))
        within = ((y >= prior.bounds[:, 0]) & (y <= prior.bounds[:, 1])).all(1)
        return y, np.where(within, 0.0, -np.inf)


@dataclass(frozen=True)
class LocalMixture:
    """Normal densities around points.

    Attributes
    ----------
    shares
        (centre,), which add up to 1.
    means
        (centre, n).
    roots
        (centre, n, n): lower triangular roots of covariances.
    """

    shares: np.ndarray
    means: np.ndarray
    roots: np.ndarray

    @classmethod
    def of(
        cls, x: np.ndarray, weights: np.ndarray, count: int, near: int, rng: np.random.Generator
    ) -> LocalMixture:
        """Around points chosen by their weights, each as wide as its nearest others are apart.

        Parameters
        ----------
        x, weights
            (point, n), and (point,) that add up to 1.
        count
            Points, of which those chosen several times are one centre.
        near
            Neighbours of a centre.
        rng
            Chooses them.
        """
        places, times = np.unique(systematic(weights, rng.random(), count), return_counts=True)
        means, mean = x[places], weights @ x
        scale = np.sqrt(weights @ np.square(x - mean)) + 1e-9 * (1 + np.abs(mean))
        far = np.square((means[:, None] - means) / scale).sum(-1)
        nearest = np.argsort(far, axis=1)[:, :near]
        part = times[nearest] / times[nearest].sum(1, keepdims=True)
        away = means[nearest] - means[:, None]
        spread = np.einsum("ck,cki,ckj->cij", part, away, away) + np.diag((THINNEST * scale) ** 2)
        return cls(times / times.sum(), means, np.linalg.cholesky(spread))

    def wider(self, factor: float) -> LocalMixture:
        """With deviations times a factor."""
        return replace(self, roots=factor * self.roots)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """(point, n) to (point,), in single precision, which a weight does not feel."""
        centres, size = self.means.shape
        inverse = np.linalg.inv(self.roots)
        log_roots = np.log(np.diagonal(self.roots, axis1=1, axis2=2)).sum(1)
        constant = np.log(self.shares) - log_roots - 0.5 * size * np.log(2 * np.pi)
        origin = self.means.mean(0)
        turned = inverse.reshape(-1, size).T.astype(np.float32)
        placed = np.einsum("cij,cj->ci", inverse, self.means - origin).ravel().astype(np.float32)
        found = np.empty(len(x))
        for first in range(0, len(x), IN_CACHE):
            part = (x[first : first + IN_CACHE] - origin).astype(np.float32)
            z = (part @ turned - placed).reshape(-1, centres, size)
            logs = constant - 0.5 * np.einsum("pci,pci->pc", z, z)
            top = logs.max(1)
            found[first : first + IN_CACHE] = top + np.log(np.exp(logs - top[:, None]).sum(1))
        return found

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, n)."""
        k = rng.choice(len(self.shares), size=count, p=self.shares)
        normal = rng.standard_normal((count, self.means.shape[1]))
        return self.means[k] + np.einsum("pij,pj->pi", self.roots[k], normal)


class _Pool:
    """Draws of the bank and of all fits: where they are, their likelihoods and their densities."""

    def __init__(self, target: Posterior, chart: Chart, bank: Samples, kept: int):
        self.target, self.chart, self.bank, self.kept = target, chart, bank, kept
        values = bank.log_likelihood.ravel().astype(float)
        best = np.argsort(-values)[:kept]
        self.positions, self.log_likelihood = bank.flat[best].astype(float), values[best]
        self.points = chart.forward(self.positions)
        self.log_prior = self._log_prior(self.positions, chart.back(self.points)[1])
        self.mixtures: list[LocalMixture] = []
        self.counts, self.evaluations = [len(values)], 0
        self.logs = self.log_prior[None]  # (density, point): the bank's, then that of each fit

    def _log_prior(self, positions: np.ndarray, log_volume: np.ndarray) -> np.ndarray:
        prior: Prior = self.target.prior
        return prior.log_density(positions) - prior.log_normalizer + log_volume

    def add(self, mixture: LocalMixture, count: int, rng: np.random.Generator) -> None:
        """Draw, and ask for likelihoods where the prior's density is not zero."""
        points = mixture.draw(count, rng)
        positions, log_volume = self.chart.back(points)
        log_prior = self._log_prior(positions, log_volume)
        inside = np.isfinite(log_prior)
        points, positions, log_prior = points[inside], positions[inside], log_prior[inside]
        values = self.target.log_likelihood(positions) if inside.any() else np.zeros(0)
        self.evaluations += len(points)
        logs = np.stack([log_prior, *(one.log_density(points) for one in self.mixtures)])
        self.logs = np.concatenate([self.logs, logs], axis=1)
        self.points = np.concatenate([self.points, points])
        self.positions = np.concatenate([self.positions, positions])
        self.log_prior = np.concatenate([self.log_prior, log_prior])
        values = np.where(np.isnan(values), -np.inf, values)
        self.log_likelihood = np.concatenate([self.log_likelihood, values])
        self.logs = np.concatenate([self.logs, mixture.log_density(self.points)[None]])
        self.mixtures.append(mixture)
        self.counts.append(count)
        most = np.argsort(-self.log_weights())[: self.kept]
        for name in ("points", "positions", "log_prior", "log_likelihood"):
            setattr(self, name, getattr(self, name)[most])
        self.logs = self.logs[:, most]

    def renewed(self, last: int, count: int, rng: np.random.Generator) -> _Pool:
        """The bank, and draws made anew of the latest fits."""
        found = _Pool(self.target, self.chart, self.bank, self.kept)
        for mixture in self.mixtures[-last:]:
            found.add(mixture, count, rng)
        found.evaluations += self.evaluations
        return found

    def log_weights(self) -> np.ndarray:
        """Likelihood times prior over the draws there, (point,): they add up to the evidence."""
        drawn = logsumexp(self.logs + np.log(self.counts)[:, None], axis=0)
        return self.log_likelihood + self.log_prior - drawn

    def samples(self, count: int, rng: np.random.Generator) -> Samples:
        """So many of equal weight, in an order that says nothing, and the evidence."""
        logs = self.log_weights()
        weights, _ = powered(logs, 0.0)
        effective = kish_ess(weights)
        chosen = rng.permutation(systematic(weights, rng.random(), count))
        position, values = self.positions[chosen], self.log_likelihood[chosen]
        return Samples(
            position[None],
            (values + self.target.prior.log_density(position))[None],
            values[None],
            even_weights(1, count),
            np.full(1, np.nan),
            self.evaluations,
            cpu_s=0.0,
            log_evidence=float(logsumexp(logs)),
            log_evidence_error=float(effective**-0.5),
            independent=effective,
        )
