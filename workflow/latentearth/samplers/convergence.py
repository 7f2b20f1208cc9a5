"""What shows that chains have converged: first against last third, autocorrelation (app. C)."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.samplers.diagnostics import autocorrelation_time, rank_rhat


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


def describe(samples: np.ndarray, lags: int) -> xr.Dataset:
    """Summarise the convergence of chains and the distribution that they found.

    Parameters
    ----------
    samples
        (chain, sample, latent).
    lags
        Of the autocorrelation.

    Returns
    -------
    xarray.Dataset
        ``third_mean`` (third, latent); ``third_gap``, root mean square of their difference over
        the standard deviation of the posterior; ``autocorrelation`` (chain, latent, lag) and its
        mean ``mean_autocorrelation`` (lag); ``autocorrelation_time`` (latent), in samples;
        ``r_hat`` (latent); ``covariance`` (latent, other) and ``latent_std`` (latent).
    """
    share = {"units": "1"}
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
    return result
