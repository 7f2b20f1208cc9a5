"""A power of the likelihood that makes posteriors of images as sure of pixels as they are right.

A sampler that keeps few of many modes, and errors that are only nearly those of the law, make
posteriors too sure. To a power below 1 of the likelihood they are wider, and a population has more
ancestors there, so that less is lost on the way (generalised posteriors: Bissiri, Holmes & Walker
2016, J. R. Statist. Soc. B 78, 1103; a power chosen by its coverage: Syring & Martin 2019,
Biometrika 106, 479). It is learned from truths that are known, and judged by others.
"""

from __future__ import annotations

import numpy as np


def overconfidence(white: np.ndarray, truth: np.ndarray) -> float:
    """Share of pixels stated to be right less the share that is.

    Parameters
    ----------
    white
        Stated probabilities of white, any shape.
    truth
        Grey of the true image, the same shape.
    """
    stated = np.maximum(white, 1 - white).mean()
    return float(stated - np.mean((np.asarray(white) > 0.5) == (np.asarray(truth) > 0.5)))


def honest_power(powers: np.ndarray, found: np.ndarray) -> float:
    """The largest power up to which the mean overconfidence of truths is not above zero.

    Parameters
    ----------
    powers
        (power,), rising.
    found
        Overconfidence by :func:`overconfidence`, (truth, power).

    Returns
    -------
    float
        Between two powers by a straight line over the logarithm; the first if all are too sure,
        the last if none is.
    """
    mean = np.mean(found, axis=0)
    honest = np.flatnonzero(mean <= 0)
    if not len(honest):
        return float(powers[0])
    last = honest[-1]
    if last == len(powers) - 1:
        return float(powers[-1])
    part = mean[last] / (mean[last] - mean[last + 1])
    return float(powers[last] ** (1 - part) * powers[last + 1] ** part)
