"""Weighted samples of a posterior: what they are worth, their summaries and their files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass(frozen=True)
class Posterior:
    """Weighted samples of a posterior, and its evidence.

    Parameters
    ----------
    points
        (samples, dimensions).
    weights
        (samples,), adding up to 1.
    log_likelihood
        (samples,).
    log_evidence, log_evidence_error
        Natural logarithm of the evidence under the uniform prior, and its standard error.
    evaluations
        Number of likelihoods computed.
    sampler
        What made them: ``multinest``, ``nautilus``, ``importance`` or ``grid``.
    """

    points: np.ndarray
    weights: np.ndarray
    log_likelihood: np.ndarray
    log_evidence: float
    log_evidence_error: float
    evaluations: int
    sampler: str

    @property
    def mean(self) -> np.ndarray:
        """(dimensions,) posterior mean."""
        return self.weights @ self.points

    @property
    def standard_deviation(self) -> np.ndarray:
        """(dimensions,) posterior standard deviation."""
        return np.sqrt(self.weights @ (self.points - self.mean) ** 2)

    @property
    def effective_size(self) -> float:
        """Number of equally weighted samples that the weights are worth (Kish)."""
        return float(1.0 / (self.weights**2).sum())


def dataset(posterior: Posterior, cpu_s: float) -> xr.Dataset:
    """The netCDF form of a posterior of positions (m), with the CPU time it took."""
    return xr.Dataset(
        {
            "points": (("sample", "coordinate"), posterior.points, {"units": "m"}),
            "weights": ("sample", posterior.weights, {"units": "1"}),
            "log_likelihood": ("sample", posterior.log_likelihood, {"units": "1"}),
        },
        attrs={
            "log_evidence": posterior.log_evidence,
            "log_evidence_error": posterior.log_evidence_error,
            "evaluations": posterior.evaluations,
            "sampler": posterior.sampler,
            "cpu_s": cpu_s,
        },
    )


def from_dataset(found: xr.Dataset) -> Posterior:
    """Inverse of :func:`dataset`."""
    a = found.attrs
    return Posterior(
        found.points.values,
        found.weights.values,
        found.log_likelihood.values,
        float(a["log_evidence"]),
        float(a["log_evidence_error"]),
        int(a["evaluations"]),
        str(a["sampler"]),
    )


def quantile(values: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of weighted samples, (samples,) to (levels,)."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(levels, below, values[order])


def interval(posterior: Posterior, probability: float = 0.68) -> np.ndarray:
    """Bounds of the central credible interval of each coordinate, (3, 2) metres."""
    tail = 0.5 * (1.0 - probability)
    levels = np.array([tail, 1.0 - tail])
    return np.array([quantile(column, posterior.weights, levels) for column in posterior.points.T])
