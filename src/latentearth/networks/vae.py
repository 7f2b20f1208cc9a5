"""Variational autoencoder of models of 129 x 65 cells (Lopez-Alvis et al. 2021, sec. 3.1).

Four convolutions lead from a model to maps of 6 x 2 cells with 256 channels (63 x 31, 30 x 14,
14 x 6 on the way), two linear layers from there to the mean and the log-variance of the code;
the decoder is the mirror image. Convolutions have no bias; between them stand instance
normalisation and ReLU. 4 595 304 parameters, of which the decoder has 2 294 048; with 16 channels
next to the image instead of 32, and all others in proportion, about a quarter of that.
"""

from __future__ import annotations

import copy
import itertools

import numpy as np
import torch
from torch import nn
from torch.nn.functional import relu

from latentearth.networks.kernels.fixed_convolution import convolve
from latentearth.networks.kernels.instance_norm import norm_relu
from latentearth.networks.kernels.precision import channels_last

VAE_SHAPE = (129, 65)  # rows (depth) and columns of a model
VAE_LATENT = 20
VAE_WIDTH = 32  # channels next to the image; the other maps have 2, 4 and 8 times as many
VAE_KERNELS = (5, 5, 4, 4)
INNER = (6, 2)  # rows and columns where the linear layers begin
HIDDEN = 16  # numbers between the linear layers, in widths


def _channels(width: int) -> tuple[int, ...]:
    """Channels of the maps, from the image inwards."""
    return 1, width, 2 * width, 4 * width, 8 * width


@torch.no_grad()
def draw_initial(module: nn.Module, seed: np.random.SeedSequence) -> None:
    """First weights, uniform within 1/sqrt(inputs of a unit), as torch draws them by default."""
    rng = np.random.default_rng(seed)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            bound = layer.weight[0].numel() ** -0.5
            for parameter in layer.parameters():
                drawn = rng.uniform(-bound, bound, tuple(parameter.shape))
                parameter.copy_(torch.from_numpy(drawn))


class Encoder(nn.Module):
    """From models to the means and log-variances of their codes: h and 2 log u of eq. 13.

    Parameters
    ----------
    seed
        For the first weights.
    latent
        Length d of a code.
    width
        Channels next to the image.
    """

    def __init__(
        self, seed: np.random.SeedSequence, latent: int = VAE_LATENT, width: int = VAE_WIDTH
    ):
        super().__init__()
        channels = _channels(width)
        pairs = zip(itertools.pairwise(channels), VAE_KERNELS, strict=True)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(n_in, n_out, kernel, 2, bias=False) for (n_in, n_out), kernel in pairs
        )
        self.linear = nn.Linear(channels[-1] * INNER[0] * INNER[1], HIDDEN * width)
        self.mean = nn.Linear(HIDDEN * width, latent)
        self.log_variance = nn.Linear(HIDDEN * width, latent)
        draw_initial(self, seed)
        channels_last(self)

    def forward(self, models: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Map models (batch, 129, 65) in [0, 1] to means and log-variances, (batch, latent)."""
        maps = models[:, None].contiguous(memory_format=torch.channels_last)
        for convolution in self.convolutions:
            maps = norm_relu(convolution(maps))
        hidden = relu(self.linear(maps.flatten(1)))
        return self.mean(hidden), self.log_variance(hidden)

    def parameter_count(self) -> int:
        """Trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


class Decoder(nn.Module):
    """The generator g(z): from codes to models.

    Parameters
    ----------
    seed
        For the first weights.
    latent
        Length d of a code.
    width
        Channels next to the image.
    """

    def __init__(
        self, seed: np.random.SeedSequence, latent: int = VAE_LATENT, width: int = VAE_WIDTH
    ):
        super().__init__()
        self.latent = latent
        channels = _channels(width)
        self.inner = channels[-1], *INNER
        self.first = nn.Linear(latent, HIDDEN * width)
        self.second: nn.Module = nn.Linear(HIDDEN * width, int(np.prod(self.inner)))
        pairs = zip(itertools.pairwise(channels[::-1]), VAE_KERNELS[::-1], strict=True)
        self.convolutions = nn.ModuleList(
            nn.ConvTranspose2d(n_in, n_out, kernel, 2, bias=False)
            for (n_in, n_out), kernel in pairs
        )
        draw_initial(self, seed)
        channels_last(self)

    @torch.no_grad()
    def fixed(self) -> Decoder:
        """The same with weights that no longer change: the first two layers as one."""
        found = copy.deepcopy(self).requires_grad_(False)
        first, second = self.first, self.second
        if not isinstance(second, nn.Linear):
            return found  # the layers are one already
        joined = nn.Linear(self.latent, second.out_features, device=second.weight.device)
        joined.weight.copy_(second.weight.double() @ first.weight.double())
        joined.bias.copy_(second.weight.double() @ first.bias.double() + second.bias)
        found.first, found.second = joined.requires_grad_(False), nn.Identity()
        return found

    def logits(self, codes: torch.Tensor) -> torch.Tensor:
        """Map codes (batch, latent) to the logits of models, (batch, 129, 65)."""
        maps = relu(self.second(self.first(codes)))  # nothing between the first two
        maps = maps.view(-1, *self.inner).contiguous(memory_format=torch.channels_last)
        maps = maps.to(next(self.convolutions.parameters()).dtype)
        for convolution in self.convolutions[:-1]:
            maps = norm_relu(convolution(maps))
        return convolve(self.convolutions[-1], maps)[:, 0]

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Map codes (batch, latent) to models (batch, 129, 65) in [0, 1], float32."""
        return torch.sigmoid(self.logits(codes).float())

    def parameter_count(self) -> int:
        """Trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())
