"""Integrals of sin(w phi) over the azimuth of an ensemble: Scheiter et al. 2022, eqs 1 to 4.

The azimuth is phi = arctan2(x, y) mod 2 pi, and the estimate of the integral over one turn is
2 pi times the mean of sin(w phi). For a density without preferred azimuth the exact value is
2 sin^2(pi w) / w, which is the paper's 2 / w for w = 0.5, 1.5, 2.5, ... (eq. 4).
Angles are in radians, frequencies per radian.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from scipy.special import gammaln

SAMPLES_AT_ONCE = 512  # samples that are turned together; their sines stay in the fastest cache


def azimuth(samples: np.ndarray) -> np.ndarray:
    """Azimuth arctan2(x, y) mod 2 pi, (...), of samples (..., coordinate)."""
    samples = np.asarray(samples)
    return np.arctan2(samples[..., 0], samples[..., 1]) % (2 * np.pi)


# Only the order of a sum is left to the compiler (it adds eight numbers at a time).
@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "contract"})
def _sums(samples: np.ndarray, first: float, spacing: float, sums: np.ndarray) -> None:
    """Add sin(w phi) of samples (sample, coordinate) to sums (frequency,).

    Each frequency's sine follows from the one before by a rotation through spacing x phi, so
    that sines are computed twice per sample and not once per sample and frequency.
    """
    sine, cosine = np.empty(SAMPLES_AT_ONCE), np.empty(SAMPLES_AT_ONCE)
    turn_sine, turn_cosine = np.empty(SAMPLES_AT_ONCE), np.empty(SAMPLES_AT_ONCE)
    for begin in range(0, samples.shape[0], SAMPLES_AT_ONCE):
        size = min(SAMPLES_AT_ONCE, samples.shape[0] - begin)
        for i in range(size):
            phi = math.atan2(np.float64(samples[begin + i, 0]), np.float64(samples[begin + i, 1]))
            if phi < 0:
                phi += 2 * math.pi
            sine[i], cosine[i] = math.sin(first * phi), math.cos(first * phi)
            turn_sine[i], turn_cosine[i] = math.sin(spacing * phi), math.cos(spacing * phi)
        for k in range(sums.size):
            total = 0.0
            for i in range(size):
                s, c = sine[i], cosine[i]
                total += s
                sine[i] = s * turn_cosine[i] + c * turn_sine[i]
                cosine[i] = c * turn_cosine[i] - s * turn_sine[i]
            sums[k] += total


def sine_sums(samples: np.ndarray, frequencies: np.ndarray, threads: int = 1) -> np.ndarray:
    """Sums of sin(w phi) over the samples; sums of several blocks of samples may be added.

    Parameters
    ----------
    samples
        (..., sample, coordinate), two coordinates or more; for example (chain, sample, 2).
    frequencies
        Evenly spaced w, (frequency,).
    threads
        Ensembles (leading dimensions) worked on at the same time.

    Returns
    -------
    numpy.ndarray
        (..., frequency), float64; rounding is below 1e-11 of the number of samples.

    Raises
    ------
    ValueError
        If the frequencies are not evenly spaced or the shape is wrong.
    """
    samples, frequencies = np.asarray(samples), np.asarray(frequencies, dtype=np.float64)
    if samples.ndim < 2 or samples.shape[-1] < 2:
        raise ValueError(f"samples have shape {samples.shape}; expected (..., sample, 2 or more)")
    steps = np.diff(frequencies)
    spacing = float(steps.mean()) if steps.size else 0.0
    if frequencies.ndim != 1 or not np.allclose(steps, spacing, rtol=0, atol=1e-9):
        raise ValueError("frequencies must be one evenly spaced row")
    sums = np.zeros((*samples.shape[:-2], frequencies.size))
    parts = samples.reshape(-1, *samples.shape[-2:])
    rows = sums.reshape(-1, frequencies.size)
    with ThreadPoolExecutor(threads) as pool:
        jobs = [
            pool.submit(_sums, part, frequencies[0], spacing, row)
            for part, row in zip(parts, rows, strict=True)
        ]
        for job in jobs:
            job.result()
    return sums


def sine_integrals(samples: np.ndarray, frequencies: np.ndarray, threads: int = 1) -> np.ndarray:
    """Estimates of the integral of sin(w phi) over one turn (eq. 2), (..., frequency).

    See :func:`sine_sums` for the parameters.
    """
    return 2 * np.pi * sine_sums(samples, frequencies, threads) / np.asarray(samples).shape[-2]


def exact_integrals(frequencies: np.ndarray) -> np.ndarray:
    """Exact integral of sin(w phi) over one turn, (frequency,); eq. 4 for half-integers."""
    frequencies = np.asarray(frequencies, dtype=np.float64)
    return 2 * np.sin(np.pi * frequencies) ** 2 / frequencies


def relative_errors(integrals: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Relative errors of estimates (..., frequency); w must not be an integer."""
    exact = exact_integrals(frequencies)
    return integrals / exact - 1


def error_spread(integrals: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Curve of Fig. 3: standard deviation over chains of the relative error, (frequency,).

    Parameters
    ----------
    integrals
        (chain, frequency).
    frequencies
        (frequency,).

    Notes
    -----
    The sum of squares is divided by the number of chains, not by one less: only so do the
    published curves agree with :func:`expected_spread`.
    """
    return relative_errors(integrals, frequencies).std(axis=0)


def expected_spread(frequencies: np.ndarray, samples: int, chains: int | None = None) -> np.ndarray:
    """What independent samples of a density without preferred azimuth give in Fig. 3.

    The standard deviation of the relative error is pi w sqrt((1/2 - 1/(pi w)^2) / N) for half-
    integer w, which tends to pi w sqrt(0.5 / N).

    Parameters
    ----------
    frequencies
        Half-integers, (frequency,).
    samples
        N, per chain.
    chains
        If given, the mean of :func:`error_spread` over that many chains (smaller, because few
        chains miss part of the spread), else the standard deviation itself.
    """
    turn = np.pi * np.asarray(frequencies, dtype=np.float64)
    spread = turn * np.sqrt((0.5 - 1 / turn**2) / samples)
    if chains is None:
        return spread
    return (
        spread * math.sqrt(2 / chains) * math.exp(gammaln(chains / 2) - gammaln((chains - 1) / 2))
    )
