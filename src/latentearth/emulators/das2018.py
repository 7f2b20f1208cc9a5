"""The emulator of Das et al. (2018): dominant samples and their indices (appendix A).

Of each trace the samples of largest size are kept; a Gaussian process learns the value, and
another the index, of each of them. The traces are not aligned. The samples are sorted by time,
which the appendix leaves open: by size, neighbours in the list jump about the trace as the source
moves, and with it R2D falls from 0.93 to 0.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.maps import Affine, Map, PlaceSamples
from latentearth.emulators.training_data import TrainingData


@dataclass(frozen=True)
class Das2018:
    """D18.

    Attributes
    ----------
    dominant
        Samples kept of each trace.
    processes
        How those that learn their values and indices are fitted.
    """

    dominant: int
    processes: gp.GaussianFit


def dominant_samples(traces: np.ndarray, count: int) -> np.ndarray:
    """Values and indices of the largest samples by size.

    Parameters
    ----------
    traces
        (trace, sample).
    count
        How many of each trace; 100 in Das et al. (2018).

    Returns
    -------
    numpy.ndarray
        (trace, 2 count): values in the order of time, then their indices.
    """
    order = np.argsort(-np.abs(traces), axis=1, kind="stable")[:, :count]
    order.sort(axis=1)
    return np.concatenate([np.take_along_axis(traces, order, 1), order], 1).astype(float)


def fit(
    data: TrainingData, settings: Das2018, seeds: Sequence[np.random.SeedSequence]
) -> list[list[Map]]:
    """Fit two processes per dominant sample, once per seed; neighbours in time share kernels.

    Parameters
    ----------
    data
        Training events, not aligned.
    settings
        Dominant samples and processes.
    seeds
        As of :func:`latentearth.emulators.gaussian_processes.fit`.
    """
    target = dominant_samples(data.outputs * data.scale, settings.dominant)
    centre, spread = target.mean(0), target.std(0)
    spread = np.maximum(spread, 1e-12 * spread.max())
    back = Affine(-centre / spread, spread)
    y = (target - centre) / spread
    return [
        [
            data.first,
            gp.fit(data.inputs, y, settings.processes, seed),
            back,
            PlaceSamples(data.samples),
        ]
        for seed in seeds
    ]
