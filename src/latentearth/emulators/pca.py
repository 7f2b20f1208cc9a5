"""Principal components, learnt by a network or by Gaussian processes (sections 2.2.2, 2.2.3).

The components are those of the covariance matrix, as the text has it (the authors' code first
divides each sample by its standard deviation, which gives the noise before the arrival the
weight of the peak).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.maps import Linear, Map
from latentearth.emulators.stacked_regression import StackedRegression, learn_network
from latentearth.emulators.training_data import TrainingData, plain
from latentearth.training import regression


@dataclass(frozen=True)
class PcaNetwork(StackedRegression):
    """PCA+NN: networks, and how many `components` they learn."""

    components: int


@dataclass(frozen=True)
class PcaProcesses:
    """PCA+GP.

    Attributes
    ----------
    components
        How many.
    processes
        How those that learn them are fitted.
    """

    components: int
    processes: gp.GaussianFit


def principal_components(traces: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and the first principal vectors of traces (trace, sample).

    Returns
    -------
    mean, vectors
        (sample,) and (count, sample), orthonormal, by falling variance.
    """
    mean = traces.mean(0, dtype=float)
    centred = traces - mean
    n = traces.shape[1]
    _, vectors = linalg.eigh(centred.T @ centred, subset_by_index=(n - count, n - 1))
    return mean, np.ascontiguousarray(vectors.T[::-1])


def compress(data: TrainingData, count: int) -> tuple[np.ndarray, np.ndarray, Linear]:
    """Coefficients of training and validation traces, and the stage that undoes it.

    The coefficients (n, count) share one scale, so that their squared errors add up to that of
    a trace.
    """
    mean, vectors = principal_components(data.outputs, count)
    found = [(y - mean) @ vectors.T for y in (data.outputs, data.validation_outputs)]
    scale = found[0].std()
    back = Linear(vectors * scale * data.scale, mean * data.scale)
    return found[0] / scale, found[1] / scale, back


def fit_pca_network(
    data: TrainingData,
    settings: PcaNetwork,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[list[list[Map]], regression.History]:
    """PCA+NN; see :func:`latentearth.emulators.direct.fit` for what the arguments mean."""
    target, held_out, back = compress(data, settings.components)
    label = "training PCA+NN"
    net, history = learn_network(
        data, (target, held_out), settings, seeds, checkpoint=checkpoint, label=label, device=device
    )
    return [[data.first, plain(net, n), back] for n in range(len(seeds))], history


def fit_pca_processes(
    data: TrainingData, settings: PcaProcesses, seeds: Sequence[np.random.SeedSequence]
) -> list[list[Map]]:
    """PCA+GP: one process per component, and a chain of stages per seed."""
    target, _, back = compress(data, settings.components)
    spread = target.std(0)
    back = Linear(back.weight * spread[:, None].astype(np.float32), back.bias)
    return [
        [data.first, gp.fit(data.inputs, target / spread, settings.processes, seed), back]
        for seed in seeds
    ]
