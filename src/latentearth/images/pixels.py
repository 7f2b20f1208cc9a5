"""What an ensemble of latent vectors says in pixels: means, modes, uncertainty, recovery."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def pixel_statistics(
    generate: Callable[[np.ndarray], np.ndarray], samples: np.ndarray, block: int = 256
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and share of white over the images of an ensemble.

    Parameters
    ----------
    generate
        Latent vectors (sample, latent) to grey images (sample, y, x).
    samples
        (sample, latent).
    block
        Images at a time.

    Returns
    -------
    mean, deviation, white : numpy.ndarray
        (y, x); white is the share of samples with grey above 1/2.
    """
    total = square = white = np.zeros(())
    for start in range(0, len(samples), block):
        images = generate(samples[start : start + block]).astype(np.float64)
        total = total + images.sum(axis=0)
        square = square + np.square(images).sum(axis=0)
        white = white + (images > 0.5).sum(axis=0)
    mean = total / len(samples)
    variance = np.maximum(square / len(samples) - mean**2, 0.0)
    return mean, np.sqrt(variance), white / len(samples)


def correct_share(image: np.ndarray, target: np.ndarray) -> float:
    """Share of pixels on the same side of grey 1/2 as the target."""
    return float(np.mean((np.asarray(image) > 0.5) == (np.asarray(target) > 0.5)))


def thin(samples: np.ndarray, count: int) -> np.ndarray:
    """About `count` of (chain, sample, latent), evenly from all chains, as (n, latent)."""
    chains, length, latent = samples.shape
    each = min(length, max(1, count // chains))
    chosen = np.linspace(0, length - 1, each).round().astype(int)
    return samples[:, chosen].reshape(-1, latent)
