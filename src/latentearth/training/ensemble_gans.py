"""GANs that learn Monte Carlo ensembles, one or many at once (Scheiter et al. 2022)."""

from __future__ import annotations

import copy
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from latentearth.networks import weights
from latentearth.networks.kernels.noise import NoiseStreams
from latentearth.networks.mlp_gan import MLP, StackSampler
from latentearth.training.adversarial import AdversarialTraining, train_adversarial
from latentearth.training.batches import EnsembleBatches
from latentearth.training.histories import History
from latentearth.training.validation import Validation, Watch

NO_WATCH = Watch(samples=0, keep="last")


@dataclass(frozen=True)
class Architecture:
    """Fully connected generator and discriminator (Tables A1 and A4)."""

    latent: int = 100
    hidden: tuple[int, ...] = (50, 50, 50)
    slope: float = 0.1
    drop: float = 0.4
    bias: float = 0.01


def pair(
    dimensions: Sequence[int], architecture: Architecture, seeds: Sequence[np.random.SeedSequence]
) -> tuple[MLP, MLP]:
    """Generators and discriminators for data of these dimensions, with their first weights.

    Only the generator drops units (Table A1 lists no dropout for the discriminator).
    """
    a = architecture
    streams = [seed.spawn(2) for seed in seeds]
    generator = MLP(
        [(a.latent, *a.hidden, d) for d in dimensions],
        [s[0] for s in streams],
        a.slope,
        a.drop,
        a.bias,
    )
    discriminator = MLP(
        [(d, *a.hidden, 1) for d in dimensions], [s[1] for s in streams], a.slope, 0.0, a.bias
    )
    return generator, discriminator


def _fresh(seed: np.random.SeedSequence) -> np.random.SeedSequence:
    """A copy that has not spawned: spawn() counts, and the caller's sequence must stay as it is."""
    return np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)


def train_gans(
    ensembles: Sequence[np.ndarray],
    architecture: Architecture,
    settings: AdversarialTraining,
    seeds: Sequence[np.random.SeedSequence],
    device: torch.device | str = "cpu",
    *,
    checkpoint: str | os.PathLike | None = None,
    label: str = "training GANs",
    held_out: Sequence[np.ndarray] | None = None,
    watch: Watch = NO_WATCH,
) -> tuple[MLP, MLP, History]:
    """Train one GAN per ensemble, all as one set of batched tensors.

    Parameters
    ----------
    ensembles
        Arrays (sample, coordinate); sizes and dimensions may differ.
    architecture, settings
        Widths and dropout; optimiser, steps and noise.
    seeds
        One seed sequence per GAN. A GAN's first weights, batches and random numbers depend on
        its own seed alone, not on the others beside it.
    device
        Where to train.
    checkpoint, label
        See :func:`latentearth.training.adversarial.train_adversarial`.
    held_out
        Samples of each ensemble that are kept from the training, and watch it.
    watch
        How they do; its ``every`` is a multiple of ``settings.record_every``.

    Returns
    -------
    generator, discriminator, history
        On the CPU. With ``settings.average`` above 0 the generator is the running mean of those of
        the training.
    """
    parts = [_fresh(seed).spawn(4) for seed in seeds]
    dimensions = [ensemble.shape[1] for ensemble in ensembles]
    generator, critic = pair(dimensions, architecture, [p[0] for p in parts])
    generator.to(device)
    critic.to(device)
    averaged = copy.deepcopy(generator) if settings.average > 0 else None
    result = averaged or generator
    validation = None
    if held_out is not None:
        watch.check(settings.record_every)

        def draw(count: int) -> np.ndarray:
            noise = [_fresh(p[3]) for p in parts]
            return StackSampler(result, noise, 1, device=device).draw(count).cpu().numpy()

        validation = Validation(result, held_out, draw, watch)
    history = train_adversarial(
        generator,
        critic,
        EnsembleBatches(ensembles, settings.batch, [p[1] for p in parts], device),
        NoiseStreams([p[2] for p in parts], device),
        settings,
        checkpoint=checkpoint,
        label=label,
        on_record=validation,
        averaged=averaged,
    )
    if validation:
        validation.end()
        history.validation = validation
    return result.cpu(), critic.cpu(), history


def card_of(
    generator: MLP, critic: MLP, history: History, ensembles: Sequence[np.ndarray]
) -> dict[str, object]:
    """What the card of a stack says of its sizes and its training."""
    return {
        "dimensions": [ensemble.shape[1] for ensemble in ensembles],
        "samples": [len(ensemble) for ensemble in ensembles],
        "values_stored": [ensemble.size for ensemble in ensembles],
        "generator_parameters": generator.parameter_counts(),
        "discriminator_parameters": critic.parameter_counts(),
        "training_seconds": history.seconds,
    }


def load_ensemble_generator(
    path: str | os.PathLike,
    dimensions: Sequence[int],
    architecture: Architecture,
    networks: Sequence[int] | None = None,
) -> MLP:
    """Read a stack of generators, or some of its networks, from a safetensors file.

    Parameters
    ----------
    path
        Written by :func:`latentearth.networks.weights.save`.
    dimensions
        Of the data of each network of the stack, as in its card.
    architecture
        Of the networks.
    networks
        Which of the networks are wanted; all by default.
    """
    seeds = [np.random.SeedSequence(0)] * len(dimensions)  # the weights are replaced at once
    a = architecture
    layers = [(a.latent, *a.hidden, d) for d in dimensions]
    generator = MLP(layers, seeds, a.slope, a.drop, a.bias)
    weights.load_into(path, "generator", generator)
    return generator if networks is None else generator.select(networks)
