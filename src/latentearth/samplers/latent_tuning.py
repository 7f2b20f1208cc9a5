"""What chains learn during burn-in, and only then: the size and the shape of their steps.

After burn-in nothing changes any more, so that what is kept comes from a Markov chain with the
right limit. All chains share what they learn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch

WINDOWS = (0.15, 0.3, 0.6)  # parts of burn-in after which the shape is learned anew
DECAY = 0.6  # of the gain of the step's tuning, as in Robbins & Monro's condition
SMALLEST_VARIANCE = (
    1e-8  # mean variance of a latent coordinate that tells a shape; the prior's is 1
)
CORRELATED = 20  # steps that count as one when the shape is shrunk


@dataclass(frozen=True)
class Tuning:
    """Step, shape, and the sums from which they are learned.

    Attributes
    ----------
    log_step_size, mean_log_step_size
        Logarithm of the step, and its mean over the second half of a window.
    root
        L, (latent, latent).
    since
        Steps since the shape changed.
    count
        Positions summed per chain.
    total, square
        Sums of positions per chain, (chain, latent), and of their products over all chains,
        (latent, latent).
    """

    log_step_size: float
    mean_log_step_size: float
    root: torch.Tensor
    since: int
    count: int
    total: torch.Tensor
    square: torch.Tensor

    @property
    def step_size(self) -> float:
        """Step in use during burn-in."""
        return math.exp(self.log_step_size)


def begin_tuning(first_step_size: float, position: torch.Tensor) -> Tuning:
    """Start from a step and the prior's shape, for chains at positions (chain, latent)."""
    unit = torch.eye(position.shape[1], dtype=position.dtype, device=position.device)
    zeros = torch.zeros_like(position), torch.zeros_like(unit)
    return Tuning(math.log(first_step_size), math.log(first_step_size), unit, 0, 0, *zeros)


def ends(burn_in: int) -> list[int]:
    """Steps after which the shape is learned anew."""
    return [round(part * burn_in) for part in WINDOWS]


def learn_step(tuning: Tuning, probability: torch.Tensor, wanted: float, largest: float) -> Tuning:
    """Lengthen the step if chains accept more often than wanted, else shorten it.

    Parameters
    ----------
    tuning
        So far.
    probability
        (chain,) of acceptance of the last step.
    wanted
        Mean probability to tune to.
    largest
        Of the step.
    """
    since = tuning.since + 1
    gain = 1.0 / since**DECAY
    change = gain * (float(probability.mean()) - wanted) / wanted
    log_step_size = min(tuning.log_step_size + max(-1.0, min(1.0, change)), math.log(largest))
    # the mean over the steps since the last power of two: between half and all of the window
    within = since - (1 << (since.bit_length() - 1)) + 1
    mean = tuning.mean_log_step_size + (log_step_size - tuning.mean_log_step_size) / within
    return replace(tuning, log_step_size=log_step_size, mean_log_step_size=mean, since=since)


def gather(tuning: Tuning, position: torch.Tensor) -> Tuning:
    """Add positions, (chain, latent), to the sums."""
    return replace(
        tuning,
        count=tuning.count + 1,
        total=tuning.total + position,
        square=tuning.square + position.mT @ position,
    )


def learn_shape(tuning: Tuning) -> Tuning:
    """Take the covariance within chains as the new shape, and start the sums anew.

    It is shrunk towards a multiple of 1 where few independent positions stand behind it. The
    step starts anew from where steps are about as long as they were.
    """
    chains, latent = tuning.total.shape
    if tuning.count < 2:
        return tuning
    mean = tuning.total / tuning.count
    covariance = tuning.square / (chains * tuning.count) - mean.mT @ mean / chains
    variance = float(covariance.trace()) / latent
    if not variance > SMALLEST_VARIANCE:  # hardly a move was accepted: nothing to learn from
        return reset_sums(tuning)
    weight = chains * tuning.count / CORRELATED
    weight = weight / (weight + latent)
    unit = torch.eye(latent, dtype=mean.dtype, device=mean.device)
    shape = weight * covariance + (1 - weight + 1e-3) * variance * unit
    root = torch.linalg.cholesky(shape)
    scale = root.diagonal().mean() / tuning.root.diagonal().mean()
    log_step_size = min(tuning.mean_log_step_size - math.log(float(scale)), 0.0)
    zeros = torch.zeros_like(tuning.total), torch.zeros_like(tuning.square)
    return Tuning(log_step_size, log_step_size, root, 0, 0, *zeros)


def reset_sums(tuning: Tuning) -> Tuning:
    """Start the sums anew, as the first part of burn-in is no guide to the shape."""
    zeros = torch.zeros_like(tuning.total), torch.zeros_like(tuning.square)
    return replace(tuning, count=0, total=zeros[0], square=zeros[1])
