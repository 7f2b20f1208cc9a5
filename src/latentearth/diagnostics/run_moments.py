"""Do runs agree of which only means and deviations are kept, as of images pixel by pixel?

R-hat as Gelman and Rubin (1992, Statist. Sci. 7, 457) define it needs no more than these. Ranks and
halves of runs (:func:`latentearth.diagnostics.mixing.rank_rhat`) need the draws themselves.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2


def moment_rhat(
    means: np.ndarray, deviations: np.ndarray, count: int, least: float = 0.0
) -> np.ndarray:
    """R-hat of each parameter, neither split nor by ranks: about 1 where runs agree.

    Parameters
    ----------
    means, deviations
        Of each run, (run, ...); deviations with a variance over `count`, not one less.
    count
        Draws in a run, 2 or more.
    least
        Deviation that counts as none. Runs within which a parameter stands still, each at a value
        of its own, are taken to have this one: R-hat is large, and finite if `least` is not 0.

    Returns
    -------
    numpy.ndarray
        (...); NaN where a parameter is the same in all draws of all runs.
    """
    if len(means) < 2 or count < 2:
        raise ValueError(f"found {len(means)} runs of {count} draws; expected two of two or more")
    between = np.var(means, axis=0, ddof=1)
    variance = np.mean(np.square(deviations), axis=0)
    within = np.maximum(variance, least**2) * count / (count - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rhat = np.sqrt((count - 1) / count + between / within)
    return np.where(variance + between > least**2, rhat, np.nan)


def rhat_by_chance(
    effective: np.ndarray, count: int, parameters: int, probability: float = 0.05
) -> float:
    """The R-hat that the largest of many parameters exceeds by chance with a probability, at most.

    Runs of one normal density have means that scatter by its variance over their effective draws:
    between runs, over within, is chi-square over its degrees of freedom, times the mean of 1 over
    the effective draws (exactly if these are equal). Parameters may hang together in any way
    (Bonferroni's bound), so that of pixels, which do, fewer exceed it.

    Parameters
    ----------
    effective
        Effective draws of each run, (run,), two or more of them.
    count
        Draws in a run, as for :func:`moment_rhat`.
    parameters
        How many.
    probability
        That any of them exceeds it, at most.
    """
    freedom = len(effective) - 1
    scatter = chi2.isf(probability / parameters, freedom) / freedom
    scatter *= np.mean(1 / np.asarray(effective, dtype=float))
    return float(np.sqrt((count - 1) / count + scatter))
