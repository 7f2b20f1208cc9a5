"""Training of the spatial GAN on crops of a training image (Laloy et al. 2018, 2019).

The networks are convolutional throughout, so that they may learn on images of another size than
that of the models; the original was trained on 353 x 353 cells (latent maps of 12 x 12). The loop
is the one of all our GANs. Two things differ from the original: the latent numbers of a batch
are made uniform on (-1, 1) from normal ones, by the error function, and there is no weight
decay (the original's, 1e-7, changes a weight by 1e-6 of itself in a training).

With the original's settings the discriminator tells all in some tens of steps of small batches,
and the generator never leaves noise. Whether it learns is a matter of balance: with a slower
discriminator (``critic_rate=0.4``) and a penalty of weight 1 on its slopes at real crops
(``real_penalty``) all three seeds that were tried made channels, within 250 steps of 8 crops of
129 x 65 cells at width 32; with a weight of 0.05 the discriminator won, with 3 and more it learned
too slowly.
"""

from __future__ import annotations

import copy
import math
import os

import numpy as np
import torch
from torch import Tensor, nn

from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.sgan import Discriminator, Generator, image_side
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.histories import History
from latentearth.training.variational import CropBatches


class _MapGenerator(nn.Module):
    """The generator as the loop wants it: (1, batch, latent) normal to (1, batch, row, column)."""

    def __init__(self, generator: Generator, shape: tuple[int, int]):
        super().__init__()
        self.generator, self.shape = generator, shape

    def forward(self, noise: Tensor, streams: object = None) -> Tensor:
        """Make images in (-1, 1)."""
        uniform = torch.erf(noise[0] / math.sqrt(2.0))
        return self.generator.images(uniform.view(-1, 1, *self.shape))[:, 0][None]


class _MapCritic(nn.Module):
    """The discriminator as the loop wants it: (1, batch, row, column) to (1, batch, patch)."""

    def __init__(self, discriminator: Discriminator):
        super().__init__()
        self.discriminator = discriminator

    def forward(self, images: Tensor) -> Tensor:
        """Logits of the patches."""
        return self.discriminator(images[0][:, None])[None]


class _Images:
    """Crops of the training image as the loop wants them, scaled from {0, 1} to {-1, 1}."""

    def __init__(self, crops: CropBatches):
        self.crops = crops
        self.state_dict, self.load_state_dict = crops.state_dict, crops.load_state_dict

    def draw(self) -> Tensor:
        """A batch, (1, batch, row, column)."""
        return 2 * self.crops.draw()[None] - 1


def train_sgan(
    image: np.ndarray,
    positions: np.ndarray,
    settings: AdversarialTraining,
    latent_map: tuple[int, int],
    seed: np.random.SeedSequence,
    *,
    width: int = 64,
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
    label: str = "training SGAN",
) -> tuple[Generator, Discriminator, History]:
    """Train a spatial GAN.

    Parameters
    ----------
    image
        Training image, (row, column), 0 and 1.
    positions
        Allowed positions of crops as large as `latent_map` makes them.
    settings
        The original: ``AdversarialTraining(batch=32, learning_rate=5e-4, betas=(0.5, 0.999),
        steps=1850, latent=144)``; ``latent`` must be the number of cells of `latent_map`.
    latent_map
        Rows and columns of the latent maps while training; 12 x 12 in the original.
    seed
        Decides first weights, crops and noise.
    width
        Channels next to the image; 64.
    device, checkpoint, label
        See :func:`latentearth.training.adversarial.train_adversarial`.

    Returns
    -------
    generator, discriminator, history
        On the CPU; the generator with the running mean of its weights if ``settings.average``
        is above 0.

    Raises
    ------
    ValueError
        If ``settings.latent`` does not fit the map.
    """
    if settings.latent != math.prod(latent_map):
        raise ValueError(f"{settings.latent} latent numbers do not fit a map of {latent_map}")
    parts = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(4)
    generator = Generator(parts[0], width).to(device)
    discriminator = Discriminator(parts[1], width).to(device)
    shape = image_side(latent_map[0]), image_side(latent_map[1])
    crops = CropBatches(image, positions, settings.batch, parts[2], device, shape)
    wrapped = _MapGenerator(generator, latent_map)
    averaged = copy.deepcopy(wrapped) if settings.average > 0 else None
    history = train_adversarial(
        wrapped,
        _MapCritic(discriminator),
        _Images(crops),
        NoiseStreams(parts[3:], device),
        settings,
        checkpoint=checkpoint,
        label=label,
        averaged=averaged,
    )
    result = generator if averaged is None else averaged.generator
    return result.cpu(), discriminator.cpu(), history
