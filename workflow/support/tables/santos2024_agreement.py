"""How runs of a recovery agree with each other, and samplers side by side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from latentearth.diagnostics.run_moments import moment_rhat, rhat_by_chance

GREY_LEVEL = 1 / 256  # a deviation below it is that of a pixel that stands still
POPULATION = "population_annealing"
AGREEMENT = (
    "mean_correlation",
    "r_hat_largest",
    "r_hat_median",
    "r_hat_by_chance",
    "changing_pixels",
)
NUMBERS = (
    "target",
    "pixels_right",
    "log_likelihood",
    "log_likelihood_of_truth",
    "log_evidence",
    "ancestors",
    "mean_correlation",
    "r_hat_largest",
    "cpu_s",
)


def agreement(found: xr.Dataset, images: int) -> list[dict[str, float]]:
    """What each run of a target says of how it agrees with the others; nothing if it is alone.

    ``mean_correlation`` is the lowest correlation of its mean image with that of another run.
    R-hat is of all runs together, and so the same in each: of pixels that change within a run or
    between runs (``changing_pixels`` of them), from means and deviations of images, without ranks.
    ``r_hat_by_chance`` is what runs of as many independent draws as are effective exceed in less
    than one of twenty.

    Parameters
    ----------
    found
        Runs of one target by one prior.
    images
        Of each run, that its mean and deviation are of.
    """
    if found.sizes["run"] < 2:
        return [{} for _ in range(found.sizes["run"])]
    count = min(images, found.sizes["sample"])
    mean = found["mean"].values
    correlation = np.corrcoef(mean.reshape(len(mean), -1))
    np.fill_diagonal(correlation, np.inf)
    r_hat = moment_rhat(mean, found.deviation.values, count, GREY_LEVEL)
    told = r_hat[np.isfinite(r_hat)]
    together = {"changing_pixels": told.size}
    if told.size:
        together |= {
            "r_hat_largest": float(told.max()),
            "r_hat_median": float(np.median(told)),
            "r_hat_by_chance": rhat_by_chance(found.ancestors.values, count, told.size),
        }
    return [{"mean_correlation": float(lowest)} | together for lowest in correlation.min(axis=1)]


def sampler_rows(rows: list[dict]) -> Iterator[dict]:
    """Samplers and priors side by side, from the rows of the table of recovery.

    At each cutoff of the targets that populations invert, as far as the others have them.
    ``log_likelihood_deficit`` is by how much the worst run fits worse than the true image,
    ``log_evidence_deviation`` the largest standard deviation between runs of a target; ``cpu_s``
    is of a run.
    """
    for wavelength in sorted({row["wavelength"] for row in rows}):
        here = [row for row in rows if row["wavelength"] == wavelength]
        targets = {row["target"] for row in here if row["sampler"] == POPULATION}
        here = [row for row in here if row["target"] in targets]
        for prior, sampler in dict.fromkeys((row["prior"], row["sampler"]) for row in here):
            runs = [row for row in here if (row["prior"], row["sampler"]) == (prior, sampler)]
            of = {name: np.array([row[name] for row in runs]) for name in NUMBERS}
            scatter = [deviation(of["log_evidence"][of["target"] == t]) for t in {*of["target"]}]
            yield {
                "wavelength": wavelength,
                "prior": prior,
                "sampler": sampler,
                "targets": len(scatter),
                "runs": len(runs),
                "pixels_right": of["pixels_right"].mean(),
                "pixels_right_lowest": of["pixels_right"].min(),
                "log_likelihood_deficit": np.max(
                    of["log_likelihood_of_truth"] - of["log_likelihood"]
                ),
                "log_evidence_deviation": np.max(scatter),
                "ancestors_fewest": of["ancestors"].min(),
                "mean_correlation_lowest": of["mean_correlation"].min(),
                "r_hat_largest": of["r_hat_largest"].max(),
                "cpu_s": of["cpu_s"].mean(),
            }


def deviation(values: np.ndarray) -> float:
    """Standard deviation between runs, (run,); NaN of one."""
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")
