"""The DCGAN that learns the ensemble on the Australian grid (Scheiter et al. 2022, sec. 4.2)."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from latentearth.networks import wgan_gp
from latentearth.networks.dcgan import Discriminator, Generator
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.kernels.precision import Products, autocast
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.batches import EnsembleBatches
from latentearth.training.histories import History
from latentearth.training.moments import MomentDistance
from latentearth.training.patch_wgans import REFERENCE_VS
from latentearth.training.validation import Validation, Watch, held_out_rows

HUNDRED_STEPS = Watch(every=100)
SMALLEST_DEVIATION = 1e-4  # km/s: what varies less is hardly divided by


def train_dcgan(
    ensemble: np.ndarray,
    settings: AdversarialTraining,
    seed: np.random.SeedSequence,
    width: int = 64,
    watch: Watch = HUNDRED_STEPS,
    *,
    reference: float = REFERENCE_VS,
    spread: float = 0.0,
    epsilon: float = 1e-5,
    normalise: bool = True,
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
    label: str = "training DCGAN",
) -> tuple[Generator, Discriminator, History]:
    """Train a DCGAN.

    Parameters
    ----------
    ensemble
        Velocities in km/s on the 23 x 23 grid, (sample, 529). The output of the generator is a
        hyperbolic tangent: they are within 1 km/s of the reference, unless standardised.
    settings
        Table A3: ``Settings(loss="gan", optimizer="adam", learning_rate=1e-4,
        betas=(0.5, 0.999), batch=128, ...)``. With products in bfloat16 the convolutions
        are made so where the hardware can. With ``average`` above 0 the result is the running
        mean of the generator's weights; with ``moments`` above 0, of standardised velocities, it
        lowers the distance of its moments from the ensemble's beside its loss.
    seed
        Decides first weights, batches, noise and validation.
    width
        Channels next to the maps; Table A3: 64.
    watch
        Samples held out, evenly spread over the ensemble, and the weights to end with; its
        ``every`` is a multiple of ``settings.record_every``.
    reference
        The networks learn Vs minus this, km/s, as in the paper,
    spread
        or, if above 0, what is left of Vs of each point without its mean, with this standard
        deviation, and cut at 1: such as 0.2, for five deviations.
    epsilon, normalise
        Of the discriminator.
    device, checkpoint, label
        See :func:`latentearth.training.adversarial.train_adversarial`.

    Returns
    -------
    generator, discriminator, history
        On the CPU.

    Raises
    ------
    ValueError
        If the samples have not 529 points, leave the range of the tangent, or are too few; if
        moments are asked for without `spread`.
    """
    if settings.moments > 0 and not spread > 0:
        raise ValueError(f"moments {settings.moments:g} of velocities that are not standardised")
    watch.check(settings.record_every)
    fresh = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
    parts = fresh.spawn(6)
    generator = Generator(parts[0], settings.latent, width).to(device)
    discriminator = Discriminator(parts[1], width, epsilon, normalise).to(device)
    rows = held_out_rows(len(ensemble), watch.samples)
    real = _to_maps(np.delete(ensemble, rows, 0), generator, reference, spread)

    averaged = copy.deepcopy(generator) if settings.average > 0 else None
    result = averaged or generator

    def draw(count: int) -> np.ndarray:
        if averaged is not None:
            measure_batch_statistics(averaged, parts[5], device)
        blocks = draw_grids(result, count, parts[4], device)
        return np.concatenate(list(blocks))[None]

    validation = Validation(result, [ensemble[rows]], draw, watch) if watch.samples else None
    history = train_adversarial(
        generator,
        discriminator,
        EnsembleBatches([real], settings.batch, parts[2:3], device),
        NoiseStreams(parts[3:4], device),
        settings,
        checkpoint=checkpoint,
        label=label,
        on_record=validation,
        averaged=averaged,
        beside=_moments(real, spread, device) if settings.moments > 0 else None,
    )
    if validation:
        validation.end()
        history.validation = validation
    if averaged is not None and watch.keep == "last":
        measure_batch_statistics(averaged, parts[5], device)
    return result.cpu(), discriminator.cpu(), history


def _to_maps(
    samples: np.ndarray, generator: Generator, reference: float, spread: float
) -> np.ndarray:
    """Samples (sample, 529), km/s, as the tangent has them; the generator remembers the way back.

    Raises
    ------
    ValueError
        If they have not 529 points or leave the range of the tangent.
    """
    low, high, points = float(samples.min()), float(samples.max()), samples.shape[1]
    fits = spread > 0 or reference - 1 <= low <= high <= reference + 1
    if points != generator.level.numel() or not fits:
        raise ValueError(
            f"samples of {points} points from {low:g} to {high:g} km/s; a DCGAN needs "
            f"529 points from {reference - 1:g} to {reference + 1:g} km/s"
        )
    level, unit = np.full(points, reference, np.float32), np.ones(points, np.float32)
    if spread > 0:
        level = samples.mean(0, dtype=float).astype(np.float32)
        unit = np.maximum(samples.std(0), SMALLEST_DEVIATION) / np.float32(spread)
    generator.level.copy_(torch.from_numpy(level))
    generator.unit.copy_(torch.from_numpy(unit))
    return ((samples - level) / unit).clip(-1, 1)


def _moments(real: np.ndarray, spread: float, device: torch.device | str) -> MomentDistance:
    """Distance of moments from those of standardised samples (sample, 529)."""
    return MomentDistance(torch.from_numpy(real).to(device), spread)


def measure_batch_statistics(
    generator: Generator | wgan_gp.Generator,
    seed: np.random.SeedSequence,
    device: torch.device | str = "cpu",
    batches: int = 4,
    batch: int = 250,
) -> None:
    """Measure the means and variances by which averaged weights are normalised when sampling.

    The running ones belong to the weights of the training, not to their mean.

    Parameters
    ----------
    generator
        Its running means and variances are replaced.
    seed
        Of the latent vectors.
    device
        Where the generator is.
    batches, batch
        How many batches they are means over, and of how many samples each.
    """
    layers = [layer for layer in generator.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta, training = [layer.momentum for layer in layers], generator.training
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the plain mean over all batches
    streams = NoiseStreams([seed], device)
    generator.train()
    with torch.no_grad():
        for _ in range(batches):
            generator(streams.normal(batch, generator.latent))
    generator.train(training)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


def draw_grids(
    generator: Generator,
    count: int,
    seed: np.random.SeedSequence,
    device: torch.device | str = "cpu",
    block: int = 500,
    products: Products = "float32",
) -> Iterator[np.ndarray]:
    """Draw samples of a trained generator, block by block.

    Parameters
    ----------
    generator
        On `device`; it is left in the mode in which it was.
    count
        Number of samples.
    seed
        Of the latent vectors.
    device
        Where the generator is.
    block
        Samples at once.
    products
        How to make the convolutions; in bfloat16, with an error of about 0.2 per cent of what
        is added to its level.

    Yields
    ------
    numpy.ndarray
        Velocities in km/s, float32, (at most block, 529).
    """
    streams, training = NoiseStreams([seed], device), generator.training
    for start in range(0, count, block):
        generator.eval()
        with torch.no_grad(), autocast(streams.device, products):
            drawn = generator(streams.normal(block, generator.latent))[0, : count - start]
        generator.train(training)
        yield (generator.level + generator.unit * drawn.float()).cpu().numpy()
