"""A trained fully connected generator (Scheiter et al. 2022, Table A4) among the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from latentearth.generators.base import EnsembleGenerator
from latentearth.networks.mlp_gan import MLP, StackSampler

DRAWN_STREAMS = 4  # streams of random numbers


@dataclass(frozen=True)
class DenseNetwork(EnsembleGenerator):
    """Noise through a network, then each coordinate's deviation and mean.

    Attributes
    ----------
    weights
        Matrix (input, output) and bias (output,) of each layer in turn, float32.
    mean, std
        (coordinate,).
    slope, drop
        Of the leaky ReLU; share of units that are dropped, also when drawing.
    """

    weights: tuple[np.ndarray, ...]
    mean: np.ndarray
    std: np.ndarray
    slope: float
    drop: float

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """See :meth:`EnsembleGenerator.draw`."""
        matrices, biases = self.weights[::2], self.weights[1::2]
        widths = [len(matrices[0]), *(bias.size for bias in biases)]
        stack = MLP([widths], [np.random.SeedSequence(0)], self.slope, self.drop)
        with torch.no_grad():
            for own, given in zip(stack.weights, matrices, strict=True):
                own.copy_(torch.from_numpy(given)[None])
            for own, given in zip(stack.biases, biases, strict=True):
                own.copy_(torch.from_numpy(given)[None, None])
        own_seed = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
        drawn = StackSampler(stack, [own_seed], DRAWN_STREAMS).draw(count)[0].numpy()
        return drawn * self.std + self.mean


def of_stack(stack: MLP, mean: np.ndarray, std: np.ndarray) -> DenseNetwork:
    """The first network of a stack that has learnt (samples - mean) / std; both (coordinate,)."""
    parts: list[np.ndarray] = []
    for weight, bias in zip(stack.weights, stack.biases, strict=True):
        parts += [weight.detach().numpy()[0].copy(), bias.detach().numpy()[0, 0].copy()]
    return DenseNetwork(
        tuple(parts), mean.astype(np.float32), std.astype(np.float32), stack.slope, stack.drop
    )
