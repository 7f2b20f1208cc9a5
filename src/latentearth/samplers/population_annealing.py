"""From prior to posterior by annealing particles that learn their moves from each other.

For likelihoods without a gradient, whose cost is what counts. As :mod:`annealing`, but

- a population may begin in a bank: draws of the prior whose likelihoods are known already;
- particles move along differences of other members (ter Braak 2006, Stat. Comput. 16, 239), which
  have the posterior's size and direction, in some coordinates at a time, at many lengths;
- few chains make all particles: every state that they pass counts (waste-free: Dau & Chopin 2022,
  J. R. Statist. Soc. B 84, 114);
- a stage goes on until the chains have forgotten where they began;
- at the end, independent draws of a density fitted to the population replace it (`fitted_draws`);
- a cheaper likelihood decides first which proposals are worth the true one (delayed acceptance:
  Christen & Fox 2005, J. Comput. Graph. Stat. 14, 795). What is sampled does not depend on it.

Positions are numpy arrays, (particle, coordinate).
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from latentearth import checkpoints
from latentearth.samplers.annealing import (
    OnStage,
    log_mean_weight,
    next_beta,
    systematic,
    tempered_weights,
)
from latentearth.samplers.fitted_draws import FittedDraws
from latentearth.samplers.targets import Box, Posterior
from latentearth.samples import Samples, even_weights

SHARES = (0.3, 0.6, 1.0)  # of coordinates that a proposal changes
LENGTHS = 0.7  # standard deviation of the logarithm of a proposal's length
WHOLE = 0.1  # share of proposals by a whole difference, from mode to mode
NUDGE = 1e-3  # of the population's deviation, lest all particles stay on a lattice
LONGEST = 2.0  # of the length that is best for a normal density
FEWEST = 20  # evaluated proposals from which something is learned of the screen
TELLING = 20.0  # change of beta log L beyond which a proposal tells nothing of it
LEAST_TRUST = 0.1
OF_FITTED = 2**31  # its random numbers, beyond those of any stage


@dataclass(frozen=True)
class PopulationAnnealing:
    """Settings.

    Attributes
    ----------
    particles
        How many.
    chains
        That make them; a divisor.
    rounds
        At most, of `particles` proposals each, at a stage.
    correlation
        Of log likelihoods at a round's beginning and end, below which no further one is made.
    kept
        Effective share of the particles that a stage leaves, which sets its beta.
    acceptance
        Share of proposals to be accepted, which sets their length.
    last
        Further stages in the posterior itself: few ancestors are too near each other, and spread
        as differences are taken anew.
    until
        Beta at, or beyond, which annealing ends: below 1 where draws of a fit take over, or for a
        posterior to that power of the likelihood.
    fitted
        Independent draws of densities fitted to the population, which take its place.
    """

    particles: int = 1024
    chains: int = 128
    rounds: int = 3
    correlation: float = 0.5
    kept: float = 0.5
    acceptance: float = 0.2
    last: int = 0
    until: float = 1.0
    by_screen: bool = False
    fitted: FittedDraws = field(default_factory=FittedDraws)

    def __post_init__(self) -> None:
        if self.particles % self.chains:
            raise ValueError(f"particles {self.particles}; expected a multiple of {self.chains}")

        if self.by_screen and not self.fitted.rounds:
            raise ValueError("by_screen; expected False, or draws of a fit from there on")

    def __call__(
        self,
        target: Posterior,
        start: np.ndarray | Samples | None,
        seed: np.random.SeedSequence,
        checkpoint: Path | None = None,
        *,
        on_stage: OnStage | None = None,
    ) -> Samples:
        """Take draws of the prior to the posterior.

        Parameters
        ----------
        target
            What to sample; it takes and gives numpy arrays.
        start
            Draws of the prior, (draw, coordinate), any number; or such with their log likelihoods
            (a bank); by default they are made. By the screen, it tells log likelihoods anew.
        seed
            Of all random numbers.
        checkpoint
            A file for the population between stages, left for the caller to remove.
        on_stage
            Called after each stage with its beta and population.

        Returns
        -------
        Samples
            The same whether the run was stopped or not (but for times). Chain after chain in one
            row; `independent` is the number of ancestors among the draws, or the effective number
            of those of a fit. `about`: stages, screened proposals, and the correlation that the
            last stage left.
        """
        clock = time.process_time()
        full = target
        if self.by_screen:
            if full.screen is None:
                raise TypeError("expected a target with a screen to anneal by")
            target = replace(full, log_likelihood=full.screen, screen=None)
        position, known = self._first(target, start, seed)
        known = None if self.by_screen else known
        settings = {
            **asdict(self),
            "seed": [seed.entropy, seed.spawn_key],
            "start": checkpoints.fingerprint(position),
            "identity": target.identity,
            "what": "population annealing",
        }
        saved = checkpoints.load(checkpoint, settings) if checkpoint else None
        if saved is None:
            saved = _beginning(target, position, known)
        else:
            saved = {k: v.numpy() if hasattr(v, "numpy") else v for k, v in saved.items()}
            print(f"{self.particles} particles: continuing from stage {len(saved['betas']) - 1}")
        before = saved["cpu_s"]
        while saved["betas"][-1] < self.until or (
            self.until == 1 and saved["betas"].count(1.0) <= self.last
        ):
            saved = self._stage(target, saved, seed)
            saved["cpu_s"] = before + time.process_time() - clock
            print(
                f"beta {saved['betas'][-1]:.4f}, mean log likelihood "
                f"{saved['log_likelihood'].mean():.0f}, {len(np.unique(saved['ancestor']))} "
                f"ancestors, acceptance {saved['acceptance']:.2f}, correlation "
                f"{saved['correlation']:.2f}, {saved['cpu_s']:.0f} CPU-s",
                flush=True,
            )
            if checkpoint:
                checkpoints.save(checkpoint, _as_tensors(saved), settings)
            if on_stage:
                on_stage(saved["betas"][-1], self._finished(target, saved))
        own = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, OF_FITTED))
        found = self._finished(target, saved)
        if self.by_screen:  # what was evaluated so far was the screen
            about = {**found.about, "screened": found.evaluations}
            found = replace(found, evaluations=0, about=about)
        return self.fitted(full, found, own)

    def _first(
        self, target: Posterior, start: np.ndarray | Samples | None, seed: np.random.SeedSequence
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Draws of the prior, and their log likelihoods where they are known."""
        if isinstance(start, Samples):
            return start.flat.astype(float), start.log_likelihood.ravel().astype(float)
        if start is None:
            start = target.prior.draw(self.particles, _stream(seed, 0))
        return np.asarray(start, dtype=float), None

    def _stage(self, target: Posterior, before: dict, seed: np.random.SeedSequence) -> dict:
        """Reweight, resample and move the particles until they have forgotten where they began."""
        rng, values = _stream(seed, len(before["betas"])), before["log_likelihood"]
        # of a bank, which is larger or smaller than the population, as many are to be left
        kept = min(self.kept * self.particles / len(values), 0.999)
        beta = next_beta(values, before["betas"][-1], kept)
        change = beta - before["betas"][-1]
        weights = tempered_weights(values, change)
        # members that differences are taken of: fixed in this stage, each once
        others = before["position"][np.unique(systematic(weights, rng.random(), self.particles))]
        chosen = systematic(weights, rng.random(), self.chains)
        work = _Chains(target, before["position"][chosen], values[chosen], beta, before["trust"])
        proposals = 0
        for _ in range(self.rounds):
            first, passed = work.log_likelihood, []
            for _ in range(self.particles // self.chains):
                jump = difference_jumps(others, target.prior, before["length"], self.chains, rng)
                work.step(jump, rng)
                passed.append((work.position, work.log_likelihood))
                proposals += self.chains
            correlation = _correlation(first, work.log_likelihood)
            if correlation < self.correlation:
                break
        acceptance = work.accepted / proposals
        # a factor of at most 1.5 at a time: few chains say little about the mean acceptance
        gain = np.clip((acceptance - self.acceptance) / self.acceptance, -0.4, 0.4)
        return {
            "position": np.concatenate([position for position, _ in passed]),
            "log_likelihood": np.concatenate([log_likelihood for _, log_likelihood in passed]),
            "ancestor": np.tile(before["ancestor"][chosen], len(passed)),
            "betas": [*before["betas"], beta],
            "log_evidence": before["log_evidence"] + log_mean_weight(values, change),
            "length": min(before["length"] * math.exp(gain), LONGEST),
            "trust": work.learned_trust(),
            "correlation": correlation,
            "acceptance": acceptance,
            "evaluations": before["evaluations"] + work.evaluations,
            "screened": before["screened"] + work.screened,
        }

    def _finished(self, target: Posterior, saved: dict) -> Samples:
        """The population at the end, chain after chain."""
        order = np.arange(len(saved["position"])).reshape(-1, self.chains).T.ravel()
        position, values = saved["position"][order], saved["log_likelihood"][order]
        return Samples(
            position[None],
            (values + target.prior.log_density(position))[None],
            values[None],
            even_weights(1, len(position)),
            np.array([saved["acceptance"]]),
            saved["evaluations"],
            cpu_s=saved["cpu_s"],
            log_evidence=saved["log_evidence"],
            independent=len(np.unique(saved["ancestor"])),
            about={
                "stages": len(saved["betas"]) - 1,
                "screened": saved["screened"],
                "correlation": saved["correlation"],
            },
        )


def _beginning(target: Posterior, position: np.ndarray, known: np.ndarray | None) -> dict:
    """The state of a run before its first stage."""
    values = target.log_likelihood(position) if known is None else known
    return {
        "position": position,
        "log_likelihood": np.asarray(values, dtype=float),
        "ancestor": np.arange(len(position)),
        "betas": [0.0],
        "log_evidence": 0.0,
        "length": 1.0,
        "trust": 1.0,
        "correlation": 1.0,
        "acceptance": 1.0,
        "evaluations": len(position) if known is None else 0,
        "screened": 0,
        "cpu_s": 0.0,
    }


class _Chains:
    """Chains of one stage: where they stand, and what their proposals have told."""

    def __init__(self, target: Posterior, position, log_likelihood, beta: float, trust: float):
        self.target, self.beta, self.trust = target, beta, trust
        self.position, self.log_likelihood = position, log_likelihood
        self.accepted = self.evaluations = self.screened = 0
        self._told: list[np.ndarray] = []  # changes of the screen and of the true log likelihood
        self.screen = self._screen(position)

    def _screen(self, position: np.ndarray) -> np.ndarray:
        if self.target.screen is None or not len(position):
            return np.zeros(len(position))
        self.screened += len(position)
        return self.target.screen(position)

    def step(self, jump: np.ndarray, rng: np.random.Generator) -> None:
        """Propose once for every chain, (chain, coordinate), and accept in two steps."""
        prior, uniform = self.target.prior, np.log(rng.random((2, len(jump))))
        proposed = self.position + jump
        if isinstance(prior, Box):
            proposed = prior.wrapped(proposed)
        of_prior = prior.log_density(proposed) - prior.log_density(self.position)
        inside = np.isfinite(of_prior)
        screen, found = (np.full(len(jump), -np.inf) for _ in range(2))
        screen[inside] = self._screen(proposed[inside])
        first = of_prior + self.beta * self.trust * (screen - self.screen)
        worth = uniform[0] < np.where(np.isfinite(first), first, -np.inf)
        found[worth] = self.target.log_likelihood(proposed[worth]) if worth.any() else []
        self.evaluations += int(worth.sum())
        rest = np.full(len(jump), -np.inf)
        rest[worth] = (
            self.beta * (found - self.log_likelihood)[worth] + of_prior[worth] - first[worth]
        )
        self._told.append(np.stack([screen - self.screen, found - self.log_likelihood])[:, worth])
        taken = uniform[1] < np.where(np.isnan(rest), -np.inf, rest)
        self.accepted += int(taken.sum())
        self.position = np.where(taken[:, None], proposed, self.position)
        self.log_likelihood = np.where(taken, found, self.log_likelihood)
        self.screen = np.where(taken, screen, self.screen)

    def learned_trust(self) -> float:
        """Power of the screen with which it tells most of the true likelihood at the next stage.

        The slope of a line through changes of both: a screen that errs by more than likelihoods
        differ would else refuse what is good.
        """
        screen, true = np.concatenate(self._told, axis=1)
        near = np.abs(true) * self.beta < TELLING
        if self.target.screen is None or near.sum() < FEWEST:
            return self.trust
        slope = (screen[near] @ true[near]) / max(screen[near] @ screen[near], 1e-300)
        return float(np.clip(slope, LEAST_TRUST, 1.0))


def difference_jumps(
    others: np.ndarray, prior: object, length: float, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Proposed jumps, (count, coordinate): differences of two members of a population.

    Parameters
    ----------
    others
        Members, (member, coordinate).
    prior
        Of a :class:`Box` periodic coordinates differ by the shorter way.
    length
        Of jumps over what is best for a normal density; it is scattered.
    count
        How many.
    rng
        Random numbers.
    """
    coordinates = others.shape[1]
    one, two = rng.integers(len(others), size=(2, count))
    jump = others[one] - others[two]
    if isinstance(prior, Box):
        for k in prior.periodic:
            jump[:, k] -= prior.width[k] * np.round(jump[:, k] / prior.width[k])
    share = rng.choice(SHARES, size=count)
    changed = rng.random((count, coordinates)) < share[:, None]
    changed[np.arange(count), rng.integers(coordinates, size=count)] = True
    scale = length * np.exp(LENGTHS * rng.standard_normal(count))
    scale *= 2.38 / np.sqrt(2 * changed.sum(1))
    whole = rng.random(count) < WHOLE
    scale, changed = np.where(whole, 1.0, scale), changed | whole[:, None]
    nudge = NUDGE * others.std(0) * rng.standard_normal((count, coordinates))
    return (scale[:, None] * jump + nudge) * changed


def _correlation(first: np.ndarray, last: np.ndarray) -> float:
    """Of two arrays, (chain,); 1 where one of them is constant."""
    if not (first.std() > 0 and last.std() > 0):
        return 1.0
    return float(np.corrcoef(first, last)[0, 1])


def _stream(seed: np.random.SeedSequence, stage: int) -> np.random.Generator:
    """Random numbers of a stage, whether or not the run was stopped before it."""
    key = (*seed.spawn_key, stage)
    return np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=key))


def _as_tensors(saved: dict) -> dict:
    """Arrays as tensors, which checkpoints take."""
    return {k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in saved.items()}
