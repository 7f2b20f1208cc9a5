"""Tables 1 to 4 of Lopez-Alvis et al. (2021), ours beside the published values."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.diagnostics.coverage import binomial_interval

TRUTHS = ("mc1", "mc2", "mc3", "mv1", "mv2", "mv3")
COLUMNS = ("VSnnn", "VSbnn", "VSbod", "VSbrd", "SAnnn", "SSbnd", "VSbrd_noise")
# Table 1: step size and its factor; of the weight of the regularisation the text (section 3.2).
PUBLISHED_CASES = {
    "VSnnn": ("vae", "sgd", "no", "none", "no", 1e-4, None),
    "VSbnn": ("vae", "sgd", "yes", "none", "no", 1e-4, None),
    "VSbod": ("vae", "sgd", "yes", "origin", "yes", 1e-2, 0.95),
    "VSbrd": ("vae", "sgd", "yes", "ring", "yes", 1e-2, 0.95),
    "SAnnn": ("sgan", "adam", "no", "none", "no", 1e-2, None),
    "SSbnd": ("sgan", "sgd", "yes", "none", "yes", 1e-3, 0.95),
}
# Table 2: data RMSE (ns) and model RMSE of encoding and decoding.
PUBLISHED_FLOOR = {
    "mc1": (0.606, 0.104),
    "mc2": (0.998, 0.147),
    "mc3": (1.096, 0.173),
    "mv1": (0.524, 0.057),
    "mv2": (0.958, 0.098),
    "mv3": (0.734, 0.085),
}
# Table 3: accepted of 100.
PUBLISHED_ACCEPTED = {
    "mc1": (88, 35, 100, 100, 0, 0, 100),
    "mc2": (96, 50, 100, 100, 0, 0, 100),
    "mc3": (92, 58, 100, 100, 0, 0, 100),
    "mv1": (100, 75, 100, 100, 2, 0, 100),
    "mv2": (64, 54, 100, 100, 0, 0, 100),
    "mv3": (91, 71, 100, 100, 0, 0, 100),
}
# Table 4: mean RMSE, ns.
PUBLISHED_MISFIT = {
    "mc1": (0.493, 1.242, 0.544, 0.405, 4.538, 3.988, 0.480),
    "mc2": (0.620, 1.525, 0.690, 0.546, 5.266, 4.495, 0.593),
    "mc3": (1.066, 1.507, 0.885, 0.833, 3.298, 3.775, 0.880),
    "mv1": (0.456, 0.963, 0.121, 0.062, 4.777, 4.703, 0.273),
    "mv2": (1.061, 1.308, 0.289, 0.080, 5.236, 4.717, 0.268),
    "mv3": (1.282, 1.233, 0.224, 0.033, 4.770, 4.774, 0.256),
}


def cases(settings: dict) -> list[dict]:
    """Table 1: our settings of each case, and the published ones."""
    rows = []
    for name, published in PUBLISHED_CASES.items():
        own = settings[name]
        decreasing = own["step_decay"] < 1
        ours = (
            own["network"], own["optimizer"], "no" if own["batch"] is None else "yes",
            own["regularization"], "yes" if decreasing else "no", own["step"],
            own["step_decay"] if decreasing else None,
        )  # fmt: skip
        row: dict[str, str | float | None] = {"case": name}
        columns = ("network", "optimizer", "batching", "regularization", "decreasing")
        for key, mine, theirs in zip(
            (*columns, "step", "step_decay"), ours, published, strict=True
        ):
            row |= {key: mine, f"published_{key}": theirs}
        row |= {"batch": own["batch"], "weight": own["weight"], "weight_decay": own["weight_decay"]}
        rows.append(row | {"same_as_published": int(ours == published)})
    return rows


def floor(data: xr.Dataset) -> list[dict]:
    """Table 2: errors of encoding and decoding the truths, which are the thresholds."""
    rows = []
    for name in data.truth.values:
        one = data.sel(truth=name)
        published = PUBLISHED_FLOOR[str(name)]
        rows.append(
            {
                "truth": name,
                "data_rmse_ns": float(one.threshold.sel(operator="straight")),
                "published_data_rmse_ns": published[0],
                "model_rmse": float(one.encoded_error),
                "published_model_rmse": published[1],
                "data_rmse_curved_ns": float(one.threshold.sel(operator="curved")),
            }
        )
    return rows


def accepted_table(runs: xr.Dataset, thresholds: xr.DataArray) -> np.ndarray:
    """Whether each run's misfit is at most its truth's threshold, (truth, start)."""
    return (runs.misfit <= thresholds.sel(truth=runs.truth)).values


def acceptance_table(
    cases: dict[str, xr.Dataset], thresholds: dict[str, xr.DataArray]
) -> list[dict]:
    """Table 3: accepted inversions of each truth and case, with 95 per cent intervals.

    The last row of each case, ``all``, pools its truths; its interval takes runs of one truth for
    independent, and so is rather too narrow.
    """
    rows = []
    for case, runs in cases.items():
        column = COLUMNS.index(case)
        verdicts = accepted_table(runs, thresholds[case])
        names = [str(name) for name in runs.truth.values]
        published = [PUBLISHED_ACCEPTED[name][column] for name in names]
        limits: list = [float(thresholds[case].sel(truth=name)) for name in names]
        for name, theirs, limit, row in zip(
            [*names, "all"],
            [*published, float(np.mean(published))],
            [*limits, None],
            [*verdicts, verdicts.ravel()],
            strict=True,
        ):
            low, high = binomial_interval(int(row.sum()), row.size)
            rows.append(
                {
                    "truth": name,
                    "case": case,
                    "accepted": int(row.sum()),
                    "starts": row.size,
                    "accepted_percent": 100 * row.mean(),
                    "low_percent": 100 * low,
                    "high_percent": 100 * high,
                    "published_percent": theirs,
                    "threshold_ns": limit,
                }
            )
    return rows


def misfits(cases: dict[str, xr.Dataset]) -> list[dict]:
    """Table 4: mean of the runs' least data RMSE, of each truth and case."""
    rows = []
    for case, runs in cases.items():
        column = COLUMNS.index(case)
        for name in runs.truth.values:
            one = runs.sel(truth=name)
            published = PUBLISHED_MISFIT[str(name)][column]
            mean = float(one.misfit.mean())
            rows.append(
                {
                    "truth": name,
                    "case": case,
                    "mean_rmse_ns": mean,
                    "published_rmse_ns": published,
                    "ratio": mean / published,
                    "deviation_ns": float(one.misfit.std()),
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
