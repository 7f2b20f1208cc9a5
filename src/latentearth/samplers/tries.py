"""A population that settles in a wrong place is seen by its misfit: then another is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from latentearth.samplers.targets import Posterior
from latentearth.samples import Samples

OF_TRIES = 2**30  # random numbers of further tries, beyond those that a sampler spawns itself


def best_of_tries(
    sampler: Callable[..., Samples],
    target: Posterior,
    start: Any,
    seed: np.random.SeedSequence,
    *,
    least: float,
    tries: int,
    checkpoint: Path | None = None,
) -> Samples:
    """Sample until the data are fitted as well as their errors allow, or tries are used up.

    Parameters
    ----------
    sampler, target, start
        As of any sampler.
    seed
        Of the first try; others have random numbers of their own.
    least
        Mean log likelihood below which errors do not explain the misfit.
    tries
        At most.
    checkpoint
        The first try's; others have a number behind it.

    Returns
    -------
    Samples
        Of the first try that fits, or of the one with most evidence. Evaluations and time are of
        all; `about` has how many ``tries`` there were.
    """
    found: list[Samples] = []
    for n in range(tries):
        key = (*seed.spawn_key, OF_TRIES, n) if n else seed.spawn_key
        own = np.random.SeedSequence(seed.entropy, spawn_key=key)
        file = Path(f"{checkpoint}_{n}") if checkpoint and n else checkpoint
        found.append(sampler(target, start, own, file))
        fit = float(found[-1].log_likelihood.mean())
        if fit >= least:
            break
        print(f"try {n + 1}: mean log likelihood {fit:.0f}, errors alone have {least:.0f} or more")
    best = max(found, key=lambda one: (one.log_likelihood.mean() >= least, one.log_evidence))
    return replace(
        best,
        evaluations=sum(one.evaluations for one in found),
        cpu_s=sum(one.cpu_s for one in found),
        about={**best.about, "tries": len(found)},
    )
