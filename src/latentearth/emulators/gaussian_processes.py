"""Exact Gaussian processes of many outputs that share their kernel algebra.

Outputs of one group share length scales and the ratio of noise to signal, so that one Cholesky
factor serves them all; each keeps a variance of its own, which has a closed form. 200 outputs in
8 groups cost 8 factorisations, not 200 (Das et al. 2018 took 8 hours for their 200 processes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from latentearth.emulators import matern_kernel

BOUNDS = (np.log(1e-2), np.log(1e3)), (np.log(1e-8), np.log(10.0))  # lengths; noise over signal
# Where a search begins, in this order: length scale of every feature, noise over signal.
STARTS = (2.0, 1e-2), (0.5, 1e-4), (5.0, 1e-4), (1.0, 1e-1), (0.2, 1e-2), (20.0, 1e-3)


@dataclass(frozen=True)
class GaussianFit:
    """How the hyperparameters of a set of Gaussian processes are found.

    Attributes
    ----------
    group
        Outputs that share length scales and noise ratio.
    subset
        Training points, drawn at random, whose marginal likelihood is maximised. The
        predictions use all points.
    evaluations
        Of the marginal likelihood, at most, per group and start.
    starts
        Searches per group, of which the best counts: the likelihood has local maxima, and a
        single search may end in one that predicts far worse. At most ``len(STARTS)``.
    """

    group: int
    subset: int
    evaluations: int
    starts: int = 1


def scaled(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Points (point, feature) in units of the length scales / sqrt(3), contiguous."""
    return np.ascontiguousarray(x * (matern_kernel.ROOT3 / lengths))


def kernel(x: np.ndarray, other: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Matern-3/2 correlations (point, other) of points (., feature), equation 2."""
    out = np.empty((len(x), len(other)))
    matern_kernel.matrix(scaled(x, lengths), np.ascontiguousarray(scaled(other, lengths).T), out)
    return out


def _factor(x: np.ndarray, lengths: np.ndarray, noise: float) -> np.ndarray:
    """Lower Cholesky factor of the kernel matrix with noise on its diagonal."""
    k = kernel(x, x, lengths)
    k[np.diag_indices_from(k)] += noise
    return linalg.cholesky(k, lower=True, overwrite_a=True, check_finite=False)


def negative_log_likelihood(
    parameters: np.ndarray, x: np.ndarray, y: np.ndarray
) -> tuple[float, np.ndarray]:
    """Minus the log marginal likelihood of a group, at the best variance of each output.

    Parameters
    ----------
    parameters
        Logarithms of the length scales and of the noise ratio, (feature + 1,).
    x, y
        Points (n, feature); outputs (n, output) of zero mean.

    Returns
    -------
    value, gradient
        By the parameters.
    """
    n, outputs = y.shape
    lengths, noise = np.exp(parameters[:-1]), float(np.exp(parameters[-1]))
    try:
        factor = _factor(x, lengths, noise)
    except linalg.LinAlgError:
        return 1e25, np.zeros_like(parameters)
    inverse, _ = linalg.lapack.dpotri(factor, lower=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    alpha = inverse @ y
    variance = (y * alpha).sum(0) / n  # of each output, where the likelihood is largest
    value = n / 2 * np.log(variance).sum() + outputs * np.log(np.diag(factor)).sum()
    value += outputs * n / 2 * (1 + np.log(2 * np.pi))
    sensitivity = (outputs * inverse - (alpha / variance) @ alpha.T) / 2
    gradient = np.empty_like(parameters)
    matern_kernel.slopes(np.ascontiguousarray(scaled(x, lengths).T), sensitivity, gradient[:-1])
    gradient[-1] = noise * np.trace(sensitivity)
    return float(value), gradient


def fit_group(
    x: np.ndarray, y: np.ndarray, settings: GaussianFit, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Length scales (feature,) and noise ratio of one group of outputs y (n, output)."""
    few = rng.permutation(len(x))[: settings.subset]
    bounds = [BOUNDS[0]] * x.shape[1] + [BOUNDS[1]]
    searches = [
        optimize.minimize(
            negative_log_likelihood,
            np.append(np.full(x.shape[1], np.log(length)), np.log(noise)),
            (x[few], y[few]),
            "L-BFGS-B",
            True,
            bounds=bounds,
            options={"maxfun": settings.evaluations, "ftol": 1e-7},
        )
        for length, noise in STARTS[: settings.starts]
    ]
    found = min(searches, key=lambda search: search.fun)
    return np.exp(found.x[:-1]), float(np.exp(found.x[-1]))


class GaussianProcesses:
    """Conditioned processes; a stage of an emulator.

    Parameters
    ----------
    x
        Training points, (n, feature), standardised.
    lengths
        (group, feature).
    weights
        Kernel weights of each output, (output, n): (K + noise)^-1 times the standardised output.
    groups
        Number of outputs in each group, (group,).
    """

    name = "gaussian_processes"

    def __init__(self, x, lengths, weights, groups):
        self.x, self.lengths = np.asarray(x, float), np.asarray(lengths, float)
        self.weights = np.ascontiguousarray(weights, np.float64)
        self.groups = np.asarray(groups, np.int64)
        ends = np.cumsum(self.groups)
        self._parts = [
            (
                matern_kernel.ROOT3 / length,
                np.ascontiguousarray(scaled(self.x, length).T),
                np.ascontiguousarray(self.weights[end - count : end]),
                slice(end - count, end),
            )
            for length, count, end in zip(self.lengths, self.groups, ends, strict=True)
        ]

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Means (point, output) at points (point, feature)."""
        out = np.empty((len(x), len(self.weights)))
        for inverse_lengths, others, weights, part in self._parts:
            some = np.empty((len(x), len(weights)))
            matern_kernel.predict_processes(
                np.ascontiguousarray(x * inverse_lengths), others, weights, some
            )
            out[:, part] = some
        return out

    def arrays(self) -> dict[str, np.ndarray]:
        """What must be stored."""
        return {
            "x": self.x,
            "lengths": self.lengths,
            "weights": self.weights,
            "groups": self.groups,
        }


def condition(
    x: np.ndarray, y: np.ndarray, lengths: Sequence[np.ndarray], noise: Sequence[float], group: int
) -> GaussianProcesses:
    """Processes with given hyperparameters, conditioned on all points.

    Parameters
    ----------
    x, y
        (n, feature) and (n, output).
    lengths, noise
        Per group: length scales (feature,) and noise ratio.
    group
        Outputs per group.
    """
    weights, counts = [], []
    for part, (length, ratio) in enumerate(zip(lengths, noise, strict=True)):
        some = y[:, part * group : (part + 1) * group]
        factor = _factor(x, length, ratio)
        weights.append(linalg.cho_solve((factor, True), some, check_finite=False).T)
        counts.append(some.shape[1])
    return GaussianProcesses(x, np.stack(lengths), np.concatenate(weights), counts)


def fit(
    x: np.ndarray, y: np.ndarray, settings: GaussianFit, seed: np.random.SeedSequence
) -> GaussianProcesses:
    """Fit one process per output.

    Parameters
    ----------
    x
        Points, (n, feature), of about unit spread.
    y
        Outputs, (n, output), of zero mean; neighbours in order share a group.
    settings
        See :class:`Settings`.
    seed
        Of the subsets.
    """
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise FloatingPointError("targets of a Gaussian process are not finite")
    rng = np.random.default_rng(seed)
    found = [
        fit_group(x, y[:, first : first + settings.group], settings, rng)
        for first in range(0, y.shape[1], settings.group)
    ]
    return condition(x, y, [f[0] for f in found], [f[1] for f in found], settings.group)
