"""Downscaling without a sampler: what a mean, a look-up or a linear map make of the same data.

They take draws of the prior, images and their effective media, and are what a posterior has to
beat before it has shown anything.
"""

from __future__ import annotations

import numpy as np


def nearest_medium(log_likelihood: np.ndarray) -> int:
    """Which of the prior's draws fits the data best, of (draw,) log likelihoods."""
    return int(np.argmax(log_likelihood))


def wiener_image(
    images: np.ndarray, media: np.ndarray, observed: np.ndarray, sigma: np.ndarray
) -> np.ndarray:
    """Best linear estimate of an image given its effective medium, as if all were Gaussian.

    With C the covariance over the draws, m = mean m + C_mt (C_tt + sigma^2)^-1 (t - mean t):
    Wiener's filter. Also the mean of the prior moved by weights on its draws, so that the
    covariance of pixels and data is never made.

    Parameters
    ----------
    images, media
        Draws of the prior: (draw, y, x), 0 to 1, and (draw, 6, row, column), GPa.
    observed, sigma
        t, (6, row, column), and the standard deviations of its errors, (6,), GPa.

    Returns
    -------
    numpy.ndarray
        Grey, (y, x); it may lie outside 0 to 1.
    """
    scale = np.asarray(sigma, dtype=float)[:, None, None]
    scaled = (media / scale).reshape(len(media), -1).astype(np.float64)
    centre = scaled.mean(axis=0)
    scaled -= centre
    covariance = scaled.T @ scaled / len(scaled)
    covariance[np.diag_indices_from(covariance)] += 1.0
    away = (np.asarray(observed) / scale).ravel() - centre
    weights = scaled @ np.linalg.solve(covariance, away) / len(scaled)
    mean, flat = images.mean(axis=0, dtype=np.float64), images.reshape(len(images), -1)
    moved = np.zeros(flat.shape[1])
    for first in range(0, len(flat), 1024):  # images are bytes: 1024 of them as numbers at a time
        part = slice(first, first + 1024)
        moved += weights[part].astype(np.float32) @ flat[part].astype(np.float32)
    return mean + moved.reshape(mean.shape)  # weights add up to 0, so that the mean drops out


def linear_information(media: np.ndarray, covariance: np.ndarray) -> float:
    """What data tell of a medium in the mean, in nats, as if all were Gaussian.

    Parameters
    ----------
    media
        Draws of the prior, (draw, n).
    covariance
        Of the errors, (n, n).
    """
    centred = np.asarray(media, dtype=float) - media.mean(axis=0)
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    scaled = centred @ root.T
    ratio = scaled.T @ scaled / len(scaled)
    return float(0.5 * np.linalg.slogdet(np.eye(len(ratio)) + ratio)[1])


def gaussian_evidence(media: np.ndarray, observed: np.ndarray, sigma: np.ndarray) -> float:
    """Log evidence of a medium that has the prior's mean and covariance and is Gaussian else.

    Up to the constant of a log likelihood with independent errors, so that it stands beside
    evidences of other priors.

    Parameters
    ----------
    media
        Draws of the prior, (draw, 6, row, column), GPa.
    observed, sigma
        t, (6, row, column), and the standard deviations of its errors, (6,), GPa.
    """
    scale = np.asarray(sigma, dtype=float)[:, None, None]
    scaled = (media / scale).reshape(len(media), -1).astype(np.float64)
    centre = scaled.mean(axis=0)
    scaled -= centre
    covariance = scaled.T @ scaled / len(scaled)
    covariance[np.diag_indices_from(covariance)] += 1.0
    away = (np.asarray(observed) / scale).ravel() - centre
    square = away @ np.linalg.solve(covariance, away)
    return float(-0.5 * (square + np.linalg.slogdet(covariance)[1]))
