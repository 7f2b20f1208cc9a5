"""From raw chains of Voronoi models to an ensemble at points: burn-in, thinning, evaluation."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from latentearth.ensembles.chains import CHAIN_RANGES, VARIABLES
from latentearth.ensembles.stored import write_ensemble
from latentearth.ensembles.voronoi import VoronoiModels, evaluate
from latentearth.io import Attributes, InputError


def kept_models(n_models: int, burn_in: int, thin: int) -> np.ndarray:
    """Numbers of the models that stay: every `thin`-th one after the first `burn_in`.

    Raises
    ------
    ValueError
        If nothing stays, or `thin` is below 1, or `burn_in` below 0.
    """
    if thin < 1 or burn_in < 0:
        raise ValueError(
            f"thin must be at least 1 and burn_in at least 0, not {thin} and {burn_in}"
        )
    if n_models <= burn_in:
        raise ValueError(f"none of {n_models} models is left after a burn-in of {burn_in}")
    return np.arange(burn_in, n_models, thin)


def first_part(chain: np.ndarray, fraction: float) -> np.ndarray:
    """Mark the first part of each chain, as in Sec. 4.3 (40 and 50 per cent).

    Parameters
    ----------
    chain
        Chain of each sample, shape (sample,); the samples of a chain are in the chain's order.
    fraction
        Part of each chain, above 0 and at most 1.

    Returns
    -------
    numpy.ndarray
        bool, shape (sample,): true for the first ``round(fraction * length)`` of each chain.
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"the fraction must be above 0 and at most 1, not {fraction}")
    chosen = np.zeros(len(chain), bool)
    for name in np.unique(chain):
        members = np.flatnonzero(chain == name)
        chosen[members[: round(fraction * members.size)]] = True
    return chosen


def take_models(models: VoronoiModels, keep: np.ndarray) -> VoronoiModels:
    """Read some models of a ragged array into memory.

    Parameters
    ----------
    models
        Voronoi models; the cell variables may be lazy: anything with slices, such as a netCDF
        variable or a memory map. Only what is needed is read.
    keep
        Numbers of the models, ascending, shape (k,).

    Returns
    -------
    VoronoiModels
        The k models, with arrays in memory.
    """
    n_cells = np.asarray(models.n_cells)
    stops = np.cumsum(n_cells, dtype=np.int64)[keep]
    counts = n_cells[keep]
    starts = stops - counts
    # One read over the gaps is faster than many small ones, unless it reads mostly gaps.
    whole = stops[-1] - starts[0] <= 4 * counts.sum()

    def gather(cells) -> np.ndarray:
        if not whole:
            return np.concatenate([cells[a:b] for a, b in zip(starts, stops, strict=True)])
        span = np.asarray(cells[starts[0] : stops[-1]])
        inside = np.repeat(starts - starts[0] - (np.cumsum(counts) - counts), counts)
        return span[inside + np.arange(counts.sum())]

    return VoronoiModels(counts, gather(models.lat), gather(models.lon), gather(models.vs))


def thinned_blocks(
    chains: Iterable[VoronoiModels],
    lat: np.ndarray,
    lon: np.ndarray,
    burn_in: int,
    thin: int,
    block: int = 256,
    names: Sequence[object] = (),
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Evaluate what is left of each chain after burn-in and thinning.

    Parameters
    ----------
    chains
        The chains one after the other, opened only when their turn comes (a generator that opens
        a file, yields ``(n_cells, lat, lon, vs)`` and closes it).
    lat, lon
        Points in degrees, shape (point,).
    burn_in, thin
        Models dropped at the start of each chain, and step between the models that stay.
    block
        Models evaluated at once; memory is about 4 * block * point bytes.
    names
        What messages call the chains, their files for example; numbers by default.

    Yields
    ------
    values, chain, model
        float32 (k, point), in the unit of the chains; number of the chain (k,); number of the
        model in its chain before thinning (k,).

    Raises
    ------
    InputError
        If a chain is not longer than the burn-in, or its cells do not add up, or velocities or
        nuclei are not finite, or nuclei are off the sphere.
    """
    for number, chain in enumerate(chains):
        name = names[number] if len(names) else f"chain {number}"
        models = VoronoiModels(*chain)
        _check_counts(name, models)
        try:
            keep = kept_models(len(models.n_cells), burn_in, thin)
        except ValueError as error:
            raise InputError(name, "models", str(error), "a longer chain or a shorter burn_in")
        for start in range(0, keep.size, block):
            chosen = keep[start : start + block]
            taken = take_models(models, chosen)
            _check_cells(name, taken)
            yield evaluate(taken, lat, lon), np.full(chosen.size, number), chosen


def _check_counts(source: object, models: VoronoiModels) -> None:
    """Check that the ragged array of a chain adds up."""
    n_cells = np.asarray(models.n_cells)
    if n_cells.size and n_cells.min() < 1:
        raise InputError(
            source, f"n_cells of model {n_cells.argmin()}", n_cells.min(), "at least 1"
        )
    for name in ("lat", "lon", "vs"):
        if len(getattr(models, name)) != n_cells.sum():
            raise InputError(
                source,
                f"length of '{name}'",
                len(getattr(models, name)),
                f"{n_cells.sum()}, the sum of n_cells",
            )


def _check_cells(source: object, models: VoronoiModels) -> None:
    """Check that nuclei lie on the sphere, and velocities can be those of rock in km/s."""
    for name, (low, high) in CHAIN_RANGES.items():
        values = getattr(models, name)
        wrong = ~((values >= low) & (values <= high))  # NaN, which compares false, is wrong
        if wrong.any():
            words = f"finite, from {low:g} to {high:g} {VARIABLES[name][1]}"
            raise InputError(source, f"'{name}' of a cell", values[wrong][0], words)


def thin_ensemble(
    path: str | os.PathLike,
    chains: Iterable[VoronoiModels],
    lat: np.ndarray,
    lon: np.ndarray,
    *,
    burn_in: int,
    thin: int,
    attributes: Attributes,
    block: int = 256,
    names: Sequence[object] = (),
) -> int:
    """Write the thinned ensemble of raw chains at points; see :func:`thinned_blocks`.

    Parameters
    ----------
    path
        The netCDF file to write: ``vs(sample, point)`` in km/s, ``chain(sample)`` and
        ``model(sample)``, ``lat(point)`` and ``lon(point)``.
    chains, lat, lon, burn_in, thin, block, names
        As in :func:`thinned_blocks`; velocities in km/s.
    attributes
        Global attributes: what made the file.

    Returns
    -------
    int
        Number of samples written.

    Raises
    ------
    InputError
        If there is no chain, or a chain cannot be used; then no file is written.
    """
    blocks = thinned_blocks(chains, lat, lon, burn_in, thin, block, names)
    first = next(blocks, None)
    if first is None:
        raise InputError(path, "raw chains", "none", "at least one chain")
    return write_ensemble(path, itertools.chain([first], blocks), lat, lon, attributes)
