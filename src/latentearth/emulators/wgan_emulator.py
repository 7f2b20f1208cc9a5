"""Conditional WGAN-GP as an emulator (section 2.2.7)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.emulators.maps import Map, PrependLatent
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.networks.conditional_wgan import Critic, Generator
from latentearth.training import conditional_training
from latentearth.training.histories import History


def fit(
    problem: TrainingData,
    generator_hidden: Sequence[int],
    critic_hidden: Sequence[int],
    projection: Sequence[int],
    slope: float,
    settings: conditional_training.ConditionalTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], History]:
    """Train one generator and critic per seed; the generator at z = 0 is the emulator.

    The latent vector is an input of the generator in training (in the authors' code it is
    drawn but not connected), and only the training events are learnt from.

    Parameters
    ----------
    problem
        Training and validation events. As in the paper, traces are standardised for this method
        only: divided by one standard deviation, but less the mean trace (the paper: less one
        mean of all samples), so that what is left to learn is what varies with the position.
    generator_hidden, critic_hidden, projection
        Widths of hidden layers, see :mod:`latentearth.networks.conditional_wgan`.
    slope
        Of the leaky ReLU.
    settings, seeds, checkpoint, device
        As of :func:`latentearth.training.conditional_training.train_conditional`.
    """
    parts = [np.random.SeedSequence(s.entropy, spawn_key=s.spawn_key).spawn(3) for s in seeds]
    condition = problem.inputs.shape[1]
    generator = Generator(
        settings.latent, condition, generator_hidden, problem.samples, [p[0] for p in parts], slope
    )
    critic = Critic(
        problem.samples, condition, critic_hidden, projection, [p[1] for p in parts], slope
    )
    mean = problem.outputs.mean(0)
    deviation = float((problem.outputs - mean).std())
    history = conditional_training.train_conditional(
        generator,
        critic,
        (problem.inputs, (problem.outputs - mean) / deviation),
        (problem.validation_inputs, (problem.validation_outputs - mean) / deviation),
        settings,
        [p[2] for p in parts],
        checkpoint,
        device=device,
    )
    chains: list[list[Map]] = []
    for n in range(len(seeds)):
        stage = plain(generator.net, n, deviation * problem.scale)
        stage.biases[-1] += (mean * problem.scale).astype(np.float32)
        chains.append([problem.first, PrependLatent(settings.latent), stage])
    return chains, history
