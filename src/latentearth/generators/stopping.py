"""When chains may stop: distances of generators of two halves of them, beside R-hat.

Scheiter et al. (2022, section 4.3) train GANs on growing parts of the chains and take the part from
which on little changes for that where the chains have converged; the distance is to the full
ensemble, which whoever samples does not have yet. Here the two halves of the chains, each known to
the same part, stand against each other: that can be had while chains run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from latentearth.diagnostics.mixing import rank_rhat
from latentearth.ensembles.marginals import earth_movers_distance, halves_by_chain
from latentearth.ensembles.thinning import first_part
from latentearth.generators.base import EnsembleGenerator

Fit = Callable[[np.ndarray], EnsembleGenerator]
RHAT_SHARE = 0.95  # of the points, which R-hat is told for


def halves_apart(
    samples: np.ndarray,
    first_half: np.ndarray,
    fit: Fit | None,
    *,
    draws: int,
    seed: np.random.SeedSequence,
) -> float:
    """Distance of two halves of an ensemble: median over points of the earth mover's distance.

    Parameters
    ----------
    samples
        (sample, point).
    first_half
        Which of them make the first half, bool (sample,).
    fit
        Makes a generator of samples; generators of both halves draw from the same random numbers,
        so that they differ by what they have learnt. None: the samples themselves.
    draws
        Of each generator.
    seed
        Of their random numbers.
    """
    first, second = samples[first_half], samples[~first_half]
    if fit is not None:
        first, second = (fit(half).draw(draws, seed) for half in (first, second))
    return float(np.median(earth_movers_distance(first, second)))


def course_of_chains(
    samples: np.ndarray,
    chain: np.ndarray,
    parts: np.ndarray,
    fits: Mapping[str, Fit | None],
    *,
    draws: int,
    seed: np.random.SeedSequence,
) -> dict[str, np.ndarray]:
    """What says that chains may stop, by the first part of each chain that is known.

    Parameters
    ----------
    samples
        (sample, point), in the chains' order.
    chain
        Chain of each sample, (sample,); at least two.
    parts
        Of each chain, above 0 and at most 1, (part,).
    fits
        Name to how a generator is made, or None for the samples themselves; see `halves_apart`.
    draws, seed
        Of the generators.

    Returns
    -------
    dict
        (part,) each: the distance of the halves by the names of `fits`, in the unit of the samples;
        ``r_hat``, which 95 per cent of the points are below; ``error``, by how much the part of one
        half of the chains is off the whole other half, mean of both directions: the price of
        stopping there. It holds what the other half itself is off by.
    """
    half = halves_by_chain(chain)
    found: dict[str, list[float]] = {name: [] for name in (*fits, "r_hat", "error")}
    for part in parts:
        known = first_part(chain, part)
        for name, fit in fits.items():
            apart = halves_apart(samples[known], half[known], fit, draws=draws, seed=seed)
            found[name].append(apart)
        length = min(np.bincount(np.unique(chain[known], return_inverse=True)[1]))
        by_chain = np.stack([samples[known & (chain == c)][:length] for c in np.unique(chain)])
        found["r_hat"].append(float(np.quantile(rank_rhat(by_chain), RHAT_SHARE)))
        off = [
            np.median(earth_movers_distance(samples[known & side], samples[~side]))
            for side in (half, ~half)
        ]
        found["error"].append(float(np.mean(off)))
    return {name: np.array(values) for name, values in found.items()}


def stops_at(parts: np.ndarray, values: np.ndarray, tolerance: float) -> float:
    """The first part from which on all values are at most the tolerance; infinite if none is."""
    above = np.flatnonzero(~(values <= tolerance))
    first = above[-1] + 1 if above.size else 0
    return float(parts[first]) if first < len(parts) else float("inf")
