"""Trans-dimensional chains as files: one per chain, with checkpoints on the way.

A chain that is whole is kept, one that is missing or damaged is sampled anew, and one that was
interrupted goes on from its checkpoint, to the same bits as without the interruption.
"""

from __future__ import annotations

import hashlib
import os
import threading
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.ensembles.chains import check_chain, join_chains, read_chain, write_chain
from latentearth.progress import progress
from latentearth.samplers.cell_posterior import CellPosterior
from latentearth.samplers.transdimensional import (
    Transdimensional,
    VoronoiState,
    initial_state,
    kernel_settings,
    sample_chain,
)


def sample_to_files(
    sampler: Transdimensional,
    target: CellPosterior,
    seeds: Sequence[np.random.SeedSequence],
    files: Sequence[str | os.PathLike],
    checkpoints: Sequence[str | os.PathLike],
    *,
    checkpoint_every: int = 500,
    attributes: io.Attributes | None = None,
) -> list[str]:
    """Sample chains into files.

    Parameters
    ----------
    sampler
        The settings; models are kept from the first proposal on (the burn-in is cut off later).
    target
        What is sampled.
    seeds, files, checkpoints
        One of each per chain. Checkpoints are left: whole chains need none.
    checkpoint_every
        Models between checkpoints.
    attributes
        Provenance for the files.

    Returns
    -------
    list of str
        What was done with each chain: ``kept``, ``resumed`` or ``sampled``.
    """
    chosen = kernel_settings(target.prior, sampler.moves, sampler.use_data)
    disk = threading.Lock()  # the netCDF library is not made for several threads

    def run(i: int) -> str:
        task = _task(sampler, target, seeds[i])
        with disk:
            if _is_whole(files[i], task, sampler.models):
                return "kept"
            done, state = _resume(checkpoints[i], task, sampler.models)
        action = "sampled" if state is None else "resumed"
        if state is None:
            state = initial_state(target.data, target.prior, seeds[i], sampler.start_cells)
        pieces = [] if done is None else [done]
        count = 0 if done is None else done.sizes["model"]
        while count < sampler.models:
            step = min(checkpoint_every, sampler.models - count)
            pieces.append(sample_chain(target.data, state, chosen, step, sampler.thinning))
            count += step
            if count < sampler.models:
                with disk:
                    _write_checkpoint(checkpoints[i], join_chains(pieces), state, task)
        with disk:
            write_chain(files[i], join_chains(pieces), {**(attributes or {}), "task": task})
        return action

    with ThreadPoolExecutor(max(1, sampler.threads)) as pool:
        actions = pool.map(run, range(len(seeds)))
        return list(progress(actions, f"sampling {len(seeds)} chains", len(seeds)))


def _task(sampler: Transdimensional, target: CellPosterior, seed: np.random.SeedSequence) -> str:
    """Checksum of all that decides a chain, but its length."""
    digest, data = hashlib.sha256(), target.data
    for array in (data.point, data.datum, data.weight, data.time):
        digest.update(np.ascontiguousarray(array).tobytes())
    rest = (
        data.vs_reference,
        asdict(target.prior),
        asdict(sampler.moves),
        sampler.use_data,
        seed.entropy,
        seed.spawn_key,
        sampler.thinning,
        sampler.start_cells,
    )
    digest.update(repr(rest).encode())
    return digest.hexdigest()


def _is_whole(path: str | os.PathLike, task: str, n_models: int) -> bool:
    """Tell whether a file holds this very chain; warn if it is damaged."""
    if not Path(path).exists():
        return False
    try:
        chain = read_chain(path)
    except io.InputError as error:
        warnings.warn(f"sampled anew: {error}", stacklevel=2)
        return False
    return chain.attrs.get("task") == task and chain.sizes["model"] == n_models


def _write_checkpoint(path, chain: xr.Dataset, state: VoronoiState, task: str) -> None:
    columns = {
        f"state_{name}": ([f"{name}_{axis}" for axis in range(array.ndim)], array)
        for name, array in state._asdict().items()
    }
    io.write_dataset(path, chain.assign(columns), {"task": task})


def _resume(path, task: str, n_models: int) -> tuple[xr.Dataset | None, VoronoiState | None]:
    """Read models and state from a checkpoint; nothing if there is none that can be used."""
    if not Path(path).exists():
        return None, None
    try:
        found = check_chain(io.read_dataset(path), path)
    except io.InputError as error:
        warnings.warn(f"begun anew: {error}", stacklevel=2)
        return None, None
    if found.attrs.get("task") != task or found.sizes["model"] > n_models:
        return None, None
    arrays = (np.ascontiguousarray(found[f"state_{name}"].values) for name in VoronoiState._fields)
    return found, VoronoiState(*arrays)
