"""NN direct: from the position straight to the aligned trace (section 2.2.1)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.emulators.maps import Map
from latentearth.emulators.stacked_regression import StackedRegression, learn_network
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.training import regression


class Direct(StackedRegression):
    """NN direct; in the paper hidden layers of 64, 128 and 256, and a slope of 0.2."""


def fit(
    data: TrainingData,
    settings: Direct,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """Train one network per seed; maps of each, and the history.

    Parameters
    ----------
    data
        Training and validation events.
    settings
        The networks and their training.
    seeds, checkpoint, device
        As of :func:`latentearth.training.regression.train_regression`.
    """
    targets, label = (data.outputs, data.validation_outputs), "training NN direct"
    net, history = learn_network(
        data, targets, settings, seeds, checkpoint=checkpoint, label=label, device=device
    )
    chains: list[list[Map]] = [[data.first, plain(net, n, data.scale)] for n in range(len(seeds))]
    return chains, history
