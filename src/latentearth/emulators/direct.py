"""NN direct: from the position straight to the aligned trace (section 2.2.1)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.emulators.maps import Map
from latentearth.emulators.stacked_regression import learn_network
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.training import regression


def fit(
    problem: TrainingData,
    hidden: Sequence[int],
    slope: float,
    settings: regression.RegressionTraining,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """Train one network per seed; chains of stages, and the history.

    Parameters
    ----------
    problem
        Training and validation events.
    hidden, slope
        Widths of the hidden layers, (64, 128, 256) in the paper; slope of the leaky ReLU, 0.2.
    settings, seeds, checkpoint, device
        As of :func:`latentearth.training.regression.train_regression`.
    """
    targets = problem.outputs, problem.validation_outputs
    label = "training NN direct"
    net, history = learn_network(
        problem, targets, hidden, slope, settings, seeds, checkpoint, label, device
    )
    chains: list[list[Map]] = [
        [problem.first, plain(net, n, problem.scale)] for n in range(len(seeds))
    ]
    return chains, history
