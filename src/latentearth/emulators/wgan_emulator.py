"""Conditional WGAN-GP as an emulator (section 2.2.7)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators.maps import Map, PrependLatent
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.networks.conditional_wgan import Critic, Generator
from latentearth.training import conditional_training
from latentearth.training.histories import History


@dataclass(frozen=True)
class ConditionalWgan:
    """WGAN-GP as an emulator.

    Attributes
    ----------
    generator, critic, projection
        Widths of hidden layers, see :mod:`latentearth.networks.conditional_wgan`.
    slope
        Of the leaky ReLU.
    training
        How they are trained.
    """

    generator: tuple[int, ...]
    critic: tuple[int, ...]
    projection: tuple[int, ...]
    slope: float
    training: conditional_training.ConditionalTraining


def fit(
    data: TrainingData,
    settings: ConditionalWgan,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], History]:
    """Train one generator and critic per seed; the generator at z = 0 is the emulator.

    The latent vector is an input of the generator in training (in the authors' code it is
    drawn but not connected), and only the training events are learnt from.

    Parameters
    ----------
    data
        Training and validation events. As in the paper, traces are standardised for this method
        only: divided by one standard deviation, but less the mean trace (the paper: less one
        mean of all samples), so that what is left to learn is what varies with the position.
    settings
        The networks and their training.
    seeds, checkpoint, device
        As of :func:`latentearth.training.conditional_training.train_conditional`.
    """
    parts = [np.random.SeedSequence(s.entropy, spawn_key=s.spawn_key).spawn(3) for s in seeds]
    condition = data.inputs.shape[1]
    s, latent = settings, settings.training.latent
    first = [[p[k] for p in parts] for k in (0, 1)]
    generator = Generator(latent, condition, s.generator, data.samples, first[0], s.slope)
    critic = Critic(data.samples, condition, s.critic, s.projection, first[1], s.slope)
    mean = data.outputs.mean(0)
    deviation = float((data.outputs - mean).std())
    history = conditional_training.train_conditional(
        generator,
        critic,
        (data.inputs, (data.outputs - mean) / deviation),
        (data.validation_inputs, (data.validation_outputs - mean) / deviation),
        s.training,
        [p[2] for p in parts],
        checkpoint=checkpoint,
        device=device,
    )
    chains: list[list[Map]] = []
    for n in range(len(seeds)):
        stage = plain(generator.net, n, deviation * data.scale)
        stage.biases[-1] += (mean * data.scale).astype(np.float32)
        chains.append([data.first, PrependLatent(latent), stage])
    return chains, history
