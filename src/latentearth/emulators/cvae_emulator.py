"""Conditional variational autoencoder as an emulator (section 2.2.6)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.emulators.maps import Map, PrependLatent
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.networks.cvae import CVAE
from latentearth.training import regression


def fit(
    problem: TrainingData,
    hidden: Sequence[int],
    latent: int,
    deviation: float,
    slope: float,
    settings: regression.RegressionTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """Train one CVAE per seed; the decoder at the prior's mean, z = 0, is the emulator.

    Parameters
    ----------
    hidden, latent
        Widths between the trace and the latent layer, (256, 128, 64); of that layer, 5.
    deviation
        Standard deviation of encoding and prior, 0.001.
    problem, slope, settings, seeds, checkpoint, device
        As of :func:`latentearth.emulators.direct.fit`. Training stops on the validation set,
        by the error of the decoder at z = 0.
    """
    condition = problem.inputs.shape[1]
    net = CVAE((problem.samples, *hidden), latent, condition, deviation, seeds, slope)
    history = regression.train_regression(
        net,
        (problem.inputs, problem.outputs),
        (problem.validation_inputs, problem.validation_outputs),
        settings,
        seeds,
        loss=CVAE.loss,
        noise=latent,
        score=CVAE.emulate,
        checkpoint=checkpoint,
        label="training CVAE",
        device=device,
    )
    chains: list[list[Map]] = [
        [problem.first, PrependLatent(latent), plain(net.decoder, n, problem.scale)]
        for n in range(len(seeds))
    ]
    return chains, history
