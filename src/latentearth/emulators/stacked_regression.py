"""Networks from the source's position to targets: what NN direct, PCA+NN and AE+NN share."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.emulators.training_data import TrainingData
from latentearth.networks.mlp_gan import MLP
from latentearth.training import regression


def learn_network(
    problem: TrainingData,
    targets: tuple[np.ndarray, np.ndarray],
    hidden: Sequence[int],
    slope: float,
    settings: regression.RegressionTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None,
    label: str,
    device: str,
) -> tuple[MLP, regression.History]:
    """Train one network per seed, all as one stack.

    Parameters
    ----------
    problem
        Training and validation events; their features are the inputs.
    targets
        Of both, each (n, column) for all networks or (net, n, column).
    hidden, slope
        Widths of the hidden layers; slope of the leaky ReLU.
    settings, seeds, checkpoint, label, device
        As of :func:`latentearth.training.regression.train_regression`.
    """
    target, held_out = targets
    widths = (problem.inputs.shape[1], *hidden, target.shape[-1])
    net = MLP([widths] * len(seeds), seeds, slope, bias=0.0)
    history = regression.train_regression(
        net,
        (problem.inputs, target),
        (problem.validation_inputs, held_out),
        settings,
        seeds,
        checkpoint=checkpoint,
        label=label,
        device=device,
    )
    return net, history
