"""Generator and critic of images, for a WGAN with gradient penalty (Santos et al. 2024, app. B).

The critic is that of Table A1: convolutions 4 x 4 of stride 2 with leaky ReLU and instance
normalisation, from 128 x 128 down to 4 x 4 with 512 channels, and a last one to a number. (The
table goes from 16 x 16 x 128 to 4 x 4 x 512 in one layer of stride 2; the row 8 x 8 x 256 is
missing.) Table A2, the generator's, is blank: ours mirrors the critic, with batch normalisation
and ReLU, as in the implementation that the paper names, and ends in a sigmoid.
"""

from __future__ import annotations

import itertools
import os
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import io
from latentearth.networks import weights
from latentearth.networks.kernels.first_convolution import patch_convolution
from latentearth.networks.kernels.precision import channels_last
from latentearth.networks.kernels.rectified_norm import rectified_norm

SMALLEST_MAP = 4  # side of the smallest maps, from and to which the kernels of the ends reach


def channels(side: int, width: int) -> list[int]:
    """Channels of the maps from the largest hidden one (side / 2) to that of 4 x 4.

    Parameters
    ----------
    side
        Pixels along a side of the image: 4 times a power of 2, at least 8.
    width
        Channels of the largest hidden map; Table A1: 32. They double from map to map.

    Raises
    ------
    ValueError
        If no whole number of halvings leads from `side` to 4.
    """
    halvings = max(side // SMALLEST_MAP, 1).bit_length() - 1
    if halvings < 1 or SMALLEST_MAP << halvings != side:
        raise ValueError(f"images of {side} pixels along a side; allowed: 8, 16, 32, 64, 128, ...")
    return [width << level for level in range(halvings)]


class _Convolutional(nn.Module):
    """Layers with seeded first weights, on maps stored channels last as convolutions like it."""

    last_spread: float  # standard deviation of the last layer's first weights; others: 0.02

    def __init__(self, layers: list[nn.Module], seed: np.random.SeedSequence):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        rng = np.random.default_rng(seed)
        for layer in layers:
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                spread = self.last_spread if layer.out_channels == 1 else 0.02
                drawn = rng.normal(0.0, spread, tuple(layer.weight.shape))
                with torch.no_grad():
                    layer.weight.copy_(torch.from_numpy(drawn))
                    if layer.bias is not None:
                        layer.bias.zero_()
        channels_last(self)

    def parameter_count(self) -> int:
        """Trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


class Generator(_Convolutional):
    """Transposed convolutions from a latent vector to a grey image.

    While training, maps are normalised by the mean and variance of their batch; in evaluation
    mode by stored ones, so that an image depends on its own latent vector alone.

    Parameters
    ----------
    seed
        For the first weights.
    latent
        Length Z of the latent vector; the paper's is 30.
    side
        Pixels along a side of the image; the paper's is 128.
    width
        See :func:`channels`.
    """

    # Images start black and white: a critic with instance normalisation hardly sees contrast,
    # so that a generator that starts grey stays grey for a long time.
    last_spread = 0.5

    def __init__(
        self, seed: np.random.SeedSequence, latent: int = 30, side: int = 128, width: int = 32
    ):
        self.latent, self.side, self.width = latent, side, width
        maps = channels(side, width)[::-1]
        layers: list[nn.Module] = [
            nn.ConvTranspose2d(latent, maps[0], SMALLEST_MAP, 1, 0, bias=False)
        ]
        for n_in, n_out in itertools.pairwise(maps):
            layers += [nn.BatchNorm2d(n_in), nn.ReLU(inplace=True)]
            layers += [nn.ConvTranspose2d(n_in, n_out, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(maps[-1]), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(maps[-1], 1, 4, 2, 1)]
        super().__init__(layers, seed)

    def forward(self, z: Tensor, streams: object = None) -> Tensor:
        """Map latent vectors (..., latent) to images (..., side, side) in [0, 1]."""
        maps = z.reshape(-1, self.latent, 1, 1).contiguous(memory_format=torch.channels_last)
        return torch.sigmoid(self.layers(maps)).reshape(*z.shape[:-1], self.side, self.side)


class Critic(_Convolutional):
    """Convolutions from an image to one number (Table A1).

    Instance normalisation treats each image for itself, as the gradient penalty needs it: the
    gradient of the number of an image is with respect to that image alone.

    Parameters
    ----------
    seed, side, width
        As for the :class:`Generator`.
    """

    carries_changes = True  # for training.penalty
    last_spread = 0.001  # gradients start with a length near 1, as the penalty wants

    def __init__(self, seed: np.random.SeedSequence, side: int = 128, width: int = 32):
        self.side = side
        layers: list[nn.Module] = []
        for n_in, n_out in itertools.pairwise([1, *channels(side, width)]):
            layers += [nn.Conv2d(n_in, n_out, 4, 2, 1), nn.InstanceNorm2d(n_out, affine=True)]
        layers += [nn.Conv2d(n_out, 1, SMALLEST_MAP, 1, 0)]
        super().__init__(layers, seed)

    def forward(self, x: Tensor, changes: int = 0) -> Tensor:
        """Map images to numbers, and changes of images to changes of their numbers.

        Parameters
        ----------
        x
            (..., side, side): images with values in [0, 1]. With `changes`, one leading axis,
            and the last `changes` of it are changes of the images just before them.
        changes
            How many of `x` are changes.

        Returns
        -------
        torch.Tensor
            (..., 1). It can be differentiated once; see
            :mod:`latentearth.networks.kernels.rectified_norm`.
        """
        maps = 2 * x.reshape(-1, 1, self.side, self.side)
        # changes know no constants
        plain = torch.arange(len(maps), device=x.device) < len(maps) - changes
        maps = maps - plain[:, None, None, None].to(maps.dtype)
        hidden: list[Any] = list(self.layers)  # convolutions and norms in turn
        last = hidden.pop()
        for convolution, norm in zip(hidden[::2], hidden[1::2], strict=True):
            convolve = patch_convolution if convolution.in_channels == 1 else _halve
            maps = convolve(maps, convolution.weight)
            maps = rectified_norm(maps, convolution.bias, norm.weight, norm.bias, changes)
        numbers = nn.functional.conv2d(maps, last.weight).reshape(-1).float()
        return (numbers + last.bias * plain).reshape(*x.shape[:-2], 1)


def _halve(maps: Tensor, kernel: Tensor) -> Tensor:
    return nn.functional.conv2d(maps, kernel, None, 2, 1)


def load_image_generator(path: str | os.PathLike, card_path: str | os.PathLike) -> Generator:
    """Read a trained generator, to evaluate it.

    Parameters
    ----------
    path
        A safetensors file with the tensors ``generator.*``, float32 or float16.
    card_path
        Its JSON card, whose ``architecture`` holds ``latent``, ``side`` and ``width``.

    Returns
    -------
    Generator
        In evaluation mode, float32, with parameters that need no gradient: a function of
        latent vectors (batch, latent) to grey images (batch, side, side) in [0, 1] that can be
        differentiated with respect to the latent vectors.

    Raises
    ------
    latentearth.io.InputError
        If the card has no such architecture, or the file other tensors.
    """
    card = io.read_json(card_path)
    found = card.get("architecture")
    if not isinstance(found, dict) or set(found) != {"latent", "side", "width"}:
        raise io.InputError(card_path, "architecture", found, "latent, side and width")
    generator = Generator(np.random.SeedSequence(0), **found)
    weights.load_into(path, "generator", generator)
    return generator.requires_grad_(False).eval()
