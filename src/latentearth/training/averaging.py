"""Running means of weights, which smooth the swinging of a training about what it learns."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def follow(averaged: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Move the parameters of a copy towards those of a network in training.

    Parameters
    ----------
    averaged
        A copy of the network, changed in place.
    network
        The network after this step.
    decay
        Share of the mean that stays, for example 0.999; less in the first steps, in which the
        mean would still be that of the first weights.
    step
        Number of the step, from 1.
    """
    share = 1 - min(decay, step / (step + 10))
    torch._foreach_lerp_(list(averaged.parameters()), list(network.parameters()), share)
