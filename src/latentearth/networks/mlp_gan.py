"""Fully connected generators and discriminators, many at once (Scheiter et al. 2022, Table A1).

A set of networks is one stack of weights (net, input, output), so that forty cost little more
than one; a single network is a stack of one. Networks of a stack may differ in their first
and last width (the dimension of their data): the narrower ones are padded with zeros, which
neither carry signal nor receive gradient.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from latentearth.networks.kernels.noise import NoiseStreams


class MLP(nn.Module):
    """Stack of fully connected networks with leaky ReLU between the layers.

    Parameters
    ----------
    widths
        Widths of the layers of each network, for example ``(100, 50, 50, 50, 2)``; equal for
        all networks but for the first and the last entry.
    seeds
        One seed sequence per network, for the Xavier-uniform initial weights.
    slope
        Slope of the leaky ReLU for negative values.
    drop
        Dropout probability after each hidden layer, **also when sampling** (Tables A1 and A4);
        0 for a discriminator.
    bias
        Initial value of every bias.
    """

    works_on_copies = True  # casting small matrices at every product costs more than it saves

    def __init__(
        self,
        widths: Sequence[Sequence[int]],
        seeds: Sequence[np.random.SeedSequence],
        slope: float = 0.1,
        drop: float = 0.0,
        bias: float = 0.01,
    ):
        super().__init__()
        self.widths = [tuple(w) for w in widths]
        self.slope, self.drop, self.bias = slope, drop, bias
        padded = [max(column) for column in zip(*self.widths, strict=True)]
        rngs = [np.random.default_rng(seed) for seed in seeds]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for layer, (wide_in, wide_out) in enumerate(itertools.pairwise(padded)):
            weight = np.zeros((len(self.widths), wide_in, wide_out), np.float32)
            start = np.zeros((len(self.widths), 1, wide_out), np.float32)
            for net, (w, rng) in enumerate(zip(self.widths, rngs, strict=True)):
                n_in, n_out = w[layer], w[layer + 1]
                limit = np.sqrt(6 / (n_in + n_out))
                weight[net, :n_in, :n_out] = rng.uniform(-limit, limit, (n_in, n_out))
                start[net, :, :n_out] = bias
            self.weights.append(nn.Parameter(torch.from_numpy(weight)))
            self.biases.append(nn.Parameter(torch.from_numpy(start)))
        used = torch.zeros(len(self.widths), 1, padded[-1])
        for net, w in enumerate(self.widths):
            used[net, :, : w[-1]] = 1
        self.used: torch.Tensor
        self.register_buffer("used", used, persistent=False)
        self.padded = bool((used == 0).any())

    def parameter_counts(self) -> list[int]:
        """Trainable parameters of each network, without the padding."""
        return [sum((a + 1) * b for a, b in itertools.pairwise(w)) for w in self.widths]

    def select(self, networks: Sequence[int]) -> MLP:
        """A stack of some of the networks, without the padding that only others needed."""
        seeds = [np.random.SeedSequence(0)] * len(networks)  # the weights are replaced at once
        widths = [self.widths[n] for n in networks]
        part = MLP(widths, seeds, self.slope, self.drop, self.bias)
        pairs = zip([*part.weights, *part.biases], [*self.weights, *self.biases], strict=True)
        with torch.no_grad():
            for own, whole in pairs:
                own.copy_(whole[list(networks), : own.shape[1], : own.shape[2]])
        return part

    def forward(self, x: torch.Tensor, streams: NoiseStreams | None = None) -> torch.Tensor:
        """Map (net, batch, input) to (net, batch, output); `streams` draw the dropout.

        The products are made in the type of the weights, float32 or bfloat16.
        """
        last = len(self.weights) - 1
        x = x.to(self.weights[0].dtype)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x, weight)
            if layer == last:
                break
            if self.drop > 0:
                if streams is None:
                    raise ValueError("dropout needs streams of random numbers")
                x = streams.leaky_dropout(x, self.slope, self.drop)
            else:
                x = nn.functional.leaky_relu(x, self.slope, inplace=True)
        return x * self.used if self.padded else x


class StackSampler:
    """Draw from trained generators of a stack, faster than by calling them.

    The first layer maps standard normal noise z to W'z + b, which is exactly N(b, W'W). It is
    drawn with a Cholesky factor of W'W when that takes fewer deviates (50 instead of 100 for
    Table A1); the distribution is the same. Each network is copied `copies` times with a stream
    each, so that one network fills several cores; the copies, not the cores, decide the numbers.

    Parameters
    ----------
    generator
        A stack of trained generators.
    seeds
        One seed sequence per network.
    copies
        Streams per network.
    block
        Samples per copy and call; a block of activations should stay in the cache.
    """

    def __init__(
        self,
        generator: MLP,
        seeds: Sequence[np.random.SeedSequence],
        copies: int = 16,
        block: int = 256,
        device: str | torch.device = "cpu",
    ):
        spread = [child for seed in seeds for child in seed.spawn(copies)]
        self.streams = NoiseStreams(spread, device)
        self.nets, self.copies, self.block = len(seeds), copies, block
        self.slope, self.drop = generator.slope, generator.drop
        weights = [w.detach().to(device) for w in generator.weights]
        biases = [b.detach().to(device) for b in generator.biases]
        if weights[0].shape[1] > weights[0].shape[2]:
            first = weights[0].double()
            weights[0] = torch.linalg.cholesky(first.mT @ first).mT.float()
        weights[-1], biases[-1] = weights[-1] * generator.used, biases[-1] * generator.used
        self.weights = [w.repeat_interleave(copies, 0).contiguous() for w in weights]
        self.biases = [b.repeat_interleave(copies, 0).contiguous() for b in biases]

    @torch.no_grad()
    def draw_block(self) -> torch.Tensor:
        """The next samples, (net, copies * block, coordinate)."""
        x = self.streams.normal(self.block, self.weights[0].shape[1])
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x, weight)
            if layer < last:
                x = self.streams.leaky_dropout(x, self.slope, self.drop)
        return x.view(self.nets, self.copies * self.block, -1)

    def draw(self, count: int) -> torch.Tensor:
        """`count` samples of each network, (net, count, coordinate)."""
        blocks, have = [], 0
        while have < count:
            blocks.append(self.draw_block()[:, : count - have])
            have += blocks[-1].shape[1]
        return torch.cat(blocks, 1)
