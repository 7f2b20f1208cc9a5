"""Training histories as datasets, for files and figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from latentearth.training.adversarial import History


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
            "discriminator_loss": (dims, history.critic.astype(np.float32), units),
            "generator_loss": (dims, history.generator.astype(np.float32), units),
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
    columns = {"step": history.steps, "critic": history.critic, "generator": history.generator}
    return {
        name: [round(float(v), 4) for v in values.reshape(len(values), -1)[rows, 0]]
        for name, values in columns.items()
    }
