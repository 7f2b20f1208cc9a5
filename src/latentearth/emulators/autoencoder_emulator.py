"""Features of an autoencoder, learnt by a network or Gaussian processes (sections 2.2.4, 2.2.5)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.maps import Affine, Map
from latentearth.emulators.stacked_regression import StackedRegression, learn_network
from latentearth.emulators.training_data import TrainingData, apply_stack, plain
from latentearth.networks.autoencoder import Autoencoder
from latentearth.training import regression


@dataclass(frozen=True)
class TraceFeatures:
    """The autoencoders of AE+NN and AE+GP.

    Attributes
    ----------
    hidden, latent
        Widths between the trace and the latent layer, (256, 128, 64); of that layer, 5.
    slope
        Of the leaky ReLU.
    training
        How they are trained.
    """

    hidden: tuple[int, ...]
    latent: int
    slope: float
    training: regression.RegressionTraining


class AutoencoderNetwork(StackedRegression):
    """AE+NN: the networks that learn the features."""


@dataclass(frozen=True)
class AutoencoderProcesses:
    """AE+GP: how the `processes` that learn the features are fitted."""

    processes: gp.GaussianFit


def fit_autoencoder(
    data: TrainingData,
    settings: TraceFeatures,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[Autoencoder, regression.History]:
    """Train a stack of autoencoders on the aligned traces, one per seed.

    Parameters
    ----------
    data, seeds, checkpoint, device
        As of :func:`latentearth.emulators.direct.fit`.
    settings
        The networks and their training.
    """
    widths = data.samples, *settings.hidden, settings.latent
    net = Autoencoder(widths, seeds, settings.slope)
    history = regression.train_regression(
        net,
        (data.outputs, data.outputs),
        (data.validation_outputs, data.validation_outputs),
        settings.training,
        seeds,
        checkpoint=checkpoint,
        label="training autoencoders",
        device=device,
    )
    return net, history


def _features(net: Autoencoder, data: TrainingData):
    """Standardised features of both sets of traces, (net, n, latent), and the way back."""
    found, held_out = (apply_stack(net.encoder, y) for y in (data.outputs, data.validation_outputs))
    centre, spread = found.mean(1, keepdims=True), found.std(1, keepdims=True)
    spread = np.maximum(spread, 1e-6 * spread.max())  # a feature that is not used
    back = [Affine(-c[0] / s[0], s[0]) for c, s in zip(centre, spread, strict=True)]
    return (found - centre) / spread, (held_out - centre) / spread, back


def fit_autoencoder_network(
    net: Autoencoder,
    data: TrainingData,
    settings: AutoencoderNetwork,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """AE+NN: a network learns the features of each autoencoder; chains, and the history."""
    target, held_out, back = _features(net, data)
    label = "training AE+NN"
    learner, history = learn_network(
        data, (target, held_out), settings, seeds, checkpoint=checkpoint, label=label, device=device
    )
    chains = [
        [data.first, plain(learner, n), back[n], plain(net.decoder, n, data.scale)]
        for n in range(len(seeds))
    ]
    return chains, history


def fit_autoencoder_processes(
    net: Autoencoder,
    data: TrainingData,
    settings: AutoencoderProcesses,
    seeds: Sequence[np.random.SeedSequence],
) -> list[list[Map]]:
    """AE+GP: one process per feature of each autoencoder."""
    target, _, back = _features(net, data)
    return [
        [
            data.first,
            gp.fit(data.inputs, target[n].astype(float), settings.processes, seed),
            back[n],
            plain(net.decoder, n, data.scale),
        ]
        for n, seed in enumerate(seeds)
    ]
