"""How near traces come to others: R2D of Spurio Mancini et al. (2021), and what it hides."""

from __future__ import annotations

import numpy as np


def r2d(truth: np.ndarray, predicted: np.ndarray) -> float:
    r"""Two-dimensional correlation coefficient of traces (trace, sample), equation 12.

    :math:`\frac{\sum (g - \bar g)(p - \bar p)}{\sqrt{\sum (g - \bar g)^2 \sum (p - \bar p)^2}}`
    """
    g = np.asarray(truth, float) - np.mean(truth, dtype=float)
    p = np.asarray(predicted, float) - np.mean(predicted, dtype=float)
    return float((g * p).sum() / np.sqrt((g * g).sum() * (p * p).sum()))


def r2d_interval(
    truth: np.ndarray,
    predicted: np.ndarray,
    seed: np.random.SeedSequence,
    *,
    level: float = 0.95,
    draws: int = 2000,
) -> tuple[float, float]:
    """Interval of R2D over events: what other test events might have given.

    Parameters
    ----------
    truth, predicted
        (event, sample).
    seed
        Of the bootstrap, which draws events with replacement.
    level
        Of the interval.
    draws
        Of the bootstrap.
    """
    g, p = np.asarray(truth, float), np.asarray(predicted, float)
    sums = np.stack([g.sum(1), p.sum(1), (g * g).sum(1), (p * p).sum(1), (g * p).sum(1)], 1)
    count = len(g)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), draws)
    a, b, aa, bb, ab = (weights @ sums).T
    found = (ab - a * b / g.size) / np.sqrt((aa - a * a / g.size) * (bb - b * b / g.size))
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def without_loudest(truth: np.ndarray, predicted: np.ndarray, count: int = 5) -> float:
    """R2D of traces (event, sample) without the `count` true ones of the largest energy."""
    energy = np.square(truth, dtype=float).sum(1)
    kept = np.argsort(energy)[: len(energy) - count]
    return r2d(np.asarray(truth)[kept], np.asarray(predicted)[kept])


def skill(truth: np.ndarray, predicted: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Share of a null model's squared error that is taken away, of each event.

    Parameters
    ----------
    truth, predicted, null
        (event, sample).

    Returns
    -------
    numpy.ndarray
        (event,): 1 perfect, 0 no better than the null model, negative worse.
    """
    left, before = (np.square(np.asarray(some, float) - truth).sum(1) for some in (predicted, null))
    return 1 - left / np.maximum(before, np.finfo(float).tiny)
