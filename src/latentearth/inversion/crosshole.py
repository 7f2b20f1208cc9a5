"""Inversions of several truths from several starting points, and what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import xarray as xr

from latentearth import seeds
from latentearth.inversion.latent_descent import Descent, Descents, Operator, descend
from latentearth.networks.kernels.precision import Products

GENERATOR_STATES = {"vae": "normal", "sgan": "uniform"}


def starting_points(kind: str, latent: int, count: int, seed: int) -> np.ndarray:
    """Initial latent vectors (start, latent): the generator's own distribution.

    Standard normal for a VAE, uniform on (-1, 1) for a SGAN. The first ones are the same for
    every count.
    """
    rng = np.random.default_rng(seeds.stream(seed, "lopez_alvis2021", "starts", kind))
    if GENERATOR_STATES[kind] == "normal":
        return rng.standard_normal((count, latent))
    return rng.uniform(-1, 1, (count, latent))


def invert_truths(
    generator: Callable,
    operator: Operator,
    velocities: tuple[float, float],
    data: np.ndarray,
    starts: np.ndarray,
    settings: Descent,
    names: list[str],
    seed: int,
    *,
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
        Of the truths; with the number of the start they name the random stream of a run, which
        is the same whatever else runs.
    seed
        The config's seed.
    models
        True facies (truth, row, column), if known.
    products
        Of the generator during the descent; the final misfits are float32 in any case.
    group
        Runs side by side in memory.
    checkpoint
        Stem of the checkpoints, one per group; :func:`forget` them when the result is written.
    checkpoint_every, identity, device, label
        As of :func:`latentearth.inversion.latent_descent.descend`.
    """
    truths, count = len(data), len(starts)
    run = np.arange(truths * count)
    streams = [
        seeds.stream(seed, "lopez_alvis2021", "batches", names[r // count], int(r % count))
        for r in run
    ]
    parts: list[Descents] = []
    files = []
    for first in range(0, len(run), group):
        part = run[first : first + group]
        if checkpoint is not None:
            files.append(Path(f"{os.fspath(checkpoint)}.{first}"))
        parts.append(
            descend(
                lambda z: generator(z, products),
                operator,
                velocities,
                data[part // count],
                starts[part % count],
                settings,
                [streams[r] for r in part],
                truths=None if models is None else models[part // count],
                exact=generator,
                checkpoint=files[-1] if files else None,
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

    def joined(values: list, *more: str, units: str = "ns") -> tuple:
        array = np.concatenate(values)
        array = array.astype(np.float32) if array.dtype.kind == "f" else array
        shape = (truths, count, *array.shape[1:])
        return ("truth", "start", *more), array.reshape(shape), {"units": units}

    variables = {
        "misfit": joined([p.misfit for p in parts]),
        "iteration": joined([p.iteration for p in parts], units="1"),
        "code": joined([best], "latent", units="1"),
        "model": joined([facies], "z", "x", units="1"),
        "misfit_path": joined([p.misfits for p in parts], "step"),
        "norm_path": joined([p.norms for p in parts], "step", units="1"),
    }
    if models is not None:
        flat = (facies.reshape(truths, count, -1) - models.reshape(truths, 1, -1)) ** 2
        variables["error"] = (
            ("truth", "start"), np.sqrt(flat.mean(-1)).astype(np.float32), {"units": "1"}
        )  # fmt: skip
        variables["error_path"] = joined([p.errors for p in parts], "step", units="1")
    return xr.Dataset(variables, {"truth": names})


def remove_checkpoints(checkpoint: str | os.PathLike) -> None:
    """Remove the checkpoints of a stem, when the result is safely on the disk."""
    stem = Path(checkpoint)
    for file in stem.parent.glob(f"{stem.name}.*"):
        if file.suffix[1:].isdigit():
            file.unlink()
