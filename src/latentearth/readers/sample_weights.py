"""Weights of somebody's samples: samples of equal weight drawn by them, or refused.

All that follows counts each sample once, keeps some aside to judge with, and takes the first of a
chain where it needs few. So none may be drawn twice, and any stretch must stand for the whole.
"""

from __future__ import annotations

import re

import netCDF4
import numpy as np

from latentearth.io import InputError
from latentearth.readers.foreign import ForeignFile
from latentearth.readers.foreign_variables import ForeignVariable, judged

# Weights of samples as programs call them, letters alone (PyMultiNest, dynesty, GetDist, CosmoMC).
SAMPLE_WEIGHTS = {
    *("w", "weight", "weights", "logw", "logwt", "logweight", "logweights", "lnw", "multiplicity"),
    *("sampleweight", "sampleweights", "importanceweight", "importanceweights"),
}


def refuse_weights(file: ForeignFile) -> None:
    """Refuse samples of unequal weight, where none may be left out.

    Raises
    ------
    InputError
        If the file holds weights that differ, or that are no numbers.
    """
    if unequal := _unequal_weights(file):
        expected = "samples of equal weight: draw them anew by their weights first"
        found = "weights that differ"
        raise InputError(file.path, f"variable '{next(iter(unequal))}'", found, expected)


def drawn_by_weights(
    file: ForeignFile, samples: ForeignVariable, along: str = "sample"
) -> np.ndarray | None:
    """Samples of equal weight from a file whose samples have weights.

    See :func:`drawn_without_repeats`.

    Parameters
    ----------
    file
        With ``weights``, ``log_weight`` or another usual name.
    samples
        What has these weights.
    along
        Its dimension that they belong to; what is before it may be before it in the weights.

    Returns
    -------
    numpy.ndarray or None
        Numbers of the samples that count, (drawn,), with chains (chain or 1, drawn); None if all.

    Raises
    ------
    InputError
        If two sets of weights are given, or they are no weights of these samples.
    """
    unequal = _unequal_weights(file)
    if not unequal:
        return None
    if len(unequal) > 1:
        raise InputError(file.path, "weights", ", ".join(unequal), "one of them")
    ((key, found),) = unequal.items()
    place = samples.dimensions.index(along)
    whose = samples.dimensions[place if found.ndim < 2 else 0 : place + 1]
    values = judged(file.path, found, whose)[:].astype(float)
    if values.shape[-1] != samples.shape[place]:
        expected = f"{samples.shape[place]}, one of each sample"
        raise InputError(file.path, f"number of '{key}'", values.shape[-1], expected)
    if _letters(key).startswith(("log", "ln")):
        with np.errstate(invalid="ignore"):
            values = np.exp(values - values.max())
    if not (np.isfinite(values).all() and (values >= 0).all() and values.any(-1).all()):
        text = "some that are negative or no numbers, or zero alone"
        raise InputError(file.path, f"variable '{key}'", text, "weights of samples")
    drawn = drawn_without_repeats(np.atleast_2d(values))
    print(f"{file.path}: {drawn.shape[1]} of {values.shape[-1]} samples, drawn by '{key}'")
    return drawn if place else drawn[0]


def drawn_without_repeats(weights: np.ndarray) -> np.ndarray:
    """Draw samples of equal weight, none of them twice: systematic sampling.

    As many are drawn from each chain as the least of them has in total weight over greatest weight.
    A sample is drawn with a probability in proportion to its weight: where the running sum of
    these probabilities passes 1/2, 3/2, ... Samples come in such an order (fractions of the golden
    section, sorted) that any stretch of them covers the whole chain: those of nested sampling are
    sorted by likelihood.

    Parameters
    ----------
    weights
        (chain, sample), not negative.

    Returns
    -------
    numpy.ndarray
        Numbers of samples, (chain, drawn).
    """
    share = weights / weights.sum(-1, keepdims=True)
    count = max(int((1 / share.max(-1)).min() * (1 + 1e-12)), 1)
    passed = np.floor(np.cumsum(count * share, -1) + 0.5)
    drawn = [np.searchsorted(each, np.arange(1, count + 1)) for each in passed]
    golden = (5**0.5 - 1) / 2
    return np.array(drawn)[:, np.argsort(np.arange(count) * golden % 1.0)]


def _letters(name: str) -> str:
    """A variable's name without its group, in small letters alone."""
    return re.sub(r"[^a-z]", "", name.rsplit("/", 1)[-1].lower())


def _unequal_weights(file: ForeignFile) -> dict[str, netCDF4.Variable]:
    """Weights in a file that are not all equal."""
    unequal = {}
    for key, found in file.variables.items():
        if _letters(key) not in SAMPLE_WEIGHTS or not found.size:
            continue
        if np.dtype(found.dtype).kind not in "fiu":
            expected = "numbers, for weights of samples"
            raise InputError(file.path, f"type of '{key}'", found.dtype, expected)
        values = found[:]
        if not (np.isfinite(values).all() and np.ptp(values) <= 1e-9 * np.abs(values).max()):
            unequal[key] = found
    return unequal
