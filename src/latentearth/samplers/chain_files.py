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
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.ensembles.chains import check_chain, join_chains, read_chain, write_chain
from latentearth.progress import progress
from latentearth.samplers.transdimensional import (
    Moves,
    PathData,
    Prior,
    VoronoiState,
    initial_state,
    kernel_settings,
    sample_chain,
)


def sample_to_files(
    data: PathData,
    prior: Prior,
    moves: Moves,
    seeds: Sequence[np.random.SeedSequence],
    files: Sequence[str | os.PathLike],
    checkpoints: Sequence[str | os.PathLike],
    n_models: int,
    thinning: int,
    start_cells: int | None = None,
    every: int = 500,
    attributes: io.Attributes | None = None,
    threads: int = 1,
) -> list[str]:
    """Sample chains into files.

    Parameters
    ----------
    data, prior, moves, start_cells
        As for :func:`latentearth.samplers.transdimensional.sample`.
    seeds, files, checkpoints
        One of each per chain. A checkpoint is removed when its chain is whole.
    n_models, thinning
        Models per chain, from the first proposal on (the burn-in is cut off later), and
        proposals from one to the next.
    every
        Models between checkpoints.
    attributes
        Provenance for the files.
    threads
        Chains at a time.

    Returns
    -------
    list of str
        What was done with each chain: ``kept``, ``resumed`` or ``sampled``.
    """
    chosen = kernel_settings(prior, moves)
    disk = threading.Lock()  # the netCDF library is not made for several threads

    def run(i: int) -> str:
        task = _task(data, prior, moves, seeds[i], thinning, start_cells)
        with disk:
            if _is_whole(files[i], task, n_models):
                return "kept"
            done, state = _resume(checkpoints[i], task, n_models)
        action = "sampled" if state is None else "resumed"
        if state is None:
            state = initial_state(data, prior, seeds[i], start_cells)
        pieces = [] if done is None else [done]
        count = 0 if done is None else done.sizes["model"]
        while count < n_models:
            step = min(every, n_models - count)
            pieces.append(sample_chain(data, state, chosen, step, thinning))
            count += step
            if count < n_models:
                with disk:
                    _write_checkpoint(checkpoints[i], join_chains(pieces), state, task)
        with disk:
            write_chain(files[i], join_chains(pieces), {**(attributes or {}), "task": task})
        Path(checkpoints[i]).unlink(missing_ok=True)
        return action

    with ThreadPoolExecutor(max(1, threads)) as pool:
        actions = pool.map(run, range(len(seeds)))
        return list(progress(actions, f"sampling {len(seeds)} chains", len(seeds)))


def _task(data, prior, moves, seed, thinning, start_cells) -> str:
    """Checksum of all that decides a chain, but its length."""
    digest = hashlib.sha256()
    for array in (data.point, data.datum, data.weight, data.time):
        digest.update(np.ascontiguousarray(array).tobytes())
    rest = (data.vs_reference, prior, moves, seed.entropy, seed.spawn_key, thinning, start_cells)
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
