"""Adaptive importance sampling: draws of a density fitted to what earlier draws weigh.

A population of particles that has lost all but a few of its ancestors stands in the right place,
but fills a part of it, and its evidence is of that part. Here it is where independent draws begin:
of a mixture of normal densities fitted to it, then of one fitted to the weights of all draws so
far, and so on (population Monte Carlo: Cappe et al. 2004, J. Comput. Graph. Stat. 13, 907). What is
drawn in any round counts, against the mean of all rounds' densities (Cornuet et al. 2012, Scand. J.
Stat. 39, 798). While few draws carry the weight, a fit takes weights to a power at which enough do
(Koblents & Miguez 2015, Stat. Comput. 25, 407). The evidence is the mean weight: it depends on no
path, and on the population only by what that has missed altogether. A valley that bends in the
chart can hold all draws in a part of it, of which their effective number tells nothing: rounds go
on while the evidence rises.

Positions are numpy arrays, (point, coordinate).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logsumexp

from latentearth.diagnostics.mixing import kish_ess
from latentearth.samplers.annealing import HALVINGS, systematic
from latentearth.samplers.targets import Box, Chart, Posterior, Prior
from latentearth.samples import Samples, even_weights

SPREADS = ((0.7, 1.0), (0.3, 2.0))  # share of a component's draws, factor of its covariance
FITS = 30  # of a mixture's components to its points
STILL = 0.1, 2  # change of log evidence, over how many rounds, that ends them
FEW_POINTS = 3  # per coordinate, below which they tell no correlations
NARROWEST = 1e-9  # deviation, against the size of a coordinate
PRIOR_POINTS = 0.5  # per coordinate: what a component's covariance is worth before its points


@dataclass(frozen=True)
class FittedDraws:
    """Settings.

    Attributes
    ----------
    draws
        In a round.
    rounds
        At most; 0: none at all, the population stays as it is.
    wanted
        Effective number of draws with which rounds end, once the evidence stands still.
    learned
        Effective number of draws that a fit rests on.
    components
        Of the mixture: one, if the posterior is nearly normal in its chart.
    """

    draws: int = 400
    rounds: int = 0
    wanted: float = 150.0
    learned: float = 80.0
    components: int = 1

    def __call__(
        self, target: Posterior, population: Samples, seed: np.random.SeedSequence
    ) -> Samples:
        """Draws of the posterior that begin where a population stands.

        Parameters
        ----------
        target
            What to sample; it takes and gives numpy arrays.
        population
            Where, roughly, the posterior is.
        seed
            Of all random numbers.

        Returns
        -------
        Samples
            As many as the population has, of equal weight, in one row, drawn from the weighted
            ones; `independent` is the effective number of those. Other fields are the population's,
            evaluations and time added. `about` has the rounds too.
        """
        if not self.rounds:
            return population
        clock, rng = time.process_time(), np.random.default_rng(seed)
        chart = target.chart or Unwrapped(target.prior, population.flat)
        points = chart.forward(population.flat)
        pool = _Pool(target, chart, points.shape[1])
        mixture = fitted(points, np.full(len(points), 1 / len(points)), self.components, rng)
        evidences: list[float] = []
        for done in range(1, self.rounds + 1):
            pool.add(mixture, self.draws, rng)
            logs = pool.log_weights()
            weights, power = powered(logs, self.learned)
            evidences.append(float(logsumexp(logs) - np.log(len(logs))))
            enough = power == 1 and kish_ess(weights) >= self.wanted
            if done == self.rounds or (enough and _still(evidences)):
                break
            some = weights > 0
            mixture = fitted(pool.points[some], weights[some], self.components, rng)
        found = pool.samples(population, rng)
        print(
            f"{done} rounds of {self.draws} draws: log evidence {found.log_evidence:.1f}, "
            f"{found.independent:.0f} effective draws",
            flush=True,
        )
        return replace(
            found,
            evaluations=population.evaluations + done * self.draws,
            cpu_s=population.cpu_s + time.process_time() - clock,
            about={**population.about, "rounds": done},
        )


@dataclass(frozen=True)
class Unwrapped:
    """Positions themselves, but periodic coordinates near a population, however they wrap."""

    prior: Prior
    population: np.ndarray

    @property
    def _centre(self) -> np.ndarray:
        """(coordinate,): mean of coordinates, of periodic ones the mean direction."""
        centre = np.asarray(self.population).mean(axis=0)
        if isinstance(self.prior, Box):
            for k in self.prior.periodic:
                turn = 2j * np.pi / self.prior.width[k]
                centre[k] = np.angle(np.exp(turn * self.population[:, k]).mean()) / turn.imag
        return centre

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(point, coordinate) to the same, the periodic ones within half a turn of the centre."""
        away = x - self._centre
        if isinstance(self.prior, Box):
            for k in self.prior.periodic:
                away[:, k] -= self.prior.width[k] * np.round(away[:, k] / self.prior.width[k])
        return self._centre + away

    def back(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions, and log volume, -inf beyond half a turn: each position has one place."""
        if not isinstance(self.prior, Box):
            return y, np.zeros(len(y))
        far = np.abs(y - self._centre) > 0.5 * self.prior.period
        return self.prior.wrapped(y), np.where(far.any(1), -np.inf, 0.0)


@dataclass(frozen=True)
class Mixture:
    """Normal densities: shares (component,), means (component, n) and covariances."""

    shares: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    def by_component(self, x: np.ndarray) -> np.ndarray:
        """Logarithms of each component's share of the density, (component, point)."""
        lower = np.linalg.cholesky(self.covariances)
        z = np.linalg.solve(lower, (x - self.means[:, None]).swapaxes(1, 2))
        log_roots = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1)
        constant = np.log(self.shares) - log_roots - 0.5 * x.shape[1] * np.log(2 * np.pi)
        return constant[:, None] - 0.5 * np.square(z).sum(1)

    def log_density(self, x: np.ndarray) -> np.ndarray:
        """(point, n) to (point,)."""
        return logsumexp(self.by_component(x), axis=0)

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """(count, n)."""
        k = rng.choice(len(self.shares), size=count, p=self.shares)
        normal = rng.standard_normal((count, self.means.shape[1]))
        return self.means[k] + np.einsum(
            "pij,pj->pi", np.linalg.cholesky(self.covariances)[k], normal
        )


def fitted(x: np.ndarray, weights: np.ndarray, components: int, rng: np.random.Generator):
    """A mixture for weighted points by expectation and maximisation, each component also wider.

    Parameters
    ----------
    x, weights
        (point, n), and (point,) that add up to 1.
    components
        How many before they are doubled, see ``SPREADS``.
    rng
        Chooses first means.
    """
    mean, size = weights @ x, x.shape[1]
    covariance = (x - mean).T @ ((x - mean) * weights[:, None])
    scale = np.maximum(np.sqrt(np.diag(covariance)), NARROWEST * (1 + np.abs(mean)))
    if min(kish_ess(weights), len(np.unique(x, axis=0))) < FEW_POINTS * size:
        covariance = np.diag(scale**2)  # few points lie in a plane, which no draw would leave
    else:
        covariance += 1e-9 * np.diag(scale**2)
    lower = np.linalg.cholesky(covariance)
    z = np.linalg.solve(lower, (x - mean).T).T  # of unit covariance: one prior for all
    one = Mixture(np.ones(1), np.zeros((1, size)), np.eye(size)[None])
    if components > 1:
        one = _several(z, weights, components, rng)
    shares, factors = np.array(SPREADS).T
    return Mixture(
        np.outer(shares, one.shares).ravel(),
        np.tile(mean + one.means @ lower.T, (len(shares), 1)),
        (factors[:, None, None, None] * (lower @ one.covariances @ lower.T)).reshape(
            -1, size, size
        ),
    )


def _several(z: np.ndarray, weights: np.ndarray, components: int, rng) -> Mixture:
    """Several components for points of zero mean and unit covariance."""
    size, effective = z.shape[1], kish_ess(weights)
    means = z[rng.choice(len(z), p=weights)][None]
    for _ in range(components - 1):  # each where the others are far (k-means++)
        far = weights * np.square(z[:, None] - means).sum(2).min(1)
        means = np.concatenate([means, z[rng.choice(len(z), p=far / far.sum())][None]])
    unit = np.eye(size) / components
    found = Mixture(np.full(components, 1 / components), means, np.tile(unit, (components, 1, 1)))
    for _ in range(FITS):
        logs = found.by_component(z)
        part = weights * np.exp(logs - logsumexp(logs, axis=0))  # (component, point)
        total = np.maximum(part.sum(1), 1e-6)
        means = part @ z / total[:, None]
        away = z - means[:, None]
        spread = np.einsum("kp,kpi,kpj->kij", part, away, away) / total[:, None, None]
        points = (total * effective)[:, None, None]
        spread = (points * spread + PRIOR_POINTS * size * unit) / (points + PRIOR_POINTS * size)
        found = Mixture(total / total.sum(), means, spread)
    return found


class _Pool:
    """All draws so far: where they are, what they are worth, and the densities they are of."""

    def __init__(self, target: Posterior, chart: Chart, size: int):
        self.target, self.chart = target, chart
        self.mixtures: list[Mixture] = []
        self.points, self.positions = np.zeros((0, size)), np.zeros((0, size))
        self.log_likelihood, self.log_target = np.zeros(0), np.zeros(0)

    def add(self, mixture: Mixture, count: int, rng: np.random.Generator) -> None:
        """Draw, and ask for likelihoods where the prior's density is not zero."""
        prior, points = self.target.prior, mixture.draw(count, rng)
        positions, log_volume = self.chart.back(points)
        log_prior = prior.log_density(positions) - prior.log_normalizer
        inside = np.isfinite(log_prior) & np.isfinite(log_volume)
        values = np.full(count, -np.inf)
        if inside.any():
            values[inside] = self.target.log_likelihood(positions[inside])
        values = np.where(np.isnan(values), -np.inf, values)
        log_target = np.where(inside, values, -np.inf) + np.where(
            inside, log_prior + log_volume, 0.0
        )
        new = (points, positions, values, log_target)
        names = ("points", "positions", "log_likelihood", "log_target")
        for name, array in zip(names, new, strict=True):
            setattr(self, name, np.concatenate([getattr(self, name), array]))
        self.mixtures.append(mixture)

    def log_weights(self) -> np.ndarray:
        """Of the posterior up to its evidence over the mean density of all rounds, (draw,)."""
        logs = [mixture.log_density(self.points) for mixture in self.mixtures]
        return self.log_target - logsumexp(logs, axis=0) + np.log(len(logs))

    def samples(self, population: Samples, rng: np.random.Generator) -> Samples:
        """As many as a population, of equal weight, and the evidence."""
        logs = self.log_weights()
        weights, _ = powered(logs, 0.0)
        effective, count = kish_ess(weights), population.flat.shape[0]
        chosen = systematic(weights, rng.random(), count)
        position, values = self.positions[chosen], self.log_likelihood[chosen]
        return replace(
            population,
            position=position[None],
            log_density=(values + self.target.prior.log_density(position))[None],
            log_likelihood=values[None],
            weight=even_weights(1, count),
            acceptance=np.full(1, np.nan),
            log_evidence=float(logsumexp(logs) - np.log(len(logs))),
            log_evidence_error=float(np.sqrt(max(1 / effective - 1 / len(logs), 0.0))),
            independent=effective,
        )


def _still(evidences: list[float]) -> bool:
    """Whether log evidences of the last rounds lie near each other."""
    change, rounds = STILL
    return len(evidences) > rounds and float(np.ptp(evidences[-rounds - 1 :])) < change


def powered(log_weights: np.ndarray, wanted: float) -> tuple[np.ndarray, float]:
    """Weights that add up to 1, and the highest power up to 1 at which enough draws share them.

    Parameters
    ----------
    log_weights
        (draw,); those of -inf weigh nothing at any power.
    wanted
        Effective number of draws.
    """
    finite = np.isfinite(log_weights)
    if not finite.any():
        raise ValueError("no draw has any weight: the population lies where the likelihood is 0")
    logs = np.where(finite, log_weights, log_weights[finite].max())

    def weights(power: float) -> np.ndarray:
        raw = np.where(finite, np.exp(power * (logs - logs.max())), 0.0)
        return raw / raw.sum()

    if kish_ess(weights(1.0)) >= wanted:
        return weights(1.0), 1.0
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if kish_ess(weights(middle)) >= wanted else (low, middle)
    return weights(low), low
