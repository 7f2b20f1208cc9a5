"""Moves of Markov chains in a latent space with a standard normal prior, many chains at once.

The posterior of z is N(0, 1) times a likelihood given by its logarithm (eq. 16 of Santos et al.
2024). A move takes a state and given random numbers to a new state; it is exact Metropolis-
Hastings for any step and any fixed preconditioner, and a point where it is not a number is never
accepted. Three moves make six methods:

- walk: z' = z + s L xi, the paper's algorithm with L = 1; with L L^T near the posterior's
  covariance its preconditioned form;
- pcn: z' = sqrt(1 - s^2) z + s xi (Cotter et al. 2013, Statist. Sci. 28, 424), which leaves the
  prior as it is, so that only the likelihood is at stake;
- hamiltonian: n leapfrog steps with the gradient of the posterior (Neal 2011), with mass
  (L L^T)^-1. One step is the Metropolis-adjusted Langevin algorithm (MALA).

Chains are rows: positions (chain, latent), in double precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch

from latentearth.samplers.targets import Posterior

JITTER = 0.2  # leapfrog steps vary by so much, lest a trajectory closes on itself


@dataclass(frozen=True)
class Move:
    """A way to move; see the module's text.

    Attributes
    ----------
    proposal
        ``walk``, ``pcn`` or ``hamiltonian``.
    preconditioned
        Whether L is learned during burn-in, or stays 1.
    leapfrog
        Steps of a trajectory.
    acceptance
        Mean probability of acceptance that the step is tuned to during burn-in.
    first_step_size
        Where tuning starts.
    """

    proposal: Literal["walk", "pcn", "hamiltonian"]
    preconditioned: bool = False
    leapfrog: int = 1
    acceptance: float = 0.25
    first_step_size: float = 0.2

    @property
    def uses_gradient(self) -> bool:
        """Whether the target's gradient is needed."""
        return self.proposal == "hamiltonian"

    @property
    def evaluations(self) -> int:
        """Of the target, by one move of one chain."""
        return self.leapfrog if self.uses_gradient else 1


# Best rates of acceptance in many dimensions: Roberts & Rosenthal (2001, Statist. Sci. 16, 351)
# for walks and MALA, Beskos et al. (2013, Bernoulli 19, 1501) for HMC.
METHODS = {
    "random_walk": Move("walk", acceptance=0.234),
    "preconditioned_walk": Move("walk", preconditioned=True, acceptance=0.234),
    "pcn": Move("pcn", acceptance=0.234),
    "mala": Move("hamiltonian", acceptance=0.574),
    "hmc": Move("hamiltonian", leapfrog=8, acceptance=0.7, first_step_size=0.1),
    "preconditioned_hmc": Move(
        "hamiltonian", preconditioned=True, leapfrog=6, acceptance=0.7, first_step_size=0.1
    ),
}


@dataclass(frozen=True)
class LatentState:
    """Where the chains stand; `gradient` of the likelihood is empty for moves that need none."""

    position: torch.Tensor
    log_likelihood: torch.Tensor
    gradient: torch.Tensor


class Noise(NamedTuple):
    """Random numbers of one step: normal (chain, latent), uniform (chain, 2) in [0, 1)."""

    normal: torch.Tensor
    uniform: torch.Tensor


def differentiated(function: Callable[[torch.Tensor], torch.Tensor]) -> tuple[Callable, Callable]:
    """A log likelihood, (point, latent) to (point,), without a graph, and with its gradient."""

    def plain(z: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return function(z)

    def gradient(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z = z.detach().requires_grad_()
        with torch.enable_grad():
            value = function(z)
            (slope,) = torch.autograd.grad(value.sum(), z)
        return value.detach(), slope

    return plain, gradient


def begin_chains(target: Posterior, move: Move, position: torch.Tensor) -> LatentState:
    """Evaluate the target where chains start, (chain, latent)."""
    if move.uses_gradient:
        return LatentState(position, *target.with_gradient(position))
    return LatentState(position, target.log_likelihood(position), position.new_empty(0))


def take_step(
    target: Posterior,
    move: Move,
    state: LatentState,
    noise: Noise,
    *,
    step_size: float,
    root: torch.Tensor,
) -> tuple[LatentState, torch.Tensor, torch.Tensor]:
    """Make one step of every chain.

    Parameters
    ----------
    target, move
        What is sampled, and how.
    state
        Where the chains stand.
    noise
        Its random numbers.
    step_size
        s; at most 1 for `pcn`.
    root
        L, (latent, latent), lower triangular.

    Returns
    -------
    state : LatentState
        After the step.
    probability : torch.Tensor
        (chain,) with which each proposal was to be accepted.
    accepted : torch.Tensor
        (chain,) bool.
    """
    proposed, log_ratio = _propose(target, move, state, noise, step_size, root)
    log_ratio = torch.where(torch.isfinite(log_ratio), log_ratio, -torch.inf)
    probability = log_ratio.clamp(max=0).exp()
    accepted = noise.uniform[:, 0] < probability
    chosen = [
        torch.where(accepted.reshape(-1, *[1] * (new.ndim - 1)), new, old) if new.numel() else new
        for new, old in (
            (proposed.position, state.position),
            (proposed.log_likelihood, state.log_likelihood),
            (proposed.gradient, state.gradient),
        )
    ]
    return LatentState(*chosen), probability, accepted


def _propose(target, move, state, noise, step_size, root) -> tuple[LatentState, torch.Tensor]:
    """Propose a state per chain, with the logarithm of the Metropolis-Hastings ratio."""
    if move.proposal == "hamiltonian":
        return trajectory(target, move, state, noise, step_size=step_size, root=root)
    jump, prior = step_size * (noise.normal @ root.mT), target.prior.log_density
    if move.proposal == "walk":
        position = state.position + jump
    else:
        position = (1 - min(step_size, 1.0) ** 2) ** 0.5 * state.position + min(
            step_size, 1.0
        ) * noise.normal
    proposed = replace(state, position=position, log_likelihood=target.log_likelihood(position))
    log_ratio = proposed.log_likelihood - state.log_likelihood
    if move.proposal == "walk":  # for pcn the prior cancels against the proposal
        log_ratio = log_ratio + prior(position) - prior(state.position)
    return proposed, log_ratio


def trajectory(
    target: Posterior,
    move: Move,
    state: LatentState,
    noise: Noise,
    *,
    step_size: float,
    root: torch.Tensor,
) -> tuple[LatentState, torch.Tensor]:
    """Leapfrog trajectory; returns its end and minus the change of energy.

    In coordinates y of z = L y the mass is 1: momenta are `noise.normal`, forces L^T gradient.
    The jump of the momentum's sign at the end, which makes the move its own inverse, is left out.
    """
    if move.leapfrog > 1:
        size = step_size * (1 + JITTER * (2 * noise.uniform[:, 1:] - 1))  # (chain, 1)
    else:
        size = torch.full_like(noise.uniform[:, 1:], step_size)
    position, log_likelihood, gradient = state.position, state.log_likelihood, state.gradient
    momentum = noise.normal + 0.5 * size * ((gradient - position) @ root)
    for n in range(move.leapfrog):
        position = position + size * (momentum @ root.mT)
        log_likelihood, gradient = target.with_gradient(position)
        whole = 1.0 if n < move.leapfrog - 1 else 0.5
        momentum = momentum + whole * size * ((gradient - position) @ root)
    energy = 0.5 * (momentum.square().sum(1) - noise.normal.square().sum(1))
    prior = target.prior.log_density
    log_ratio = log_likelihood - state.log_likelihood + prior(position) - prior(state.position)
    return LatentState(position, log_likelihood, gradient), log_ratio - energy
