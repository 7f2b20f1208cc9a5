"""Features of an autoencoder, learnt by a network or Gaussian processes (sections 2.2.4, 2.2.5)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.maps import Affine, Map
from latentearth.emulators.stacked_regression import learn_network
from latentearth.emulators.training_data import TrainingData, apply_stack, plain
from latentearth.networks.autoencoder import Autoencoder
from latentearth.training import regression


def fit_autoencoder(
    problem: TrainingData,
    hidden: Sequence[int],
    latent: int,
    slope: float,
    settings: regression.RegressionTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[Autoencoder, regression.History]:
    """Train a stack of autoencoders on the aligned traces, one per seed.

    Parameters
    ----------
    hidden, latent
        Widths between the trace and the latent layer, (256, 128, 64); of that layer, 5.
    problem, slope, settings, seeds, checkpoint, device
        As of :func:`latentearth.emulators.direct.fit`.
    """
    net = Autoencoder((problem.samples, *hidden, latent), seeds, slope)
    history = regression.train_regression(
        net,
        (problem.outputs, problem.outputs),
        (problem.validation_outputs, problem.validation_outputs),
        settings,
        seeds,
        checkpoint=checkpoint,
        label="training autoencoders",
        device=device,
    )
    return net, history


def _features(net: Autoencoder, problem: TrainingData):
    """Standardised features of both sets of traces, (net, n, latent), and the way back."""
    found, held_out = (
        apply_stack(net.encoder, y) for y in (problem.outputs, problem.validation_outputs)
    )
    centre, spread = found.mean(1, keepdims=True), found.std(1, keepdims=True)
    spread = np.maximum(spread, 1e-6 * spread.max())  # a feature that is not used
    back = [Affine(-c[0] / s[0], s[0]) for c, s in zip(centre, spread, strict=True)]
    return (found - centre) / spread, (held_out - centre) / spread, back


def fit_network(
    net: Autoencoder,
    problem: TrainingData,
    hidden: Sequence[int],
    slope: float,
    settings: regression.RegressionTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """AE+NN: a network learns the features of each autoencoder; chains, and the history."""
    target, held_out, back = _features(net, problem)
    targets, label = (target, held_out), "training AE+NN"
    learner, history = learn_network(
        problem, targets, hidden, slope, settings, seeds, checkpoint, label, device
    )
    chains = [
        [problem.first, plain(learner, n), back[n], plain(net.decoder, n, problem.scale)]
        for n in range(len(seeds))
    ]
    return chains, history


def fit_processes(
    net: Autoencoder,
    problem: TrainingData,
    settings: gp.GaussianFit,
    seeds: Sequence[np.random.SeedSequence],
) -> list[list[Map]]:
    """AE+GP: one process per feature of each autoencoder."""
    target, _, back = _features(net, problem)
    return [
        [
            problem.first,
            gp.fit(problem.inputs, target[n].astype(float), settings, seed),
            back[n],
            plain(net.decoder, n, problem.scale),
        ]
        for n, seed in enumerate(seeds)
    ]
