"""What a training leaves behind beside the weights: its losses, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from latentearth.training.validation import Validation


@dataclass
class History:
    """Losses of a training by name, and its cost.

    Attributes
    ----------
    steps
        Steps or epochs at which losses were recorded, (record,).
    losses
        Means since the record before, each (record,) or, of a stack, (record, net): ``critic``
        and ``generator``, ``training`` and ``validation``, or ``error`` and ``divergence``.
    seconds, cpu_seconds
        On the clock and of the processor, those of interrupted runs included.
    kept
        Step or epoch whose weights each network ended with, (net,), if they are not the last.
    validation
        Distances to held-out samples meanwhile, if it was watched.
    """

    steps: np.ndarray
    losses: dict[str, np.ndarray]
    seconds: float
    cpu_seconds: float = np.nan
    kept: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    validation: Validation | None = None


def history_dataset(history: History, names: Sequence[str]) -> xr.Dataset:
    """Losses of a training and, if it was watched, distances to held-out samples.

    Parameters
    ----------
    history
        What the training gave back.
    names
        Of the networks, (network,).

    Returns
    -------
    xarray.Dataset
        ``discriminator_loss``, ``generator_loss`` (step, network); with a validation also
        ``validation_emd`` (validation_step, network), km/s, and ``best_step`` (network), the
        step whose weights were kept.
    """
    dims, units = ("step", "network"), {"units": "1"}
    result = xr.Dataset(
        {
            "discriminator_loss": (dims, history.losses["critic"].astype(np.float32), units),
            "generator_loss": (dims, history.losses["generator"].astype(np.float32), units),
        },
        {"step": history.steps, "network": list(names)},
    )
    if history.validation is not None:
        v = history.validation
        distances = np.array(v.distances, np.float32).reshape(-1, len(names))
        result["validation_emd"] = (("validation_step", "network"), distances, {"units": "km s-1"})
        result["best_step"] = ("network", v.best_step, units)
        result = result.assign_coords(validation_step=v.steps)
    return result


def loss_table(history: History, most: int = 200) -> dict[str, list[float]]:
    """Losses of a single network pair for its card: at most so many records, evenly spread.

    Returns
    -------
    dict
        ``step``, ``critic`` and ``generator``, lists of equal length.
    """
    rows = np.unique(np.linspace(0, len(history.steps) - 1, most).round().astype(int))
    columns = {"step": history.steps, **history.losses}
    return {
        name: [round(float(v), 4) for v in values.reshape(len(values), -1)[rows, 0]]
        for name, values in columns.items()
    }
