"""Are credible intervals honest? Events whose positions are known, located one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import beta

from latentearth.samples import Posterior

LEVELS = (0.68, 0.95)


def score(
    posterior: Posterior, truth: np.ndarray, log_likelihood: Callable[[np.ndarray], np.ndarray]
) -> dict[str, np.ndarray | float]:
    """How a posterior stands to the true position.

    Parameters
    ----------
    posterior
        Of one event.
    truth
        (3,) metres.
    log_likelihood
        Of (points, 3); the prior is uniform.

    Returns
    -------
    dict
        ``quantile`` (3,): the posterior probability below each true coordinate; ``level``: the
        probability of all positions that are likelier than the true one, so that the true one is
        inside a credible region of p if level < p; ``error`` (3,): posterior mean minus truth (m);
        ``deviation`` (3,) posterior standard deviation (m); ``effective``: effective number of
        samples.
    """
    at_truth = float(log_likelihood(truth[None])[0])
    below = np.array([posterior.weights[posterior.points[:, i] < truth[i]].sum() for i in range(3)])
    return {
        "quantile": below,
        "level": float(posterior.weights[posterior.log_likelihood > at_truth].sum()),
        "error": posterior.mean - truth,
        "deviation": posterior.standard_deviation,
        "effective": posterior.effective_size,
    }


def coverage(quantiles: np.ndarray, levels: np.ndarray) -> list[dict[str, float]]:
    """Share of true coordinates and positions inside credible intervals and regions.

    Parameters
    ----------
    quantiles
        (events, 3) from :func:`score`.
    levels
        (events,) from :func:`score`.

    Returns
    -------
    list of dict
        For each of 68 and 95 per cent: ``level``, ``intervals`` (of the coordinates), ``regions``
        (of the positions), and the standard error that a sample of so many events has,
        ``binomial_error``. The three coordinates of an event are not independent, so that the
        error of ``intervals`` is taken as that of the events.
    """
    rows = []
    for p in LEVELS:
        inside = np.abs(quantiles - 0.5) <= 0.5 * p
        rows.append(
            {
                "level": p,
                "intervals": float(inside.mean()),
                "regions": float((levels <= p).mean()),
                "binomial_error": float(np.sqrt(p * (1 - p) / len(levels))),
            }
        )
    return rows


def binomial_interval(accepted: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of the probability behind `accepted` of `count` runs."""
    tail = (1 - level) / 2
    low = beta.ppf(tail, accepted, count - accepted + 1) if accepted else 0.0
    high = beta.ppf(1 - tail, accepted + 1, count - accepted) if accepted < count else 1.0
    return float(low), float(high)
