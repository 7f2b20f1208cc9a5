"""Spatial GAN of Laloy et al. (2018, 2019), with which Lopez-Alvis et al. (2021) compare.

The generator is convolutional throughout: every number of its latent map decides a patch of the
image, and a larger map gives a larger image. A map of 5 x 3 numbers, 15 in all, makes a model of
129 x 65 cells: five transposed convolutions of stride 2 lead from n to 2 n - 1 points each, and
two dilated ones smooth the result. ReLU comes before the normalisation. The discriminator is the
generator's way back, without the dilated layers. With 64 channels next to the image, as in the
original, 4 318 400 and 4 315 200 parameters; with 32 a quarter of that.

The dilated layers keep the number of points. The original writes both as transposed convolutions.
The first of them is here the ordinary convolution that it equals with its kernel turned about:
on a processor its way back takes a fifth of the time. For the second it is the other way round.
"""

from __future__ import annotations

import copy
import itertools

import numpy as np
import torch
from torch import nn

from latentearth.networks.kernels.fixed_convolution import convolve
from latentearth.networks.kernels.instance_norm import relu_norm
from latentearth.networks.kernels.precision import channels_last

SGAN_LATENT_SHAPE = (5, 3)  # rows and columns of the latent map of one model
SGAN_LATENT = 15
SGAN_WIDTH = 64  # channels next to the image; the others have 2, 4 and 8 times as many


def image_side(latent_side: int) -> int:
    """Cells along a side of the image that a latent map makes: 5 gives 129, 3 gives 65."""
    return 32 * (latent_side - 1) + 1


@torch.no_grad()
def _draw_initial(module: nn.Module, seed: np.random.SeedSequence) -> None:
    """First weights: normal with standard deviation 0.02."""
    rng = np.random.default_rng(seed)
    for weight in module.parameters():
        weight.copy_(torch.from_numpy(rng.normal(0.0, 0.02, tuple(weight.shape))))


class Generator(nn.Module):
    """From latent maps, uniform on (-1, 1), to images in (-1, 1).

    Parameters
    ----------
    seed
        For the first weights.
    width
        Channels of the last map before the image; 64.
    """

    latent = SGAN_LATENT

    def __init__(self, seed: np.random.SeedSequence, width: int = SGAN_WIDTH):
        super().__init__()
        channels = (1, 8 * width, 4 * width, 2 * width, width)
        self.growing = nn.ModuleList(
            nn.ConvTranspose2d(n_in, n_out, 5, 2, 2, bias=False)
            for n_in, n_out in itertools.pairwise(channels)
        )
        self.to_image = nn.ConvTranspose2d(width, 1, 5, 2, 2, bias=False)
        self.smooth = nn.Conv2d(1, width, 5, padding=6, dilation=3, bias=False)
        self.last = nn.ConvTranspose2d(width, 1, 5, 1, 10, dilation=5, bias=False)
        _draw_initial(self, seed)
        channels_last(self)

    def fixed(self) -> Generator:
        """The same with weights that no longer change."""
        return copy.deepcopy(self).requires_grad_(False)

    def images(self, latent_maps: torch.Tensor) -> torch.Tensor:
        """Map (batch, 1, rows, columns) to images in (-1, 1) of 32 (n - 1) + 1 cells a side."""
        maps = latent_maps.contiguous(memory_format=torch.channels_last)
        maps = maps.to(self.smooth.weight.dtype)
        for layer in self.growing:
            maps = relu_norm(layer(maps))
        maps = relu_norm(convolve(self.smooth, torch.relu(convolve(self.to_image, maps))))
        return torch.tanh(convolve(self.last, maps).float())

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        """Map latent vectors (batch, 15) to models (batch, 129, 65) in [0, 1], float32."""
        return 0.5 * (self.images(latent.view(-1, 1, *SGAN_LATENT_SHAPE))[:, 0] + 1)

    def parameter_count(self) -> int:
        """Trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


class Discriminator(nn.Module):
    """From images to a map of logits, each of a patch of the image being real.

    Parameters
    ----------
    seed
        For the first weights.
    width
        Channels of the first hidden map; 64.
    """

    def __init__(self, seed: np.random.SeedSequence, width: int = SGAN_WIDTH):
        super().__init__()
        channels = (1, width, 2 * width, 4 * width, 8 * width)
        self.shrinking = nn.ModuleList(
            nn.Conv2d(n_in, n_out, 5, 2, 2, bias=False)
            for n_in, n_out in itertools.pairwise(channels)
        )
        self.last = nn.Conv2d(8 * width, 1, 5, 2, 2, bias=False)  # the sigmoid is in the loss
        _draw_initial(self, seed)
        channels_last(self)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map images (batch, 1, row, column) in (-1, 1) to logits (batch, patch)."""
        maps = images.contiguous(memory_format=torch.channels_last)
        for layer in self.shrinking:
            maps = relu_norm(layer(maps), 0.2)
        return self.last(maps).flatten(1)

    def parameter_count(self) -> int:
        """Trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())
