"""The WGAN with gradient penalty that learns images (Santos et al. 2024, appendices A and B)."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator

import numpy as np
import torch

from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.kernels.precision import Products, autocast
from latentearth.networks.wgan_gp import Critic, Generator
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.histories import History
from latentearth.training.image_batches import ImageBatches
from latentearth.training.map_dcgan import measure_batch_statistics


def train_wgan_gp(
    images: np.ndarray,
    settings: AdversarialTraining,
    seed: np.random.SeedSequence,
    *,
    width: int = 32,
    mirror: bool = False,
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
    label: str = "training WGAN-GP",
    on_record: Callable[[int], None] | None = None,
) -> tuple[Generator, Critic, History]:
    """Train generator and critic on images.

    Parameters
    ----------
    images
        (image, side, side): bytes of 0 and 1, or grey values from 0 to 1.
    settings
        Appendix B: ``Settings(loss="wgan-gp", steps=7904, batch=64, learning_rate=1e-4,
        latent=30, critic_steps=5, penalty=10)``. With products in bfloat16 the convolutions
        are made so where the hardware can. With ``average`` above 0 the generator that is
        returned has the running mean of the weights, and its normalisation is measured anew.
    seed
        Decides first weights, batches, noise and mirroring.
    width
        Channels of the largest hidden map; Table A1: 32.
    mirror
        See :class:`latentearth.training.image_batches.ImageBatches`.
    device, checkpoint, label, on_record
        See :func:`latentearth.training.adversarial.train_adversarial`.

    Returns
    -------
    generator, critic, history
        On the CPU, the generator in evaluation mode.

    Raises
    ------
    ValueError
        If the images are not square, not of a side that the networks can make, or too few.
    FloatingPointError
        If a loss is no longer a finite number; it names the step.
    """
    if images.ndim != 3 or images.shape[1] != images.shape[2]:
        raise ValueError(f"images of shape {images.shape}; allowed: (image, side, side)")
    fresh = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
    parts = fresh.spawn(5)
    side = images.shape[1]
    generator = Generator(parts[0], settings.latent, side, width).to(device)
    critic = Critic(parts[1], side, width).to(device)
    averaged = copy.deepcopy(generator) if settings.average > 0 else None
    history = train_adversarial(
        generator,
        critic,
        ImageBatches(images, settings.batch, parts[2], device, mirror),
        NoiseStreams(parts[3:4], device),
        settings,
        checkpoint=checkpoint,
        label=label,
        on_record=on_record,
        averaged=averaged,
    )
    result = averaged or generator
    measure_batch_statistics(result, parts[4], device)
    return result.cpu().eval(), critic.cpu(), history


def draw_images(
    generator: Generator,
    count: int,
    seed: np.random.SeedSequence,
    device: torch.device | str = "cpu",
    block: int = 64,
    products: Products = "float32",
) -> Iterator[np.ndarray]:
    """Draw images of a trained generator, block by block.

    Parameters
    ----------
    generator
        In evaluation mode, on `device`.
    count
        Number of images.
    seed
        Of the latent vectors.
    device
        Where the generator is.
    block
        Images at once.
    products
        How to make the convolutions; in bfloat16.

    Yields
    ------
    numpy.ndarray
        Grey values from 0 to 1, float32, (at most block, side, side).
    """
    streams = NoiseStreams([seed], device)
    for start in range(0, count, block):
        with torch.no_grad(), autocast(streams.device, products):
            drawn = generator(streams.normal(block, generator.latent)[0, : count - start])
        yield drawn.float().cpu().numpy()
