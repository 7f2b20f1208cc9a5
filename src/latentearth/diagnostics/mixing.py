"""Have the chains mixed, and how many independent samples are they worth?

R-hat and the bulk effective sample size follow Vehtari, Gelman, Simpson, Carpenter & Buerkner
(2021, Bayesian Analysis 16, 667): chains are split in halves, and values are replaced by the
normal scores of their ranks, so that both hold for heavy tails too. Sums of autocorrelations
are cut by Geyer's initial monotone sequence (1992, Statist. Sci. 7, 473).

All functions take samples (chain, sample, parameter), or (chain, sample) for one parameter,
and return one number per parameter, (parameter,). Parameters are worked through one by one to
bound the memory. Where a parameter never changes, or is not finite, the result is NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import fft
from scipy.special import ndtri
from scipy.stats import rankdata


def _each(function: Callable[[np.ndarray], float], samples: np.ndarray, least: int) -> np.ndarray:
    """Apply a function of (chain, sample) to every parameter."""
    samples = np.asarray(samples)
    if samples.ndim == 2:
        samples = samples[:, :, None]
    if samples.ndim != 3 or samples.shape[0] < 1 or samples.shape[1] < least:
        raise ValueError(
            f"samples have shape {samples.shape}; expected (chain, sample, parameter) "
            f"with at least {least} samples"
        )
    result = np.full(samples.shape[2], np.nan)
    for k in range(samples.shape[2]):
        values = samples[:, :, k].astype(np.float64)
        if np.isfinite(values).all() and np.ptp(values) > 0:
            result[k] = function(values)
    return result


def _split(values: np.ndarray) -> np.ndarray:
    """Halve every chain, leaving out the middle sample of an odd number."""
    half = values.shape[1] // 2
    return np.concatenate([values[:, :half], values[:, -half:]])


def _normal_scores(values: np.ndarray) -> np.ndarray:
    """Replace values by the normal scores of their ranks among all chains (eq. 14)."""
    ranks = rankdata(values, method="average").reshape(values.shape)
    return ndtri((ranks - 0.375) / (values.size + 0.25))


def _variances(values: np.ndarray) -> tuple[float, float]:
    """Variance within chains, and the estimate from within and between chains (eqs 1 to 3)."""
    samples = values.shape[1]
    within = values.var(axis=1, ddof=1).mean()
    between = values.mean(axis=1).var(ddof=1) if values.shape[0] > 1 else 0.0
    return within, within * (samples - 1) / samples + between


def _autocovariance(values: np.ndarray) -> np.ndarray:
    """Autocovariance of every row about zero, (chain, lag), divided by the number of samples."""
    samples = values.shape[1]
    spectrum = fft.rfft(values, fft.next_fast_len(2 * samples, real=True), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    return (
        fft.irfft(power, fft.next_fast_len(2 * samples, real=True), axis=1)[:, :samples] / samples
    )


def _initial_monotone(correlation: np.ndarray) -> float:
    """Sum 1 + 2 (rho_1 + rho_2 + ...), cut and smoothed by Geyer's sequence, from (lag,)."""
    pairs = correlation[: 2 * (correlation.size // 2)].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs < 0)
    end = negative[0] if negative.size else pairs.size
    time = -1 + 2 * np.minimum.accumulate(pairs[:end]).sum()
    # An even lag alone is positive for chains that swing from side to side; Stan and its
    # relatives add it to make up for the cut.
    if 2 * end < correlation.size:
        time += max(correlation[2 * end], 0.0)
    return float(time)


def rank_rhat(samples: np.ndarray) -> np.ndarray:
    """Rank-normalised split R-hat, the larger of bulk and tails; mixed chains give 1 to 1.01.

    Parameters
    ----------
    samples
        (chain, sample, parameter), at least 4 samples.

    Returns
    -------
    numpy.ndarray
        (parameter,).
    """

    def rhat(values: np.ndarray) -> float:
        within, total = _variances(_normal_scores(values))
        return np.sqrt(total / within)

    def largest(values: np.ndarray) -> float:
        halves = _split(values)
        return max(rhat(halves), rhat(np.abs(halves - np.median(halves))))

    return _each(largest, samples, 4)


def _independent(values: np.ndarray) -> float:
    """Effective number of values of split chains, (chain, sample), for their mean (eq. 10)."""
    within, total = _variances(values)
    if total == 0:
        return np.nan
    centred = values - values.mean(axis=1, keepdims=True)
    samples = values.shape[1]
    covariance = _autocovariance(centred).mean(axis=0) * samples / (samples - 1)
    correlation = 1 - (within - covariance) / total
    correlation[0] = 1.0
    return values.size / max(_initial_monotone(correlation), 1 / np.log10(values.size))


def bulk_ess(samples: np.ndarray) -> np.ndarray:
    """Effective sample size of the bulk, over all chains together.

    Parameters
    ----------
    samples
        (chain, sample, parameter), at least 4 samples.

    Returns
    -------
    numpy.ndarray
        (parameter,); at most N log10(N) of N samples, as Vehtari et al. advise.
    """
    return _each(lambda values: _independent(_normal_scores(_split(values))), samples, 4)


def tail_ess(samples: np.ndarray) -> np.ndarray:
    """Effective sample size for the 5 and 95 per cent quantiles, the lesser of both.

    Parameters
    ----------
    samples
        (chain, sample, parameter), at least 4 samples.

    Returns
    -------
    numpy.ndarray
        (parameter,).
    """

    def size(values: np.ndarray) -> float:
        below = (_split(values <= bound) * 1.0 for bound in np.quantile(values, [0.05, 0.95]))
        return min(map(_independent, below))

    return _each(size, samples, 4)


def kish_ess(weights: np.ndarray) -> float:
    """Number of equal samples that weights, which add up to 1, are worth (Kish 1965)."""
    return float(1.0 / (weights**2).sum())


def autocorrelation_time(samples: np.ndarray) -> np.ndarray:
    """Integrated autocorrelation time, 1 + 2 (rho_1 + rho_2 + ...), in samples.

    The autocovariance is taken about the mean of all chains and averaged over them, so that
    chains which disagree give a long time. The mean of a parameter over N samples in all has
    the variance (variance of the parameter) x (this time) / N.

    Parameters
    ----------
    samples
        (chain, sample, parameter), at least 4 samples.

    Returns
    -------
    numpy.ndarray
        (parameter,).
    """

    def time(values: np.ndarray) -> float:
        covariance = _autocovariance(values - values.mean()).mean(axis=0)
        return _initial_monotone(covariance / covariance[0])

    return _each(time, samples, 4)
