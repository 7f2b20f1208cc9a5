"""Networks from the source's position to targets: what NN direct, PCA+NN and AE+NN share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators.training_data import TrainingData
from latentearth.networks.mlp_gan import MLP
from latentearth.training import regression


@dataclass(frozen=True)
class StackedRegression:
    """Fully connected networks that learn targets from positions.

    Attributes
    ----------
    hidden, slope
        Widths of the hidden layers; slope of the leaky ReLU.
    training
        How they are trained.
    """

    hidden: tuple[int, ...]
    slope: float
    training: regression.RegressionTraining


def learn_network(
    data: TrainingData,
    targets: tuple[np.ndarray, np.ndarray],
    settings: StackedRegression,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None,
    label: str,
    device: str,
) -> tuple[MLP, regression.History]:
    """Train one network per seed, all as one stack.

    Parameters
    ----------
    data
        Training and validation events; their features are the inputs.
    targets
        Of both, each (n, column) for all networks or (net, n, column).
    settings
        The networks and their training.
    seeds, checkpoint, label, device
        As of :func:`latentearth.training.regression.train_regression`.
    """
    target, held_out = targets
    widths = (data.inputs.shape[1], *settings.hidden, target.shape[-1])
    net = MLP([widths] * len(seeds), seeds, settings.slope, bias=0.0)
    history = regression.train_regression(
        net,
        (data.inputs, target),
        (data.validation_inputs, held_out),
        settings.training,
        seeds,
        checkpoint=checkpoint,
        label=label,
        device=device,
    )
    return net, history
