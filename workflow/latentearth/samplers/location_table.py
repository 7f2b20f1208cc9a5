"""Table 2 of Spurio Mancini et al. (2021): positions by each method, beside the published ones."""

from __future__ import annotations

import numpy as np

from latentearth.samplers.posterior import Posterior, interval

# Table 2: mean, and distances to the lower and upper end of the 68 per cent interval, km
PUBLISHED = {
    "d18": ((0.2175, 0.12375, 0.5325), (0.2, 0.125, 0.525), (0.33, 0.28, 0.64)),
    "direct": ((0.3770, 0.0025, 0.0025), (0.305, 0.0026, 0.0026), (1.57, 0.0012, 0.0012)),
    "edt": ((0.383, 0.022, 0.022), (0.32, 0.022, 0.022), (1.57, 0.015, 0.015)),
}


def row(method: str, posterior: Posterior, truth: np.ndarray, cpu_s: float, published: str) -> dict:
    """One row of the table.

    Parameters
    ----------
    method
        Its name.
    posterior
        Of the position (m).
    truth
        (3,) metres.
    cpu_s
        CPU time of the sampling (s).
    published
        Which of the paper's methods stands beside it, or an empty string.

    Returns
    -------
    dict
        Columns with their units; ``level_of_truth`` is the probability of the positions that are
        farther out than the true one in the metric of the posterior's covariance, so that the
        true one lies inside the 95 per cent ellipsoid if it is above 0.05.
    """
    out: dict = {"method": method}
    for i, name in enumerate("xyz"):
        low, high = interval(posterior)[i] / 1e3
        mean = posterior.mean[i] / 1e3
        out[f"{name}_true_km"] = truth[i] / 1e3
        out[f"{name}_km"] = mean
        out[f"{name}_minus_km"], out[f"{name}_plus_km"] = mean - low, high - mean
        for number, part in enumerate(("", "_minus", "_plus")):
            paper = PUBLISHED[published][i][number] if published else np.nan
            out[f"published_{name}{part}_km"] = paper
    centred = posterior.points - posterior.mean
    inverse = np.linalg.pinv((posterior.weights[:, None] * centred).T @ centred)
    away = np.einsum("ij,jk,ik->i", centred, inverse, centred)
    off = truth - posterior.mean
    out["level_of_truth"] = float(posterior.weights[away >= off @ inverse @ off].sum())
    out["error_m"] = float(np.linalg.norm(off))
    out |= {
        "log_evidence": posterior.log_evidence,
        "log_evidence_error": posterior.log_evidence_error,
        "evaluations": posterior.evaluations,
        "effective_samples": posterior.effective_size,
        "sampler": posterior.sampler,
        "cpu_s": cpu_s,
    }
    return out
