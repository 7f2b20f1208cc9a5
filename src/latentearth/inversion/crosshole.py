"""Inversions of several truths from several starting points, and what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np
import torch
import xarray as xr

from latentearth.inversion.latent_descent import Descent, Descents, Operator, descend
from latentearth.networks.kernels.precision import Products


def invert_truths(
    generator: Callable,
    operator: Operator,
    velocities: tuple[float, float],
    data: np.ndarray,
    starts: np.ndarray,
    *,
    settings: Descent,
    names: Sequence[str],
    streams: Sequence[np.random.SeedSequence],
    models: np.ndarray | None = None,
    products: Products = "float32",
    group: int = 100,
    checkpoint: str | os.PathLike | None = None,
    checkpoint_every: int = 500,
    identity: str = "",
    device: torch.device | str = "cpu",
    label: str = "inversion",
) -> xr.Dataset:
    """Invert each row of data from each starting point.

    Parameters
    ----------
    generator
        ``generator(z, products)`` gives facies (run, row, column).
    operator, velocities, settings
        As of :func:`latentearth.inversion.latent_descent.descend`.
    data
        (truth, datum), ns.
    starts
        (start, latent).
    names
        Of the truths.
    streams
        One per truth and start, starts fastest.
    models
        True facies (truth, row, column), if known.
    products
        Of the generator during the descent; the final misfits are float32 in any case.
    group
        Runs side by side in memory.
    checkpoint
        Stem of the checkpoints, one per group; remove them when the result is written.
    checkpoint_every, identity, device, label
        As of :func:`latentearth.inversion.latent_descent.descend`.

    Returns
    -------
    xarray.Dataset
        ``misfit`` (ns), ``iteration``, ``code``, ``model`` of the best state of each run (truth,
        start), its ``misfit_path`` and ``norm_path``; with `models` its ``error`` and its path;
        ``cpu_s`` of a run, mean of them.
    """
    count = len(starts)
    run = np.arange(len(data) * count)
    parts: list[Descents] = []
    for first in range(0, len(run), group):
        part = run[first : first + group]
        parts.append(
            descend(
                lambda z: generator(z, products),
                operator,
                velocities,
                data[part // count],
                starts[part % count],
                settings=settings,
                streams=[streams[r] for r in part],
                truths=None if models is None else models[part // count],
                exact=generator,
                checkpoint=None if checkpoint is None else f"{os.fspath(checkpoint)}.{first}",
                checkpoint_every=checkpoint_every,
                identity=identity,
                device=device,
                label=f"{label}, {len(part)} runs",
            )
        )
    best = np.concatenate([part.z for part in parts])
    with torch.no_grad():
        chunks = torch.as_tensor(best, dtype=torch.float32, device=device).split(group)
        facies = torch.cat([generator(z) for z in chunks]).cpu().numpy()
    return _dataset(parts, facies, models, names)


def _dataset(
    parts: list[Descents], facies: np.ndarray, models: np.ndarray | None, names: Sequence[str]
) -> xr.Dataset:
    """Runs of all groups by truth and start."""
    truths = len(names)

    def joined(values: list, *more: str, units: str = "ns") -> tuple:
        array = np.concatenate(values)
        array = array.astype(np.float32) if array.dtype.kind == "f" else array
        shape = (truths, -1, *array.shape[1:])
        return ("truth", "start", *more), array.reshape(shape), {"units": units}

    variables = {
        "misfit": joined([p.rms_residual for p in parts]),
        "iteration": joined([p.iteration for p in parts], units="1"),
        "code": joined([p.z for p in parts], "latent", units="1"),
        "model": joined([facies], "z", "x", units="1"),
        "misfit_path": joined([p.rms_residuals for p in parts], "step"),
        "norm_path": joined([p.norms for p in parts], "step", units="1"),
    }
    seconds = sum(p.cpu_s for p in parts) / len(facies)
    variables["cpu_s"] = ((), seconds, {"units": "s", "long_name": "CPU time of a run"})
    if models is not None:
        difference = facies.reshape(truths, -1, models[0].size) - models.reshape(truths, 1, -1)
        error = np.sqrt((difference**2).mean(-1)).astype(np.float32)
        variables["error"] = (("truth", "start"), error, {"units": "1"})
        variables["error_path"] = joined([p.errors for p in parts], "step", units="1")
    return xr.Dataset(variables, {"truth": list(names)})
