"""What samples are worth and what they cost; samplers of one posterior compared."""

from __future__ import annotations

import numpy as np

from latentearth.diagnostics.mixing import (
    autocorrelation_time,
    bulk_ess,
    kish_ess,
    rank_rhat,
    tail_ess,
)
from latentearth.samples import Samples

BASE = "random_walk"  # the paper's
STEPS = 100  # of it, whose CPU time is given to every method to move


def summary(samples: Samples) -> dict[str, float]:
    """Numbers by which samples of any sampler compare.

    Parameters
    ----------
    samples
        Chains, if all weigh alike and nothing from outside bounds their number; else they have
        no order, and what is about chains is NaN.

    Returns
    -------
    dict
        ``r_hat`` (the largest over coordinates); ``ess_bulk``, ``ess_tail`` (the smallest) and
        ``act``, the autocorrelation time in samples (the largest), of chains; ``ess_kish``, what
        the weights are worth; ``ess``, the least of those that apply and of `independent`;
        ``acceptance``; ``ess_per_cpu_s`` and ``ess_per_evaluation``, without setup;
        ``log_evidence`` and its error.
    """
    position = samples.position
    numbers = dict.fromkeys(("r_hat", "ess_bulk", "ess_tail", "act"), np.nan)
    chains = np.ptp(samples.weight) == 0 and np.isinf(samples.independent)
    if chains and position.shape[1] >= 4:
        numbers = {
            "r_hat": rank_rhat(position).max(),
            "ess_bulk": bulk_ess(position).min(),
            "ess_tail": tail_ess(position).min(),
            "act": autocorrelation_time(position).max(),
        }
    numbers["ess_kish"] = kish_ess(samples.weight)
    apply = [numbers[name] for name in ("ess_bulk", "ess_tail", "ess_kish")]
    numbers["ess"] = np.nanmin([*apply, samples.independent])
    numbers["acceptance"] = samples.acceptance.mean()
    numbers["ess_per_cpu_s"] = np.divide(numbers["ess"], samples.cpu_s)
    numbers["ess_per_evaluation"] = np.divide(numbers["ess"], samples.evaluations)
    numbers["log_evidence"] = samples.log_evidence
    numbers["log_evidence_error"] = samples.log_evidence_error
    return {name: float(value) for name, value in numbers.items()}


def compare_samplers(runs: dict[str, Samples]) -> list[dict]:
    """A row per method.

    Parameters
    ----------
    runs
        By name of the method, with chains of equal starts and number.

    Returns
    -------
    list of dict
        Effective samples of all chains together (the smallest and the median over latent
        coordinates) in all, per 1000 evaluations and per CPU-minute; those of every chain by
        itself, about its own mean, added up (``within``: where chains stay in modes of their own,
        the former counts modes); R-hat; the distance of posterior means from those of the method
        with most effective samples, in standard errors; and the mean squared distance that a
        chain moves in the CPU time of 100 steps of the random walk, which far below twice the
        posterior's variance (``squared_distance_limit``) grows as effective samples do, and needs
        no mixed chains. ``gain``: rates and this distance over those of the random walk.
    """
    ess = {name: bulk_ess(run.position) for name, run in runs.items()}
    best = max(ess, key=lambda name: np.nanmedian(ess[name]))
    numbers = {name: _row(run, ess[name], runs[best], ess[best]) for name, run in runs.items()}
    base = numbers.get(BASE)
    for name, row in numbers.items():
        seconds = STEPS * _seconds(runs[BASE if base else name])
        position = runs[name].position
        row["squared_distance"] = squared_distance(position, seconds / _seconds(runs[name]))
        row["squared_distance_limit"] = float(2 * position.var(axis=(0, 1)).sum())
    for row in numbers.values():
        for key in ("least", "median", "within"):
            name = f"ess_{key}_per_cpu_min"
            row[f"gain_{key}"] = row[name] / base[name] if base else np.nan
        far = row["squared_distance"]
        row["gain_distance"] = far / base["squared_distance"] if base else np.nan
    return [{"method": name, **row} for name, row in numbers.items()]


def _row(run: Samples, ess: np.ndarray, best: Samples, best_ess: np.ndarray) -> dict[str, float]:
    """Numbers of one method, by its effective samples and those of the best one, (latent,)."""
    minutes, evaluations = run.cpu_s / 60, run.evaluations
    within = np.sum([bulk_ess(chain[None]) for chain in run.position], axis=0)
    error = run.flat.std(axis=0) * np.sqrt(1 / ess + 1 / best_ess)
    apart = np.abs(run.flat.mean(axis=0) - best.flat.mean(axis=0)) / error
    row = {
        "gradient": run.about["gradient"],
        "acceptance": run.acceptance.mean(),
        "step": run.about["step_size"],
        "evaluations": evaluations,
        "cpu_time_s": run.cpu_s,
        "cpu_ms_per_evaluation": 1e3 * run.cpu_s / evaluations,
        "ess_least": np.nanmin(ess),
        "ess_median": np.nanmedian(ess),
        "ess_per_1000_evaluations": 1e3 * np.nanmedian(ess) / evaluations,
        "ess_least_per_cpu_min": np.nanmin(ess) / minutes,
        "ess_median_per_cpu_min": np.nanmedian(ess) / minutes,
        "ess_within_per_cpu_min": np.nanmedian(within) / minutes,
        "r_hat_largest": np.nanmax(rank_rhat(run.position)),
        "log_likelihood_mean": run.log_likelihood.mean(),
        "mean_apart_in_errors": np.sqrt(np.mean(apart**2)),
    }
    return {key: float(value) for key, value in row.items()}


def _seconds(run: Samples) -> float:
    """CPU time of one step of one chain, s."""
    return run.cpu_s / run.log_likelihood.size


def squared_distance(position: np.ndarray, steps: float) -> float:
    """Mean over chains of the squared distance between states so many steps apart.

    Parameters
    ----------
    position
        (chain, sample, latent).
    steps
        Rounded to a whole number from 1 to what the chains have.
    """
    lag = int(np.clip(round(steps), 1, position.shape[1] - 1))
    moved = position[:, lag:].astype(np.float64) - position[:, :-lag]
    return float(np.square(moved).sum(axis=-1).mean())


def autocorrelation_curves(runs: dict[str, Samples], points: int = 200) -> dict[str, tuple]:
    """Autocorrelation against CPU time, averaged over latent coordinates and chains.

    Returns
    -------
    dict
        Variables ``time`` and ``autocorrelation`` (method, lag).
    """
    time, values = [], []
    for run in runs.values():
        chains, samples, _ = run.position.shape
        centred = run.position - run.position.mean(axis=(0, 1))
        lags = np.unique(np.linspace(0, max(1, samples // 3), points).astype(int))
        product = [
            np.mean(centred[:, : samples - lag] * centred[:, lag:], axis=(0, 1)) for lag in lags
        ]
        mean = np.mean(np.stack(product) / product[0], axis=1)
        pad = points - len(lags)
        values.append(np.pad(mean, (0, pad), constant_values=np.nan))
        seconds = lags * run.cpu_s / (samples * chains)
        time.append(np.pad(seconds, (0, pad), constant_values=np.nan))
    return {
        "time": (
            ("method", "lag"),
            np.stack(time),
            {"units": "s", "long_name": "CPU time per chain"},
        ),
        "autocorrelation": (("method", "lag"), np.stack(values), {"units": "1"}),
    }
