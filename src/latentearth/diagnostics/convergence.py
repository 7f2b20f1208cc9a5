"""What shows that chains have converged: first against last third, autocorrelation (app. C)."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.diagnostics.mixing import autocorrelation_time, rank_rhat
from latentearth.samples import Samples


def thirds(samples: np.ndarray) -> np.ndarray:
    """Means of the first and of the last third of all chains together.

    Parameters
    ----------
    samples
        (chain, sample, parameter).

    Returns
    -------
    numpy.ndarray
        (2, parameter).
    """
    part = samples.shape[1] // 3
    ends = samples[:, :part], samples[:, -part:]
    return np.stack([end.mean((0, 1), dtype=np.float64) for end in ends])


def autocorrelation(samples: np.ndarray, lags: int) -> np.ndarray:
    """Autocorrelation of each chain and parameter, about the chain's own mean.

    Parameters
    ----------
    samples
        (chain, sample, parameter).
    lags
        How many, from 0; no more than samples.

    Returns
    -------
    numpy.ndarray
        (chain, parameter, lag); 1 at lag 0, and nothing (nan) where a chain never moved.
    """
    values = np.moveaxis(np.asarray(samples, np.float64), 1, 2)
    values = values - values.mean(axis=2, keepdims=True)
    spectrum = np.fft.rfft(values, 2 * values.shape[2], axis=2)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=2)[..., :lags]
    with np.errstate(invalid="ignore", divide="ignore"):
        return covariance / covariance[..., :1]


def bimodality(values: np.ndarray) -> np.ndarray:
    """Sarle's coefficient of each column: (skewness^2 + 1) / kurtosis.

    1/3 for a Gaussian, 5/9 for a uniform distribution, 1 for two points: above 5/9 there are two
    modes or a heavy skew.

    Parameters
    ----------
    values
        (sample, parameter).

    Returns
    -------
    numpy.ndarray
        (parameter,).
    """
    apart = values - values.mean(axis=0)
    second, third, fourth = ((apart**power).mean(axis=0) for power in (2, 3, 4))
    return (third**2 / second**3 + 1) / (fourth / second**2)


def levels(log_density: np.ndarray) -> tuple[float, float]:
    """How far chains are from one level, and from none: Figure A1 in two numbers.

    Parameters
    ----------
    log_density
        (chain, sample).

    Returns
    -------
    gap, trend
        Largest distance of a chain's mean from that of all, and largest change of a chain from its
        first to its last third, both over the standard deviation within chains.
    """
    part = max(1, log_density.shape[1] // 3)
    means = log_density.mean(axis=1)
    within = np.sqrt(log_density.var(axis=1).mean())
    change = log_density[:, -part:].mean(axis=1) - log_density[:, :part].mean(axis=1)
    return np.abs(means - means.mean()).max() / within, np.abs(change).max() / within


def describe_chains(found: Samples, lags: int) -> xr.Dataset:
    """Summarise the convergence of chains and the distribution that they found.

    Parameters
    ----------
    found
        Chains.
    lags
        Of the autocorrelation.

    Returns
    -------
    xarray.Dataset
        ``third_mean`` (third, latent); ``third_gap``, root mean square of their difference over
        the standard deviation of the posterior; ``autocorrelation`` (chain, latent, lag) and its
        mean ``mean_autocorrelation`` (lag); ``autocorrelation_time`` (latent), in samples;
        ``r_hat`` (latent); ``covariance`` (latent, other) and ``latent_std`` (latent);
        ``bimodality`` (latent); ``level_gap`` and ``level_trend`` of :func:`levels`.
    """
    share, samples = {"units": "1"}, found.position
    flat = samples.reshape(-1, samples.shape[2]).astype(np.float64)
    means, curves = thirds(samples), autocorrelation(samples, min(lags, samples.shape[1]))
    gap = (means[1] - means[0]) / flat.std(axis=0)
    result = xr.Dataset(coords={"third": ["first", "last"]})
    result["third_mean"] = (("third", "latent"), means, share)
    result["third_gap"] = ((), float(np.sqrt(np.mean(gap**2))), share)
    result["autocorrelation"] = (("chain", "latent", "lag"), curves, share)
    result["mean_autocorrelation"] = ("lag", np.nanmean(curves, axis=(0, 1)), share)
    result["autocorrelation_time"] = ("latent", autocorrelation_time(samples), {"units": "samples"})
    result["r_hat"] = ("latent", rank_rhat(samples), share)
    result["covariance"] = (("latent", "other"), np.cov(flat.T), share)
    result["latent_std"] = ("latent", flat.std(axis=0), share)
    result["bimodality"] = ("latent", bimodality(flat), share)
    result["level_gap"], result["level_trend"] = (((), n, share) for n in levels(found.log_density))
    return result
