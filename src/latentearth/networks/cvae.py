"""Conditional variational autoencoder of traces (Spurio Mancini et al. 2021, Figure 5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from latentearth.networks.mlp_gan import MLP


class CVAE(nn.Module):
    """A stack of CVAEs with a fixed standard deviation in the latent space.

    The coordinates join at the last layer of the encoder and again at the latent vector.

    Parameters
    ----------
    widths
        Of the encoder before the latent layer, (501, 256, 128, 64) in the paper; the decoder is
        its mirror.
    latent, condition
        Numbers of latent variables and of coordinates, 5 and 4.
    deviation
        Standard deviation of encoding and prior, 0.001.
    seeds, slope
        As of :class:`~latentearth.networks.autoencoder.Autoencoder`.
    """

    def __init__(
        self,
        widths: Sequence[int],
        latent: int,
        condition: int,
        deviation: float,
        seeds: Sequence[np.random.SeedSequence],
        slope: float,
    ):
        super().__init__()
        self.deviation, self.slope, nets = deviation, slope, len(seeds)
        parts = [np.random.SeedSequence(s.entropy, spawn_key=s.spawn_key).spawn(3) for s in seeds]
        self.body = MLP([tuple(widths)] * nets, [p[0] for p in parts], slope, bias=0.0)
        self.head = MLP(
            [(widths[-1] + condition, latent)] * nets, [p[1] for p in parts], slope, bias=0.0
        )
        mirror = (latent + condition, *widths[::-1])
        self.decoder = MLP([mirror] * nets, [p[2] for p in parts], slope, bias=0.0)

    def encode(self, traces: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        """Means (net, batch, latent) of the encodings."""
        body = leaky_relu(self.body(traces), self.slope)
        return self.head(torch.cat([body, condition], -1))

    def loss(
        self, condition: torch.Tensor, traces: torch.Tensor, noise: torch.Tensor
    ) -> torch.Tensor:
        """Minus the objective of equation 9 per network, with one draw per sample.

        The decoder is deterministic: its log probability is taken as minus the mean squared
        error of a trace, whose scale the paper leaves open. The divergence is equation B3.

        Parameters
        ----------
        condition, traces
            (net, batch, 4), (net, batch, sample).
        noise
            Standard normal, (net, batch, latent).
        """
        mean = self.encode(traces, condition)
        z = mean + self.deviation * noise
        error = ((self.decoder(torch.cat([z, condition], -1)) - traces) ** 2).mean((1, 2))
        divergence = (mean**2).sum(-1).mean(-1) / (2 * self.deviation**2)
        return error + divergence

    def emulate(
        self, condition: torch.Tensor, traces: torch.Tensor, noise: torch.Tensor
    ) -> torch.Tensor:
        """Mean squared error per network of the decoder at z = `noise` (zeros): as an emulator."""
        return ((self.decoder(torch.cat([noise, condition], -1)) - traces) ** 2).mean((1, 2))
