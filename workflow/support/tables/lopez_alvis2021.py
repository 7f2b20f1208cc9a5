"""Tables 1 to 4 of Lopez-Alvis et al. (2021), ours beside the published values."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.diagnostics.coverage import binomial_interval
from support.published_values import Table


def cases(settings: dict, published: Table) -> list[dict]:
    """Table 1: our settings of each case, and the published ones."""
    rows = []
    for theirs in published:
        own = settings[theirs["case"]]
        decreasing = own["step_decay"] < 1
        pairs = {
            "network": (own["network"], theirs["DGM"].lower()),
            "optimizer": (own["optimizer"], theirs["GD"].lower()),
            "batching": ("no" if own["batch"] is None else "yes", theirs["batching"]),
            "regularization": (own["regularization"], theirs["regularization"]),
            "decreasing": ("yes" if decreasing else "no", theirs["decreasing"]),
            "step": (own["step"], theirs["step"]),
            "step_decay": (own["step_decay"] if decreasing else None, theirs["step_decay"] or None),
        }
        row: dict[str, str | float | None] = {"case": theirs["case"]}
        for key, (mine, other) in pairs.items():
            row |= {key: mine, f"published_{key}": other}
        row |= {"batch": own["batch"], "weight": own["weight"], "weight_decay": own["weight_decay"]}
        same = all(mine == other for mine, other in pairs.values())
        rows.append(row | {"same_as_published": int(same)})
    return rows


def floor(data: xr.Dataset, published: Table) -> list[dict]:
    """Table 2: errors of encoding and decoding the truths, which are the thresholds."""
    rows = []
    for name in data.truth.values:
        one = data.sel(truth=name)
        (theirs,) = published.where(truth=str(name))
        rows.append(
            {
                "truth": name,
                "data_rmse_ns": float(one.threshold.sel(operator="straight")),
                "published_data_rmse_ns": theirs["data_rmse_ns"],
                "model_rmse": float(one.encoded_error),
                "published_model_rmse": theirs["model_rmse"],
                "data_rmse_curved_ns": float(one.threshold.sel(operator="curved")),
            }
        )
    return rows


def accepted_table(runs: xr.Dataset, thresholds: xr.DataArray) -> np.ndarray:
    """Whether each run's misfit is at most its truth's threshold, (truth, start)."""
    return (runs.misfit <= thresholds.sel(truth=runs.truth)).values


def acceptance_table(
    cases: dict[str, xr.Dataset],
    floor: xr.DataArray,
    noise: dict[str, float],
    published: Table,
    printed: Table,
) -> list[dict]:
    """Table 3: accepted inversions of each truth and case, with 95 per cent intervals.

    The last row of each case, ``all``, pools its truths; its interval takes runs of one truth for
    independent, and so is rather too narrow.

    Parameters
    ----------
    cases
        Runs by case.
    floor
        What encoding and decoding leaves (truth,), ns. With the noise of a case, ns, its threshold.
    noise
        Of each case, ns.
    published
        Table 3 of the paper.
    printed
        Table 2 of the paper: as a threshold no greater than the truth's there, of the same name.
        A VAE that encodes badly would accept anything by its own.
    """
    rows = []
    for case, runs in cases.items():
        names = [str(name) for name in runs.truth.values]
        least = np.array([printed.at("data_rmse_ns", truth=name) for name in names])
        own = floor.sel(truth=runs.truth).values
        limits = {"": own + noise[case], "_as_printed": np.minimum(own, least) + noise[case]}
        verdicts = {kind: runs.misfit.values <= limit[:, None] for kind, limit in limits.items()}
        theirs = [int(published.at(case, truth=name)) for name in names]  # of 100
        for number, (name, share) in enumerate(
            zip([*names, "all"], [*theirs, float(np.mean(theirs))], strict=True)
        ):
            chosen = slice(None) if name == "all" else number
            found = {kind: verdict[chosen] for kind, verdict in verdicts.items()}
            accepted, starts = int(found[""].sum()), found[""].size
            low, high = binomial_interval(accepted, starts)
            rows.append(
                {
                    "truth": name,
                    "case": case,
                    "noise_ns": noise[case],
                    "accepted": accepted,
                    "starts": starts,
                    "accepted_percent": 100 * found[""].mean(),
                    "low_percent": 100 * low,
                    "high_percent": 100 * high,
                    "published_percent": share,
                    "threshold_ns": None if name == "all" else limits[""][number],
                    "accepted_as_printed_percent": 100 * found["_as_printed"].mean(),
                    "printed_ns": None if name == "all" else limits["_as_printed"][number],
                }
            )
    return rows


def misfits(cases: dict[str, xr.Dataset], published: Table) -> list[dict]:
    """Table 4: mean of the runs' least data RMSE, of each truth and case."""
    rows = []
    for case, runs in cases.items():
        for name in runs.truth.values:
            one = runs.sel(truth=name)
            theirs = published.at(case, truth=str(name))
            mean = float(one.misfit.mean())
            rows.append(
                {
                    "truth": name,
                    "case": case,
                    "mean_rmse_ns": mean,
                    "published_rmse_ns": theirs,
                    "ratio": mean / theirs,
                    "deviation_ns": float(one.misfit.std()),
                    "largest_over_least": float(one.misfit.max() / one.misfit.min()),
                    "model_rmse": float(one.error.mean()),
                    "norm_z": float(np.linalg.norm(one.code, axis=-1).mean()),
                    "starts": one.start.size,
                }
            )
    return rows


def nonlinear(runs: dict[str, xr.Dataset], thresholds: dict[str, xr.DataArray]) -> list[dict]:
    """Section 3.3: each nonlinear inversion, without (``clean``) and with noise (``noisy``)."""
    rows = []
    for kind, found in runs.items():
        for name, row in zip(
            found.truth.values, accepted_table(found, thresholds[kind]), strict=True
        ):
            one = found.sel(truth=name).isel(start=0)
            rows.append(
                {
                    "truth": name,
                    "data": kind,
                    "rmse_ns": float(one.misfit),
                    "threshold_ns": float(thresholds[kind].sel(truth=name)),
                    "accepted": int(row[0]),
                    "iteration": int(one.iteration),
                    "model_rmse": float(one.error),
                    "norm_z": float(np.linalg.norm(one.code)),
                }
            )
    return rows


def new_truths(runs: xr.Dataset) -> list[dict]:
    """Beyond the paper: encode-decode floor and inversion error of each new truth."""
    rows = []
    for number in range(runs.truth.size):
        one = runs.isel(truth=number)
        rows.append(
            {
                "truth": number,
                "floor_data_rmse_ns": float(one.threshold),
                "floor_model_rmse": float(one.encoded_error),
                "inversion_data_rmse_ns": float(one.misfit.mean()),
                "inversion_model_rmse": float(one.error.mean()),
                "accepted": int((one.misfit <= one.threshold).sum()),
                "starts": one.start.size,
            }
        )
    return rows


def new_truths_summary(rows: list[dict]) -> list[dict]:
    """Acceptance over new truths with its interval (truths are the units), and mean errors."""
    count = len(rows)
    every = sum(row["accepted"] == row["starts"] for row in rows)
    low, high = binomial_interval(every, count)
    summary = {"truths": count, "all_starts_accepted": every, "percent": 100 * every / count}
    summary |= {"low_percent": 100 * low, "high_percent": 100 * high}
    for key in rows[0]:
        if "rmse" in key:
            summary[f"mean_{key}"] = float(np.mean([row[key] for row in rows]))
    floor, error = summary["mean_floor_model_rmse"], summary["mean_inversion_model_rmse"]
    return [summary | {"error_over_floor": error / floor}]


LEVELS = 0.5, 0.68, 0.95  # of the intervals that the table tells of


def posterior_rows(events: xr.Dataset) -> list[dict]:
    """Beyond the paper: how posteriors of new truths are calibrated, by prediction and level.

    Ranks and errors of means are the same at every level. `nearer` is by how much means are nearer
    to the same truths than those of mean and covariance alone.
    """
    rows, linear = [], events.error.sel(prediction="covariance").values
    for name in map(str, events.prediction.values):
        one = events.sel(prediction=name)
        ranks, errors = one["quantile"], one.error.values
        nearer, root = linear - errors, len(errors) ** 0.5
        for level in LEVELS:
            rows.append(
                {
                    "prediction": name,
                    "level": level,
                    "truths": one.truth.size,
                    "blocks_held": float((abs(ranks - 0.5) <= level / 2).mean()),
                    "cells_held": float(one.cells_inside.interp(level=level).mean()),
                    "mean_rank": float(ranks.mean()),
                    "model_rmse": float(errors.mean()),
                    "model_rmse_error": float(errors.std(ddof=1) / root),
                    "nearer": float(nearer.mean()),
                    "nearer_error": float(nearer.std(ddof=1) / root),
                    "cpu_s": float(events.cpu_s),
                }
            )
    return rows


def network_row(network: str, card: dict) -> dict:
    """What the card of a network says of its size and training."""
    return {
        "network": network,
        "weights": "shipped" if card.get("shipped") else "trained",
        "training_image": card["training_image"]["kind"],
        "generator_parameters": card["generator_parameters"],
        "parameters": card.get("parameters"),
        "steps": card["steps"],
        "samples": card["samples"],
    }


def vae_scores(unseen: dict, seen: dict, card: dict, published: Table) -> dict:
    """Errors of encoding and decoding held-out and training crops, and the authors'.

    Parameters
    ----------
    unseen, seen
        From :func:`latentearth.training.scores.score_vae`.
    card
        Of the network.
    published
        What the authors' notebook prints at its last step, on training crops.
    """
    (theirs,) = published.where(network="vae")
    return {
        "error_per_sample": unseen["error"],
        "error_of_mean_code_per_sample": unseen["error_of_mean"],
        "model_rmse_of_mean_code": unseen["model_rmse"],
        "divergence_per_dimension_nat": unseen["divergence"],
        "active_dimensions": unseen["active"],
        "training_error_per_sample": seen["error"],
        "last_error_of_training_per_sample": card["last_error"],
        "authors_error_per_sample": theirs["error_per_sample"],
        "authors_divergence_per_dimension_nat": theirs["divergence_per_dimension_nat"],
    }
