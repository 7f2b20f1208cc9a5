"""Laws of the VAE's codes: what they draw, and what inversions by them find.

A VAE's samples are grey, and their channels break, by the law of its codes: those of crops are no
standard normal vectors. Where flow matching learns that law, and models are cut at a half, samples
are of two facies (docs/decisions/code_flow.md).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from latentearth.inversion.crosshole_survey import times
from latentearth.training.scores import compared
from support.latent_posteriors import LatentInversion
from support.tables.lopez_alvis2021_methods import prior_row, scores

CUT = 0.5  # between the facies
AT_ONCE = 100  # models


def two_facies(invert: LatentInversion, count: int, seed: np.random.SeedSequence) -> np.ndarray:
    """Models (sample, row, column) of two facies, drawn by the law of codes of an inversion."""
    codes = invert.prior.draw(count, seed)
    parts = [codes[start : start + AT_ONCE] for start in range(0, count, AT_ONCE)]
    return np.concatenate([invert.generate(part) > CUT for part in parts]).astype(np.float32)


def one_start(
    invert: LatentInversion, truths: np.ndarray, observed: np.ndarray, rng: np.random.Generator
) -> xr.Dataset:
    """Mean models of posteriors, in the form of inversions from one start.

    Parameters
    ----------
    invert
        By a law of codes.
    truths
        Facies (truth, row, column).
    observed
        (truth, datum), ns.
    rng
        Of the draws.
    """
    found, seconds = invert(observed)
    models = invert.means(found, rng)
    misfits = times(invert.operator, models, invert.velocities) - observed
    apart = models - truths
    place = "truth", "start"
    return xr.Dataset(
        {
            "model": ((*place, "z", "x"), models[:, None], {"units": "1"}),
            "misfit": (place, np.sqrt((misfits**2).mean(1))[:, None], {"units": "ns"}),
            "error": (place, np.sqrt((apart**2).mean((1, 2)))[:, None], {"units": "1"}),
            "cpu_s": ((), seconds, {"units": "s"}),
        }
    )


def runs_by_law(
    inversions: Mapping[str, LatentInversion],
    truths: xr.DataArray,
    observed: np.ndarray,
    rng: np.random.Generator,
) -> xr.Dataset:
    """:func:`one_start` of each law (law, ...), of named truths (truth, z, x)."""
    found = [one_start(one, truths.values, observed, rng) for one in inversions.values()]
    return xr.concat(found, xr.Variable("law", list(inversions))).assign_coords(truth=truths.truth)


def prior_rows(
    samples: Mapping[str, np.ndarray],
    found: Mapping[str, tuple[np.ndarray, float]],
    new: np.ndarray,
    observed: np.ndarray,
    invert: LatentInversion,
) -> list[dict]:
    """Rows of ``table_priors.csv``: how samples stand to crops, and models of new truths to them.

    Parameters
    ----------
    samples
        By prior, (sample, row, column); those called ``crops`` are the training image's.
    found
        By prior or method: models of the new truths (truth, row, column), CPU seconds of each.
    new, observed
        Facies (truth, row, column), times (truth, datum) in ns.
    invert
        Whose operator and velocities are the data's.
    """
    rows = []
    for name in dict.fromkeys([*samples, *found]):
        row = compared(samples[name], samples["crops"]) if name in samples else {}
        if name in found:
            models, seconds = found[name]
            again = times(invert.operator, models, invert.velocities)
            row |= prior_row(scores(models, new, again, observed), seconds)
        rows.append({"prior": name, **row})
    return rows
