"""Are credible intervals honest? Events whose positions are known, located one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import xarray as xr
from scipy.stats import beta, kstest

from latentearth.diagnostics.mixing import kish_ess
from latentearth.samples import Samples

LEVELS = (0.68, 0.95)


def score(
    samples: Samples, truth: np.ndarray, log_likelihood: Callable[[np.ndarray], np.ndarray]
) -> dict[str, np.ndarray | float]:
    """How a posterior stands to the true position.

    Parameters
    ----------
    samples
        Of one event.
    truth
        (coordinate,), in units of the positions.
    log_likelihood
        Of (point, coordinate); the prior is uniform.

    Returns
    -------
    dict
        ``quantile`` (coordinate,): the posterior probability below each true coordinate; ``level``:
        the probability of all positions that are likelier than the true one, so that the true one
        is inside a credible region of p if level < p; ``error`` (coordinate,): posterior mean minus
        truth; ``deviation`` (coordinate,): posterior standard deviation; ``effective``: effective
        number of samples.
    """
    at_truth, weight = float(log_likelihood(truth[None])[0]), samples.weight.ravel()
    below = np.array([weight[x < t].sum() for x, t in zip(samples.flat.T, truth, strict=True)])
    return {
        "quantile": below,
        "level": float(weight[samples.log_likelihood.ravel() > at_truth].sum()),
        "error": samples.mean - truth,
        "deviation": samples.deviation,
        "effective": kish_ess(weight),
    }


def nearer(samples: Samples, truth: np.ndarray, reference: np.ndarray) -> float:
    """The posterior probability of all positions nearer to a point than the true one is.

    Over many events, with points drawn independently of the data, it is uniform from 0 to 1 if
    posteriors are right (Lemos et al. 2023, Sampling-based accuracy testing of posterior
    estimators, TARP, section 3), whatever their shape.

    Parameters
    ----------
    samples
        Of one event.
    truth, reference
        (coordinate,).
    """
    away = np.linalg.norm(samples.flat - reference, axis=1)
    return float(samples.weight.ravel()[away < np.linalg.norm(truth - reference)].sum())


def uniform_distance(ranks: np.ndarray) -> tuple[float, float]:
    """Kolmogorov's distance of numbers from 0 to 1 from a uniform law, and its p-value."""
    found = kstest(ranks, "uniform")
    return float(found.statistic), float(found.pvalue)


def scores_dataset(rows: Mapping[str, Sequence[dict]], truth: np.ndarray) -> xr.Dataset:
    """Scores of several likelihoods and events in one.

    Parameters
    ----------
    rows
        By likelihood, of each event what :func:`score` gives; lengths in m.
    truth
        True positions, (event, coordinate), m.

    Returns
    -------
    xarray.Dataset
        A variable for each score, (likelihood, event) or (likelihood, event, coordinate).
    """
    variables: dict = {"truth": (("event", "coordinate"), truth, {"units": "m"})}
    for key in next(iter(rows.values()))[0]:
        values = np.array([[row[key] for row in events] for events in rows.values()])
        dims = ("likelihood", "event", "coordinate")[: values.ndim]
        variables[key] = (dims, values, {"units": "m" if key in ("error", "deviation") else "1"})
    return xr.Dataset(variables, {"likelihood": list(rows)})


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
