"""From the prior of a latent space to a posterior with several modes, by annealing particles.

Chains that start from the prior each fall into some mode and stay there, whatever the modes
weigh. Here a population goes from prior to posterior through the densities

    N(z; 0, 1) L(z)^beta,    0 = beta_0 < beta_1 < ... < beta_n = 1,

reweighted, resampled and moved at every stage (sequential Monte Carlo samplers: Del Moral, Doucet &
Jasra 2006, J. R. Statist. Soc. B 68, 411). Modes keep the share of particles that they weigh, so
that chains may start from them. beta is chosen so that each stage leaves a given effective number
of particles. The mean weights give the evidence, which chains do not. Not in Santos et al. (2024).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from latentearth import checkpoints
from latentearth.diagnostics.mixing import kish_ess
from latentearth.samplers import latent_kernels as kernels
from latentearth.samplers.latent_chains import block_noise, first_positions
from latentearth.samplers.latent_kernels import Move, Noise
from latentearth.samplers.targets import Posterior
from latentearth.samples import Samples, even_weights

OnStage = Callable[[float, Samples], None]
Sampler = Callable[[Posterior, None, np.random.SeedSequence, Path | None], Samples]
HALVINGS = 60  # of the interval that holds the next beta
HAMILTONIAN = Move("hamiltonian", True, leapfrog=5, acceptance=0.7, first_step_size=0.2)


@dataclass(frozen=True)
class Annealing:
    """Settings of an annealing.

    Attributes
    ----------
    particles
        How many, if their first positions are not given.
    moves
        Moves of every particle at a stage.
    kept
        Effective share of the particles that a stage leaves, which sets its beta.
    move
        The move; its L is the particles' own covariance.
    device
        Where the target computes.
    until
        Beta at which annealing ends: below 1 a posterior to that power of the likelihood.
    """

    particles: int = 256
    moves: int = 1
    kept: float = 0.5
    move: Move = HAMILTONIAN
    device: torch.device | str = "cpu"
    until: float = 1.0

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
            What to sample; it takes and gives tensors.
        start
            Draws of the standard normal prior, (particle, latent); by default they are made.
        seed
            Of all random numbers.
        checkpoint
            A file for the population between stages, left for the caller to remove.
        on_stage
            Called after each stage with its beta and population.

        Returns
        -------
        Samples
            The same whether the run was stopped or not (but for times); positions in float64, in
            the order of their ancestors, of which `independent` is the number. `about`: the
            number of stages, and the size of the last steps.
        """
        clock = time.process_time()
        first = first_positions(target.prior, start, self.particles, seed)
        settings = {
            **{k: v for k, v in asdict(self).items() if k not in ("particles", "device", "until")},
            "seed": [seed.entropy, seed.spawn_key],
            "start": float(first.norm()),
            "identity": target.identity,
            "what": "annealing, log_likelihood, gradient",
        }
        saved = checkpoints.load(checkpoint, settings) if checkpoint else None
        if saved is None:
            state = kernels.begin_chains(target, self.move, first.to(self.device))
            saved = {
                "position": state.position,
                "log_likelihood": state.log_likelihood,
                "gradient": state.gradient,  # of the likelihood; empty for moves that need none
                "betas": [0.0],
                "log_evidence": 0.0,
                "log_step_size": math.log(self.move.first_step_size),
                "ancestor": torch.arange(len(first)),
                "cpu_s": 0.0,
            }
        else:
            print(f"{len(first)} particles: continuing from stage {len(saved['betas']) - 1}")
        before = saved["cpu_s"]
        while saved["betas"][-1] < self.until:
            saved = self._stage(target, saved, seed)
            saved["cpu_s"] = before + time.process_time() - clock
            print(
                f"{len(first)} particles, beta {saved['betas'][-1]:.4f}, "
                f"mean log likelihood {float(saved['log_likelihood'].mean()):.0f}",
                flush=True,
            )
            if checkpoint:
                checkpoints.save(checkpoint, saved, settings)
            if on_stage:
                on_stage(saved["betas"][-1], self._finished(target, saved))
        return self._finished(target, saved)

    def _stage(self, target: Posterior, before: dict, seed: np.random.SeedSequence) -> dict:
        """Reweight, resample and move all particles once."""
        values = before["log_likelihood"].cpu().numpy()
        beta = next_beta(values, before["betas"][-1], self.kept)
        change = beta - before["betas"][-1]
        evidence = before["log_evidence"] + log_mean_weight(values, change)
        particles, latent = before["position"].shape
        normal, uniform = block_noise(seed, particles, latent, len(before["betas"]), self.moves + 1)
        kept = torch.from_numpy(
            systematic(tempered_weights(values, change), float(uniform[-1, 0, 0]))
        )
        device = before["position"].device
        position, log_likelihood, slope = (
            numbers[kept.to(device)] if numbers.numel() else numbers
            for numbers in (before[name] for name in ("position", "log_likelihood", "gradient"))
        )
        root = _shape(position, len(torch.unique(kept)))

        def gradient(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            value, slope = target.with_gradient(z)
            return beta * value, beta * slope

        tempered = replace(
            target, log_likelihood=lambda z: beta * target.log_likelihood(z), gradient=gradient
        )
        state = kernels.LatentState(position, beta * log_likelihood, beta * slope)
        log_step_size = before["log_step_size"]
        for n in range(self.moves):
            noise = Noise(
                *(torch.from_numpy(numbers[n]).to(device) for numbers in (normal, uniform))
            )
            state, probability, _ = kernels.take_step(
                tempered, self.move, state, noise, step_size=math.exp(log_step_size), root=root
            )
            # a factor of at most 1.5 at a time: few particles say little about the mean acceptance
            gain = (float(probability.mean()) - self.move.acceptance) / self.move.acceptance
            log_step_size = min(log_step_size + max(-0.4, min(0.4, gain)), 0.0)
        return {
            "position": state.position,
            "log_likelihood": state.log_likelihood / beta,
            "gradient": state.gradient / beta,
            "betas": [*before["betas"], beta],
            "log_evidence": evidence,
            "log_step_size": log_step_size,
            "ancestor": before["ancestor"][kept],
        }

    def _finished(self, target: Posterior, saved: dict) -> Samples:
        """The population at the end; the first likelihoods and all moves count as evaluations."""
        position = saved["position"].cpu().numpy()
        log_likelihood = saved["log_likelihood"].cpu().numpy()
        stages = len(saved["betas"]) - 1
        return Samples(
            position[None],
            (log_likelihood + target.prior.log_density(position))[None],
            log_likelihood[None],
            even_weights(1, len(position)),
            np.array([np.nan]),
            len(position) * (1 + stages * self.moves * self.move.evaluations),
            cpu_s=saved["cpu_s"],
            log_evidence=saved["log_evidence"],
            independent=len(torch.unique(saved["ancestor"])),
            about={"stages": stages, "step_size": math.exp(saved["log_step_size"])},
        )


def next_beta(log_likelihood: np.ndarray, beta: float, kept: float) -> float:
    """The largest beta' up to 1 whose weights L^(beta' - beta) leave enough particles.

    Parameters
    ----------
    log_likelihood
        Log likelihoods, (particle,); those that are not finite weigh nothing.
    beta
        So far.
    kept
        (sum w)^2 / sum w^2 over the number of particles.
    """

    def share(step: float) -> float:
        return kish_ess(tempered_weights(log_likelihood, step)) / len(log_likelihood)

    if share(1 - beta) >= kept:
        return 1.0
    low, high = 0.0, 1 - beta
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if share(middle) >= kept else (low, middle)
    return beta + max(low, 1e-12)


def systematic(weights: np.ndarray, uniform: float, count: int | None = None) -> np.ndarray:
    """Indices of particles drawn in proportion to `weights`, which sum to 1 (one random number).

    As many as there are weights, or `count`.
    """
    count = count or len(weights)
    points = (uniform + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), points), len(weights) - 1)


def tempered_weights(log_likelihood: np.ndarray, change: float) -> np.ndarray:
    """Weights of particles, (particle,), which sum to 1, when beta grows by `change`."""
    finite = np.isfinite(log_likelihood)
    weights = np.where(
        finite, np.exp(change * (np.nan_to_num(log_likelihood) - log_likelihood[finite].max())), 0.0
    )
    return weights / weights.sum()


def log_mean_weight(log_likelihood: np.ndarray, change: float) -> float:
    """Logarithm of the mean of L^change, (particle,): what a stage adds to the log evidence."""
    finite = log_likelihood[np.isfinite(log_likelihood)]
    terms = np.exp(change * (finite - finite.max()))
    return float(change * finite.max() + np.log(terms.sum() / len(log_likelihood)))


def _shape(position: torch.Tensor, distinct: int) -> torch.Tensor:
    """Cholesky factor of the particles' covariance, shrunk as few of them are distinct."""
    latent = position.shape[1]
    centred = position - position.mean(0)
    covariance = centred.mT @ centred / len(position)
    weight = distinct / (distinct + latent)
    unit = torch.eye(latent, dtype=position.dtype, device=position.device)
    variance = max(float(covariance.trace()) / latent, 1e-6)
    return torch.linalg.cholesky(weight * covariance + (1 - weight + 1e-3) * variance * unit)


def anneal_all(
    sampler: Sampler,
    targets: Sequence[Posterior],
    seed: np.random.SeedSequence,
    checkpoint: Path | None = None,
) -> list[Samples]:
    """A population for each of several targets, one after the other.

    Parameters
    ----------
    sampler
        An :class:`Annealing`, or another of its interface.
    targets
        Of one latent space.
    seed
        Of all random numbers.
    checkpoint
        Files named after it hold the populations, left for the caller to remove.
    """
    found = []
    for k, target in enumerate(targets):
        own = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, 1, k))
        file = Path(f"{checkpoint}.annealed_{k}") if checkpoint else None
        found.append(sampler(target, None, own, file))
    return found
