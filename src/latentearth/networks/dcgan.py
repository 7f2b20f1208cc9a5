"""Deep convolutional GAN on the 23 x 23 Australian grid (Scheiter et al. 2022, Table A3).

The maps of the generator have sizes 2, 4, 8, 16 and 23, those of the discriminator 23, 18, 9, 4,
2 and 1. No layer but the batch normalisation has biases: only so do the parameters number
3 574 208 and 2 764 800. (The latent vector enters as a map of size 1, of which a kernel of 4 with
padding 1 uses its inner 2 x 2 weights: 614 400 of the generator's parameters never act, and
likewise 6144 of the discriminator's last layer.)

With batch normalisation, without biases, and real and generated samples normalised apart, the
discriminator gives maps of twice the size the same answer: it does not see how far samples spread.
It can be made without (docs/decisions/dcgan.md).
"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch import nn

from latentearth.networks.kernels.precision import channels_last

SIDE = 23  # points along a side of the grid


class _Convolutional(nn.Module):
    """Layers on maps in the order of memory that convolutions like best (channels last)."""

    def __init__(
        self, layers: list[nn.Module], seed: np.random.SeedSequence, deviation: float | None = 0.02
    ):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        rng = np.random.default_rng(seed)
        for layer in layers:
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                _draw(layer.weight, rng, 0.0, deviation or (2 / layer.weight[0].numel()) ** 0.5)
            elif isinstance(layer, nn.BatchNorm2d):
                _draw(layer.weight, rng, 1.0, 0.02)
        channels_last(self)

    def parameter_count(self) -> int:
        """Trainable parameters, as in Table A3."""
        return sum(parameter.numel() for parameter in self.parameters())


@torch.no_grad()
def _draw(weight: torch.Tensor, rng: np.random.Generator, mean: float, deviation: float) -> None:
    """Initial weights: normal, in the paper with a standard deviation of 0.02."""
    weight.copy_(torch.from_numpy(rng.normal(mean, deviation, tuple(weight.shape))))


class Generator(_Convolutional):
    """Five transposed convolutions from a latent vector to a map.

    While training, batches are normalised by their own mean and variance; in evaluation mode, as
    for sampling, by running averages of them, so that samples are independent of each other.

    Parameters
    ----------
    seed
        For the initial weights.
    latent
        Length of the latent vector.
    width
        Channels of the last hidden map; Table A3: 64. The others have 2, 4 and 8 times as many.

    Attributes
    ----------
    level, unit
        Velocities in km/s are level + unit * map, point by point, (529,): stored with the weights.
    """

    level: torch.Tensor
    unit: torch.Tensor

    def __init__(self, seed: np.random.SeedSequence, latent: int = 100, width: int = 64):
        self.latent = latent
        channels = [latent, 8 * width, 4 * width, 2 * width, width]
        layers: list[nn.Module] = []
        for n_in, n_out in itertools.pairwise(channels):
            layers += [
                nn.ConvTranspose2d(n_in, n_out, 4, 2, 1, bias=False),
                nn.BatchNorm2d(n_out),
                nn.ReLU(inplace=True),
            ]
        layers += [nn.ConvTranspose2d(width, 1, 3, 2, 5, bias=False), nn.Tanh()]
        super().__init__(layers, seed)
        self.register_buffer("level", torch.zeros(SIDE * SIDE))
        self.register_buffer("unit", torch.ones(SIDE * SIDE))

    def forward(self, z: torch.Tensor, streams: object = None) -> torch.Tensor:
        """Map (1, batch, latent) to (1, batch, 529): rows of the grid one after another."""
        maps = self.layers(z[0, :, :, None, None].contiguous(memory_format=torch.channels_last))
        return maps.reshape(1, len(maps), SIDE * SIDE)


class Discriminator(_Convolutional):
    """Five convolutions from a map to the logit of the probability that it is real.

    Parameters
    ----------
    seed
        For the initial weights.
    width
        Channels of the first hidden map; Table A3: 64. The others have 2, 4 and 8 times as many.
    epsilon
        What the normalisation adds to the variance of a batch. Without it maps of twice the size
        would give the same answer, as the first layer has no bias: real and generated samples are
        normalised apart, and how far samples spread is seen the better, the larger this is.
    normalise
        Normalise batches, as Table A3. Without it first weights are larger (He et al. 2015): at
        0.02 the answers of five layers would all but vanish.
    """

    def __init__(
        self,
        seed: np.random.SeedSequence,
        width: int = 64,
        epsilon: float = 1e-5,
        normalise: bool = True,
    ):
        # if so, real and generated samples must come in batches of their own
        self.normalises_batches = normalise
        layers: list[nn.Module] = [
            nn.Conv2d(1, width, 6, 1, 0, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
        ]
        for n_in, n_out in ((width, 2 * width), (2 * width, 4 * width), (4 * width, 8 * width)):
            layers += [
                nn.Conv2d(n_in, n_out, 4, 2, 1, bias=False),
                *([nn.BatchNorm2d(n_out, epsilon)] if normalise else []),
                nn.LeakyReLU(0.2, inplace=True),
            ]
        layers += [nn.Conv2d(8 * width, 1, 4, 2, 1, bias=False)]  # the sigmoid is in the loss
        super().__init__(layers, seed, 0.02 if normalise else None)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (1, batch, 529) to (1, batch, 1)."""
        maps = x.reshape(-1, 1, SIDE, SIDE).contiguous(memory_format=torch.channels_last)
        return self.layers(maps).reshape(1, -1, 1)
