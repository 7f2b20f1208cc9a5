"""Many small VAEs of points in the plane, as one stack (Lopez-Alvis et al. 2021, Figs. 3, 4).

The layers have 2-20-30-40-30-20 units on the way to the code, of two numbers, and 2-20-30-40-30-
20-2 on the way back, with several kinds of activation. A stack does the products of all its
networks at once; every network has weights of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import relu, softplus

ENCODER = (2, 20, 30, 40, 30, 20)
DECODER = (2, 20, 30, 40, 30, 20, 2)
ENCODER_ACTIVATIONS: tuple[Callable[[Tensor], Tensor], ...] = (
    torch.tanh,
    softplus,
    relu,
    softplus,
    torch.tanh,
)
DECODER_ACTIVATIONS = (None, torch.tanh, relu, softplus, softplus, torch.tanh)


class StackedLinear(nn.Module):
    """A linear layer in each of several networks.

    Parameters
    ----------
    n_in, n_out
        Units before and after.
    rngs
        One generator per network, which draws its first weights and biases, uniform within
        1/sqrt(n_in).
    """

    def __init__(self, n_in: int, n_out: int, rngs: Sequence[np.random.Generator]):
        super().__init__()
        bound = n_in**-0.5
        weight = np.stack([rng.uniform(-bound, bound, (n_in, n_out)) for rng in rngs])
        bias = np.stack([rng.uniform(-bound, bound, (1, n_out)) for rng in rngs])
        self.weight = nn.Parameter(torch.from_numpy(weight.astype(np.float32)))
        self.bias = nn.Parameter(torch.from_numpy(bias.astype(np.float32)))

    def forward(self, x: Tensor) -> Tensor:
        """Map (net, batch, n_in) to (net, batch, n_out)."""
        return torch.baddbmm(self.bias, x, self.weight)


class SmallVaes(nn.Module):
    """A stack of VAEs.

    Parameters
    ----------
    seeds
        One seed sequence per network.
    """

    def __init__(self, seeds: Sequence[np.random.SeedSequence]):
        super().__init__()
        rngs = [np.random.default_rng(seed) for seed in seeds]
        pairs = itertools.pairwise(ENCODER)
        self.encoder = nn.ModuleList(StackedLinear(a, b, rngs) for a, b in pairs)
        self.mean = StackedLinear(ENCODER[-1], 2, rngs)
        self.log_variance = StackedLinear(ENCODER[-1], 2, rngs)
        pairs = itertools.pairwise(DECODER)
        self.decoder = nn.ModuleList(StackedLinear(a, b, rngs) for a, b in pairs)

    def encode(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Means and log-variances of codes, each (net, batch, 2), of points (net, batch, 2)."""
        for layer, activation in zip(self.encoder, ENCODER_ACTIVATIONS, strict=True):
            points = activation(layer(points))
        return self.mean(points), self.log_variance(points)

    def decode(self, codes: Tensor) -> Tensor:
        """Points of codes, both (net, batch, 2)."""
        for layer, activation in zip(self.decoder, DECODER_ACTIVATIONS, strict=True):
            codes = layer(codes)
            codes = codes if activation is None else activation(codes)
        return codes
