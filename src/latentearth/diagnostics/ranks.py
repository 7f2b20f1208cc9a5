"""Are stated probabilities honest? Ranks of truths among draws, and shares of pixels right.

A truth drawn from the prior has a uniform rank among independent draws of its posterior, in any
function of both (simulation-based calibration: Talts et al. 2018, arXiv:1804.06788). Draws that
hang together make ranks too extreme: what fails may be the sampler, and not the law of errors.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import kstest

from latentearth.diagnostics.coverage import LEVELS

STATED = np.linspace(0.5, 1.0, 11)  # edges of bins of stated probabilities


def ranks(draws: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ranks of true numbers among draws, as shares between 0 and 1, (number,).

    Parameters
    ----------
    draws
        (draw, number).
    truth
        (number,).
    rng
        Random numbers, that spread each rank evenly over its own share and among equal draws.
    """
    below, equal = (draws < truth).sum(0), (draws == truth).sum(0)
    return (below + (equal + 1) * rng.random(truth.shape)) / (len(draws) + 1)


def reliability(white: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Pixels, those right and the sum of stated probabilities, (3, bin), by bins of `STATED`.

    Parameters
    ----------
    white
        Stated probabilities of white, any shape.
    truth
        Grey of the true image, the same shape.
    """
    stated = np.maximum(white, 1 - white).ravel()
    right = ((np.asarray(white) > 0.5) == (np.asarray(truth) > 0.5)).ravel()
    place = np.clip(np.searchsorted(STATED, stated, "right") - 1, 0, len(STATED) - 2)
    weights = np.ones(stated.shape), right, stated
    return np.stack([np.bincount(place, w, len(STATED) - 1) for w in weights])


def uniform_probability(found: np.ndarray) -> float:
    """Probability of ranks as far from uniform as those of the worst number, if all were uniform.

    Kolmogorov and Smirnov's test of each number, times how many there are (Bonferroni).

    Parameters
    ----------
    found
        (case, number); cases are independent, numbers need not be.
    """
    return float(min(1.0, found.shape[1] * min(kstest(one, "uniform").pvalue for one in found.T)))


def central(found: np.ndarray) -> np.ndarray:
    """Shares of ranks in central intervals of 68 and 95 per cent, (..., number) to (2, ...)."""
    return np.stack([(np.abs(found - 0.5) <= 0.5 * p).mean(-1) for p in LEVELS])
