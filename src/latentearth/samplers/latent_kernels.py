"""Moves of Markov chains in a latent space with a standard normal prior, many chains at once.

The posterior of z is N(0, 1) times a likelihood given by its logarithm phi(z) (eq. 16 of Santos
et al. 2024). A move takes a state and given random numbers to a new state; it is exact Metropolis-
Hastings for any step and any fixed preconditioner, and a point where phi is not a number is never
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

JITTER = 0.2  # leapfrog steps vary by so much, lest a trajectory closes on itself


@dataclass(frozen=True)
class Target:
    """Logarithm of a likelihood, up to a constant.

    Attributes
    ----------
    value
        (chain, latent) to (chain,).
    gradient
        (chain, latent) to the value, (chain,), and its gradient, (chain, latent).
    """

    value: Callable[[torch.Tensor], torch.Tensor]
    gradient: Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True)
class Method:
    """A way to move; see the module's text.

    Attributes
    ----------
    move
        ``walk``, ``pcn`` or ``hamiltonian``.
    preconditioned
        Whether L is learned during burn-in, or stays 1.
    leapfrog
        Steps of a trajectory.
    acceptance
        Mean probability of acceptance that the step is tuned to during burn-in.
    first_step
        Where tuning starts.
    """

    move: Literal["walk", "pcn", "hamiltonian"]
    preconditioned: bool = False
    leapfrog: int = 1
    acceptance: float = 0.25
    first_step: float = 0.2

    @property
    def uses_gradient(self) -> bool:
        """Whether the target's gradient is needed."""
        return self.move == "hamiltonian"


# Best rates of acceptance in many dimensions: Roberts & Rosenthal (2001, Statist. Sci. 16, 351)
# for walks and MALA, Beskos et al. (2013, Bernoulli 19, 1501) for HMC.
METHODS = {
    "random_walk": Method("walk", acceptance=0.234),
    "preconditioned_walk": Method("walk", preconditioned=True, acceptance=0.234),
    "pcn": Method("pcn", acceptance=0.234),
    "mala": Method("hamiltonian", acceptance=0.574),
    "hmc": Method("hamiltonian", leapfrog=8, acceptance=0.7, first_step=0.1),
    "preconditioned_hmc": Method(
        "hamiltonian", preconditioned=True, leapfrog=6, acceptance=0.7, first_step=0.1
    ),
}


@dataclass(frozen=True)
class LatentState:
    """Where the chains stand; `gradient` (of phi) is empty for moves that need none."""

    position: torch.Tensor
    phi: torch.Tensor
    gradient: torch.Tensor


class Noise(NamedTuple):
    """Random numbers of one step: normal (chain, latent), uniform (chain, 2) in [0, 1)."""

    normal: torch.Tensor
    uniform: torch.Tensor


def begin_chains(target: Target, method: Method, position: torch.Tensor) -> LatentState:
    """Evaluate the target where chains start, (chain, latent)."""
    if method.uses_gradient:
        return LatentState(position, *target.gradient(position))
    return LatentState(position, target.value(position), position.new_empty(0))


def take_step(
    target: Target,
    method: Method,
    state: LatentState,
    noise: Noise,
    step: float,
    root: torch.Tensor,
) -> tuple[LatentState, torch.Tensor, torch.Tensor]:
    """Make one step of every chain.

    Parameters
    ----------
    target, method
        What is sampled, and how.
    state
        Where the chains stand.
    noise
        Its random numbers.
    step
        Size s; at most 1 for `pcn`.
    root
        L, (latent, latent), lower triangular.

    Returns
    -------
    state : State
        After the step.
    probability : torch.Tensor
        (chain,) with which each proposal was to be accepted.
    accepted : torch.Tensor
        (chain,) bool.
    """
    proposed, log_ratio = _propose(target, method, state, noise, step, root)
    log_ratio = torch.where(torch.isfinite(log_ratio), log_ratio, -torch.inf)
    probability = log_ratio.clamp(max=0).exp()
    accepted = noise.uniform[:, 0] < probability
    chosen = [
        torch.where(accepted.reshape(-1, *[1] * (new.ndim - 1)), new, old) if new.numel() else new
        for new, old in (
            (proposed.position, state.position),
            (proposed.phi, state.phi),
            (proposed.gradient, state.gradient),
        )
    ]
    return LatentState(*chosen), probability, accepted


def _propose(target, method, state, noise, step, root) -> tuple[LatentState, torch.Tensor]:
    """Propose a state per chain, with the logarithm of the Metropolis-Hastings ratio."""
    if method.move == "hamiltonian":
        return trajectory(target, method, state, noise, step, root)
    jump = step * (noise.normal @ root.mT)
    if method.move == "walk":
        position = state.position + jump
    else:
        position = (1 - min(step, 1.0) ** 2) ** 0.5 * state.position + min(step, 1.0) * noise.normal
    proposed = replace(state, position=position, phi=target.value(position))
    log_ratio = proposed.phi - state.phi
    if method.move == "walk":  # for pcn the prior cancels against the proposal
        log_ratio = log_ratio + _log_prior(position) - _log_prior(state.position)
    return proposed, log_ratio


def trajectory(
    target: Target,
    method: Method,
    state: LatentState,
    noise: Noise,
    step: float,
    root: torch.Tensor,
) -> tuple[LatentState, torch.Tensor]:
    """Leapfrog trajectory; returns its end and minus the change of energy.

    In coordinates y of z = L y the mass is 1: momenta are `noise.normal`, forces L^T gradient.
    The jump of the momentum's sign at the end, which makes the move its own inverse, is left out.
    """
    if method.leapfrog > 1:
        size = step * (1 + JITTER * (2 * noise.uniform[:, 1:] - 1))  # (chain, 1)
    else:
        size = torch.full_like(noise.uniform[:, 1:], step)
    position, phi, gradient = state.position, state.phi, state.gradient
    momentum = noise.normal + 0.5 * size * ((gradient - position) @ root)
    for n in range(method.leapfrog):
        position = position + size * (momentum @ root.mT)
        phi, gradient = target.gradient(position)
        whole = 1.0 if n < method.leapfrog - 1 else 0.5
        momentum = momentum + whole * size * ((gradient - position) @ root)
    energy = 0.5 * (momentum.square().sum(1) - noise.normal.square().sum(1))
    log_ratio = phi - state.phi + _log_prior(position) - _log_prior(state.position) - energy
    return LatentState(position, phi, gradient), log_ratio


def _log_prior(position: torch.Tensor) -> torch.Tensor:
    """Logarithm of the standard normal density up to a constant (eq. 12)."""
    return -0.5 * position.square().sum(dim=1)
