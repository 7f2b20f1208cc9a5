"""Table of recovery: targets by priors, samplers and seeds, and what needs no sampler.

Log likelihoods and evidences are of each prior's own errors, up to one constant: what
independent errors of sigma_o alone would have. So they compare priors whose errors differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr
from scipy.stats import chi2

from latentearth.images.pixels import correct_share
from support.tables.santos2024_agreement import AGREEMENT, POPULATION, agreement

GAN = "wgan_gp"
BY_CHANCE = 1e-3  # below which a fit is not by chance as bad as it is
UNTOLD = float("nan")  # written as an empty cell


def row_of(target: int, waves: float, prior: str, **numbers: Any) -> dict:
    """One row; what a method does not tell stays empty."""
    columns = {"sampler": "none"} | dict.fromkeys(
        (
            "seed",
            "pixels_right",
            "log_likelihood",
            "log_likelihood_of_truth",
            "log_evidence",
            "nats",
            "evidence_deviation",
            "ancestors",
            *AGREEMENT,
            "cpu_s",
            "bank_cpu_s",
        ),
        UNTOLD,
    )
    head = {"target": target, "wavelength": round(1 / waves, 4), "prior": prior}
    return head | columns | numbers


def log_norm(sigma: np.ndarray, sigma_o: np.ndarray, points: int) -> float:
    """By what errors sigma lower a log likelihood against errors sigma_o, (6,), before data."""
    return points * float(np.log(np.asarray(sigma) / np.asarray(sigma_o)).sum())


def population_rows(
    found: xr.Dataset, bank: xr.Dataset, data: xr.Dataset, prior: str, target: int, images: int
) -> Iterator[dict]:
    """A row for each run of a prior on a target, whose mean is of so many images.

    ``ancestors`` counts the effective draws of a fit where these have taken a population's place.
    ``evidence_deviation`` is what as many independent points would have in nested sampling: a
    variance of nats / n (Skilling 2006, Bayesian Analysis 1, 833).
    """
    for seed, agrees in enumerate(agreement(found, images)):
        run = found.isel(run=seed)
        numbers = ("log_likelihood", "log_likelihood_of_truth", "log_evidence", "ancestors")
        nats = float(run.log_likelihood - run.log_evidence)
        yield row_of(
            target,
            float(data.waves),
            prior,
            sampler=POPULATION,
            seed=seed,
            pixels_right=correct_share(run["mean"].values, data.image.values[target]),
            **{name: float(run[name]) for name in numbers},
            nats=nats,
            evidence_deviation=(nats / run.sizes["sample"]) ** 0.5,
            **agrees,
            cpu_s=float(run.cpu_s),
            bank_cpu_s=float(bank.cpu_s),
        )


def null_rows(found: xr.Dataset, data: xr.Dataset, target: int) -> Iterator[dict]:
    """A row for each method that needs no sampler."""
    rest = (data.observed[target] - data.medium[target]) / data.sigma_o
    for prior in found.prior.values.tolist():
        one = found.sel(prior=prior).isel(target=target)
        yield row_of(
            target,
            float(data.waves),
            prior,
            pixels_right=correct_share(one["mean"].values, data.image.values[target]),
            log_likelihood=float(one.log_likelihood),
            log_likelihood_of_truth=float(-0.5 * (rest**2).sum()),
            cpu_s=float(one.cpu_s),
        )


def chain_rows(solution: xr.Dataset, chains: xr.Dataset, data: xr.Dataset) -> Iterator[dict]:
    """A row for each target that chains of the generator have inverted."""
    points = data.sizes["row"] * data.sizes["column"]
    lost = log_norm(data.sigma.values, data.sigma_o.values, points)
    for k, target in enumerate(solution.target.values.tolist()):
        one = solution.isel(target=k)
        rest = (data.observed[target] - data.medium[target]) / data.sigma
        yield row_of(
            target,
            float(data.waves),
            GAN,
            sampler=f"annealing, {solution.attrs['method']}",
            seed=0,
            pixels_right=float(one.correct_mean),
            log_likelihood=float(one.mean_log_likelihood) - lost,
            log_likelihood_of_truth=float(-0.5 * (rest**2).sum()) - lost,
            log_evidence=float(chains.target_log_evidence[k]) - lost,
            cpu_s=float(chains.cpu_s + chains.setup_cpu_s) / solution.sizes["target"],
        )


def fit_row(found: xr.Dataset, data: xr.Dataset, target: int, smooth: float) -> dict:
    """How well a population fits a medium of whatever kind, and what this says of it.

    With N independent errors twice the misfit is chi-square of N degrees of freedom: its excess is
    told in that law's own standard deviations, the root of 2 N, and as the probability that data
    made anew by the population fit as badly. A medium is no marble cake if this is below one in a
    thousand, or if a smooth medium without any cake has more evidence.

    Parameters
    ----------
    found, data, target
        Runs, the observed media, and which of them; an own one has no ``kind``.
    smooth
        Log evidence of a smooth medium, up to the same constant.
    """
    count = data.observed[target].size
    best = found.isel(run=int(found.log_likelihood.values.argmax()))
    chi_square = -2 * float(best.log_likelihood)
    p_value, odds = float(chi2.sf(chi_square, count)), float(best.log_evidence) - smooth
    return {
        "kind": str(data.kind.values[target]) if "kind" in data.coords else "own",
        "chi_square_per_datum": chi_square / count,
        "excess_deviations": (chi_square - count) / (2 * count) ** 0.5,
        "p_value": p_value,
        "log_likelihood": float(best.log_likelihood),
        "log_likelihood_of_truth": float(found.get("log_likelihood_of_truth", UNTOLD)),
        "log_evidence": float(best.log_evidence),
        "log_odds": odds,
        "says": "a marble cake" if p_value >= BY_CHANCE and odds > 0 else "no marble cake",
        "pixels_right": correct_share(best["mean"].values, data.image.values[target])
        if "image" in data
        else UNTOLD,
        "cpu_s": float(found.cpu_s.sum()),
    }
