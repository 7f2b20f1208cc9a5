"""Conditional variational autoencoder as an emulator (section 2.2.6)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators.maps import Map, PrependLatent
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.networks.cvae import CVAE
from latentearth.training import regression


@dataclass(frozen=True)
class ConditionalVae:
    """CVAE as an emulator.

    Attributes
    ----------
    hidden, latent
        Widths between the trace and the latent layer, (256, 128, 64); of that layer, 5.
    deviation
        Standard deviation of encoding and prior, 0.001.
    slope
        Of the leaky ReLU.
    training
        How they are trained.
    """

    hidden: tuple[int, ...]
    latent: int
    deviation: float
    slope: float
    training: regression.RegressionTraining


def fit(
    data: TrainingData,
    settings: ConditionalVae,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """Train one CVAE per seed; the decoder at the prior's mean, z = 0, is the emulator.

    Parameters
    ----------
    data, seeds, checkpoint, device
        As of :func:`latentearth.emulators.direct.fit`.
    settings
        The networks and their training. It stops on the validation set,
        by the error of the decoder at z = 0.
    """
    condition = data.inputs.shape[1]
    s, widths = settings, (data.samples, *settings.hidden)
    net = CVAE(widths, s.latent, condition, s.deviation, seeds, s.slope)
    history = regression.train_regression(
        net,
        (data.inputs, data.outputs),
        (data.validation_inputs, data.validation_outputs),
        s.training,
        seeds,
        loss=CVAE.loss,
        noise=s.latent,
        score=CVAE.emulate,
        checkpoint=checkpoint,
        label="training CVAE",
        device=device,
    )
    chains: list[list[Map]] = [
        [data.first, PrependLatent(s.latent), plain(net.decoder, n, data.scale)]
        for n in range(len(seeds))
    ]
    return chains, history
