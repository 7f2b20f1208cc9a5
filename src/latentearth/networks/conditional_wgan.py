"""Generator and critic of a conditional WGAN-GP (Spurio Mancini et al. 2021, Figure 6)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from latentearth.networks.mlp_gan import MLP


class Generator(nn.Module):
    """A stack of fully connected generators of a latent vector and the coordinates.

    Parameters
    ----------
    latent, condition
        Numbers of latent variables and of coordinates, 64 and 4.
    hidden
        Widths of the hidden layers.
    samples
        Of a trace.
    seeds, slope
        As of :class:`~latentearth.networks.autoencoder.Autoencoder`.
    """

    def __init__(
        self,
        latent: int,
        condition: int,
        hidden: Sequence[int],
        samples: int,
        seeds: Sequence[np.random.SeedSequence],
        slope: float,
    ):
        super().__init__()
        widths = (latent + condition, *hidden, samples)
        self.net = MLP([widths] * len(seeds), seeds, slope, bias=0.0)

    def forward(self, z: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        """Map (net, batch, latent) and (net, batch, condition) to (net, batch, sample)."""
        return self.net(torch.cat([z, condition], -1))


class Critic(nn.Module):
    """A stack of critics of a trace and the coordinates.

    The two enter side by side and, as in the projection discriminator of Miyato & Koyama (2018),
    by an inner product of the trace with a learnt function of the coordinates: which trace
    belongs to which position is then a matter of one direction, and takes far fewer steps to
    learn. (How the condition enters is free, says the paper, with no difference that mattered
    at its 100 critic steps per step of the generator.)

    Parameters
    ----------
    samples, condition
        Of a trace; number of coordinates.
    hidden
        Widths of the hidden layers of trace and coordinates side by side.
    projection
        Widths of the hidden layers of the function of the coordinates.
    seeds, slope
        As of :class:`Generator`.
    """

    def __init__(
        self,
        samples: int,
        condition: int,
        hidden: Sequence[int],
        projection: Sequence[int],
        seeds: Sequence[np.random.SeedSequence],
        slope: float,
    ):
        super().__init__()
        parts = [np.random.SeedSequence(s.entropy, spawn_key=s.spawn_key).spawn(2) for s in seeds]
        nets = len(seeds)
        self.joint = MLP(
            [(samples + condition, *hidden, 1)] * nets, [p[0] for p in parts], slope, bias=0.0
        )
        self.direction = MLP(
            [(condition, *projection, samples)] * nets, [p[1] for p in parts], slope, bias=0.0
        )

    def forward(self, traces: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        """Map (net, batch, sample) and (net, batch, condition) to (net, batch, 1)."""
        joint = self.joint(torch.cat([traces, condition], -1))
        inner = (self.direction(condition) * traces).sum(-1, keepdim=True)
        return joint + inner / traces.shape[-1] ** 0.5
