"""Autoencoder of traces (Spurio Mancini et al. 2021, section 2.2.4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from latentearth.networks.mlp_gan import MLP


class Autoencoder(nn.Module):
    """A stack of autoencoders, fully connected, with leaky ReLU.

    Parameters
    ----------
    widths
        Of the encoder, (501, 256, 128, 64, 5) in the paper; the decoder is its mirror.
    seeds
        One seed sequence per network.
    slope
        Of the leaky ReLU for negative values.
    """

    def __init__(
        self, widths: Sequence[int], seeds: Sequence[np.random.SeedSequence], slope: float
    ):
        super().__init__()
        parts = [np.random.SeedSequence(s.entropy, spawn_key=s.spawn_key).spawn(2) for s in seeds]
        self.encoder = MLP([widths] * len(seeds), [p[0] for p in parts], slope, bias=0.0)
        self.decoder = MLP([widths[::-1]] * len(seeds), [p[1] for p in parts], slope, bias=0.0)

    def forward(self, traces: torch.Tensor) -> torch.Tensor:
        """Compress and decompress traces, (net, batch, sample)."""
        return self.decoder(self.encoder(traces))
