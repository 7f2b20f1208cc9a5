"""What two-phase images look like: spectra, and distances between images."""

from __future__ import annotations

import numpy as np


def shell_spectrum(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean power spectrum, summed over shells of wavenumber (Fig. 7).

    Parameters
    ----------
    images
        (image, size, size).

    Returns
    -------
    wavenumber : numpy.ndarray
        (size/2,) 1, 2, ... per box side: shell k holds k - 1/2 <= |k| < k + 1/2.
    power : numpy.ndarray
        (size/2,); its sum over all of the plane but k = 0 would be the variance of a pixel.
    """
    images = np.asarray(images)
    size = images.shape[-1]
    power = np.zeros((size, size))
    for block in np.array_split(images, max(1, len(images) // 64)):
        power += (np.abs(np.fft.fft2(block)) ** 2).sum(axis=0)
    power /= len(images) * float(size) ** 4
    frequency = np.fft.fftfreq(size, 1 / size)
    shell = np.rint(np.hypot(frequency[:, None], frequency)).astype(int)
    sums = np.bincount(shell.ravel(), power.ravel())
    return np.arange(1, size // 2 + 1), sums[1 : size // 2 + 1]


def spectral_slope(wavenumber: np.ndarray, power: np.ndarray, first=2, last=60) -> float:
    """Slope of log power against log wavenumber between two wavenumbers."""
    use = (wavenumber >= first) & (wavenumber <= last)
    return float(np.polyfit(np.log(wavenumber[use]), np.log(power[use]), 1)[0])


def nearest(
    images: np.ndarray, others: np.ndarray, block: int = 2048
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared distance to the nearest of other images (eqs 17, 18).

    Parameters
    ----------
    images
        (image, size, size), grey from 0 to 1.
    others
        (other, size, size), for example the prior images that a generator learned from.
    block
        Others taken at a time.

    Returns
    -------
    distance : numpy.ndarray
        (image,); for images of 0 and 1 the share of pixels that differ.
    index : numpy.ndarray
        (image,) which of the others it is.
    """
    flat = np.asarray(images, np.float32).reshape(len(images), -1)
    own = (flat**2).sum(axis=1, dtype=np.float64)
    best, index = np.full(len(flat), np.inf), np.zeros(len(flat), dtype=int)
    for start in range(0, len(others), block):
        part = np.asarray(others[start : start + block], np.float32).reshape(-1, flat.shape[1])
        squared = own[:, None] - 2.0 * (flat @ part.T) + (part**2).sum(axis=1, dtype=np.float64)
        found = squared.argmin(axis=1)
        distance = np.maximum(squared[np.arange(len(flat)), found], 0.0) / flat.shape[1]
        closer = distance < best
        best[closer], index[closer] = distance[closer], found[closer] + start
    return best, index
