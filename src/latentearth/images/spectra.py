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
