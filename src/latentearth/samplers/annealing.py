"""From the prior of a latent space to a posterior with several modes, by annealing particles.

Chains that start from the prior each fall into some mode and stay there, whatever the modes
weigh. Here a population goes from prior to posterior through the densities

    N(z; 0, 1) exp(beta phi(z)),    0 = beta_0 < beta_1 < ... < beta_n = 1,

reweighted, resampled and moved at every stage (sequential Monte Carlo samplers: Del Moral, Doucet &
Jasra 2006, J. R. Statist. Soc. B 68, 411). Modes keep the share of particles that they weigh, so
that chains may start from them. beta is chosen so that each stage leaves a given effective number
of particles. The mean weights give the evidence, which chains do not. Not in Santos et al. (2024).
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from latentearth import checkpoints
from latentearth.samplers import latent_kernels as kernels
from latentearth.samplers.latent_chains import block_noise, prior_starts
from latentearth.samplers.latent_kernels import Method, Noise, Target

HALVINGS = 60  # of the interval that holds the next beta
HAMILTONIAN = Method("hamiltonian", True, leapfrog=5, acceptance=0.7, first_step=0.2)


@dataclass(frozen=True)
class Schedule:
    """How to anneal.

    Attributes
    ----------
    moves
        Moves of every particle at a stage.
    kept
        Effective share of the particles that a stage leaves, which sets its beta.
    method
        The move; its L is the particles' own covariance.
    """

    moves: int = 1
    kept: float = 0.5
    method: Method = HAMILTONIAN


@dataclass(frozen=True)
class Particles:
    """A population that stands for a posterior.

    Attributes
    ----------
    position
        (particle, latent), equally weighted.
    log_likelihood
        (particle,).
    log_evidence
        Logarithm of the mean likelihood over the prior.
    stages
        The beta after each stage, increasing to 1.
    ancestors
        Number of first particles that have descendants.
    """

    position: torch.Tensor
    log_likelihood: torch.Tensor
    log_evidence: float
    stages: list[float]
    ancestors: int


def next_beta(phi: np.ndarray, beta: float, kept: float) -> float:
    """The largest beta' up to 1 whose weights exp((beta' - beta) phi) leave enough particles.

    Parameters
    ----------
    phi
        Log likelihoods, (particle,); those that are not finite weigh nothing.
    beta
        So far.
    kept
        (sum w)^2 / sum w^2 over the number of particles.
    """

    def share(step: float) -> float:
        weights = _weights(phi, step)
        return float(1 / np.square(weights).sum() / len(phi))

    if share(1 - beta) >= kept:
        return 1.0
    low, high = 0.0, 1 - beta
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if share(middle) >= kept else (low, middle)
    return beta + max(low, 1e-12)


def systematic(weights: np.ndarray, uniform: float) -> np.ndarray:
    """Indices of particles drawn in proportion to `weights`, which sum to 1 (one random number)."""
    points = (uniform + np.arange(len(weights))) / len(weights)
    return np.minimum(np.searchsorted(np.cumsum(weights), points), len(weights) - 1)


def anneal(
    target: Target,
    start: torch.Tensor,
    seed: np.random.SeedSequence,
    schedule: Schedule | None = None,
    checkpoint: str | os.PathLike | None = None,
    about: dict | None = None,
) -> Particles:
    """Take draws of the prior to the posterior.

    Parameters
    ----------
    target
        The likelihood.
    start
        Draws of the standard normal prior, (particle, latent).
    seed
        Of all random numbers.
    schedule
        How to anneal; by default one move a stage, half of the particles kept.
    checkpoint
        A file for the population between stages, left for the caller to remove.
    about
        What the target depends on; a checkpoint of another is not taken up.

    Returns
    -------
    Particles
        The same whether the run was stopped or not.
    """
    schedule = schedule or Schedule()
    settings = {
        **(about or {}), "schedule": asdict(schedule), "seed": [seed.entropy, seed.spawn_key],
        "start": float(start.double().norm()), "what": "annealing",
    }  # fmt: skip
    saved = checkpoints.load(checkpoint, settings) if checkpoint else None
    if saved is None:
        position = start.double()
        saved = {
            "position": position,
            "phi": target.value(position),
            "betas": [0.0],
            "log_evidence": 0.0,
            "log_step": math.log(schedule.method.first_step),
            "ancestor": torch.arange(len(position)),
        }
    while saved["betas"][-1] < 1:
        saved = _stage(target, schedule, saved, seed)
        print(
            f"{len(start)} particles, beta {saved['betas'][-1]:.4f}, "
            f"mean log likelihood {float(saved['phi'].mean()):.0f}",
            flush=True,
        )
        if checkpoint:
            checkpoints.save(checkpoint, saved, settings)
    ancestors = len(torch.unique(saved["ancestor"]))
    return Particles(
        saved["position"], saved["phi"], saved["log_evidence"], saved["betas"][1:], ancestors
    )


def _stage(target: Target, schedule: Schedule, before: dict, seed: np.random.SeedSequence) -> dict:
    """Reweight, resample and move all particles once."""
    method, stage = schedule.method, len(before["betas"])
    phi = before["phi"].cpu().numpy()
    beta = next_beta(phi, before["betas"][-1], schedule.kept)
    change = beta - before["betas"][-1]
    best = np.nanmax(np.where(np.isfinite(phi), phi, np.nan))
    terms = np.where(np.isfinite(phi), np.exp(change * (np.nan_to_num(phi) - best)), 0.0)
    evidence = before["log_evidence"] + change * best + math.log(terms.mean())
    particles, latent = before["position"].shape
    normal, uniform = block_noise(seed, particles, latent, stage, schedule.moves + 1)
    kept = torch.from_numpy(systematic(_weights(phi, change), float(uniform[-1, 0, 0])))
    device = before["position"].device
    position = before["position"][kept.to(device)]
    root = _shape(position, len(torch.unique(kept)))

    def gradient(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        value, slope = target.gradient(z)
        return beta * value, beta * slope

    tempered = Target(lambda z: beta * target.value(z), gradient)
    state = kernels.begin_chains(tempered, method, position)
    log_step = before["log_step"]
    for n in range(schedule.moves):
        noise = Noise(*(torch.from_numpy(numbers[n]).to(device) for numbers in (normal, uniform)))
        state, probability, _ = kernels.take_step(
            tempered, method, state, noise, math.exp(log_step), root
        )
        # a factor of at most 1.5 at a time: few particles say little about the mean acceptance
        gain = (float(probability.mean()) - method.acceptance) / method.acceptance
        log_step = min(log_step + max(-0.4, min(0.4, gain)), 0.0)
    return {
        "position": state.position,
        "phi": state.phi / beta,
        "betas": [*before["betas"], beta],
        "log_evidence": evidence,
        "log_step": log_step,
        "ancestor": before["ancestor"][kept],
    }


def _weights(phi: np.ndarray, change: float) -> np.ndarray:
    """Weights of particles, which sum to 1, when beta grows by `change`."""
    finite = np.isfinite(phi)
    weights = np.where(finite, np.exp(change * (np.nan_to_num(phi) - phi[finite].max())), 0.0)
    return weights / weights.sum()


def _shape(position: torch.Tensor, distinct: int) -> torch.Tensor:
    """Cholesky factor of the particles' covariance, shrunk as few of them are distinct."""
    latent = position.shape[1]
    centred = position - position.mean(0)
    covariance = centred.mT @ centred / len(position)
    weight = distinct / (distinct + latent)
    unit = torch.eye(latent, dtype=position.dtype, device=position.device)
    variance = max(float(covariance.trace()) / latent, 1e-6)
    return torch.linalg.cholesky(weight * covariance + (1 - weight + 1e-3) * variance * unit)


@dataclass(frozen=True)
class Starts:
    """Where chains begin, and what finding that cost.

    Attributes
    ----------
    position
        (target times chain, latent).
    log_evidence
        One per target; NaN where chains begin in the prior.
    cpu_s
        CPU time.
    files
        Checkpoints, left for the caller to remove.
    """

    position: torch.Tensor
    log_evidence: np.ndarray
    cpu_s: float
    files: list[Path]


def starts(
    targets: Sequence[Target],
    chains: int,
    particles: int,
    latent: int,
    seed: np.random.SeedSequence,
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
    about: dict | None = None,
) -> Starts:
    """Begin chains in particles annealed for each target, or in the prior.

    Parameters
    ----------
    targets
        Likelihoods, one after the other.
    chains
        Per target; with fewer particles, several chains begin in one.
    particles
        Per target; 0 for draws of the prior.
    latent, seed, device
        Size of the latent space; of all random numbers; where to compute.
    checkpoint
        Files named after it hold the populations.
    about
        As in `anneal`.
    """
    if particles == 0:
        position = prior_starts(seed, len(targets) * chains, latent).to(device)
        return Starts(position, np.full(len(targets), np.nan), 0.0, [])
    files = [Path(f"{checkpoint}.annealed_{k}") for k in range(len(targets))] if checkpoint else []
    positions, evidence, clock = [], [], time.process_time()
    for k, target in enumerate(targets):
        own = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, 1, k))
        found = anneal(
            target,
            prior_starts(own, particles, latent).to(device),
            own,
            checkpoint=files[k] if checkpoint else None,
            about=about,
        )
        # the order of particles is that of their ancestors: equal distances serve all alike
        chosen = torch.linspace(0, particles - 1, chains).round().long()
        positions.append(found.position[chosen.to(found.position.device)])
        evidence.append(found.log_evidence)
    spent = time.process_time() - clock
    return Starts(torch.cat(positions), np.array(evidence), spent, files)
