"""Likelihoods of a source's position, given noisy traces at several receivers and emulators.

Three of them, from the paper's to the most honest one:

- ``noise``: Gaussian noise, and an emulator that makes no error (section 3.2.2);
- ``variance``: the emulator's errors as independent noise in each sample, with the variance they
  have on the validation set at that distance from the peak;
- ``modes``: the emulator's errors as they come, correlated from sample to sample: a peak that is
  too early spoils the whole pulse. The leading principal components of the validation errors
  about the predicted peak, and the rest as independent noise.

Errors at different receivers count as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.emulators import preprocessing
from latentearth.emulators.base import Emulator

KINDS = ("noise", "variance", "modes")
BLOCK = 1000  # positions predicted at once


@dataclass(frozen=True)
class ErrorModes:
    """Errors of an emulator about the predicted peak, relative to its amplitude.

    Parameters
    ----------
    modes
        (modes, samples) orthonormal.
    variances
        (modes,) of the errors along each mode.
    rest
        Mean variance of a sample in all other directions.
    """

    modes: np.ndarray
    variances: np.ndarray
    rest: float


def error_modes(
    emulator: Emulator, positions: np.ndarray, truth: np.ndarray, count: int = 30
) -> ErrorModes:
    """Principal components of an emulator's errors on traces that it was not fitted to.

    Parameters
    ----------
    emulator
        Any emulator.
    positions
        (sources, 3) metres, of the validation set.
    truth
        (sources, samples) their traces.
    count
        Number of components.
    """
    predicted, shift, amplitude = _predict(emulator, positions)
    errors = preprocessing.move((truth - predicted).astype("f4"), -shift, 1.0 / amplitude).astype(
        float
    )
    values, vectors = np.linalg.eigh(errors.T @ errors / len(errors))
    leading = values[::-1][:count].clip(min=0.0)
    left = max(values.size - leading.size, 1)
    return ErrorModes(
        np.ascontiguousarray(vectors[:, ::-1][:, :count].T, dtype="f4"),
        leading,
        float(max(values.sum() - leading.sum(), 0.0) / left),
    )


def _predict(emulator: Emulator, positions: np.ndarray) -> tuple[np.ndarray, ...]:
    """Traces, whole-sample shifts from the reference's peak, and amplitudes."""
    if emulator.peaks is None:
        traces = emulator.predict(positions)
        return traces, np.zeros(len(traces)), np.ones(len(traces))
    peaks = emulator.predict_peaks(positions)
    # between samples errors are not moved: white noise stays white only under whole shifts
    shift = np.round(peaks.index - emulator.peaks.reference[1])
    return emulator.predict(positions, true_peaks=peaks), shift, peaks.amplitude


class WaveformLikelihood:
    """Log-likelihood of source positions, (points, 3) metres; constants are left out.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    emulators
        One for each receiver.
    observed
        (receivers, samples).
    sigma
        Standard deviation of the noise.
    modes
        For ``modes``: one for each receiver.
    """

    def __init__(
        self,
        kind: str,
        emulators: Sequence[Emulator],
        observed: np.ndarray,
        sigma: float,
        modes: Sequence[ErrorModes] | None = None,
    ):
        if kind not in KINDS:
            raise ValueError(f"a likelihood of {', '.join(KINDS)}, not {kind}")
        self.kind, self.emulators, self.sigma, self.modes = kind, emulators, sigma, modes or ()
        self.observed = np.asarray(observed, dtype="f4")

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        out = np.zeros(len(points))
        for start in range(0, len(points), BLOCK):
            part = slice(start, start + BLOCK)
            for number, emulator in enumerate(self.emulators):
                predicted, shift, amplitude = _predict(emulator, points[part])
                misfit = self.observed[number] - predicted
                out[part] += self._receiver(number, misfit, shift, amplitude)
        return out

    def _receiver(
        self, number: int, misfit: np.ndarray, shift: np.ndarray, amplitude: np.ndarray
    ) -> np.ndarray:
        """Log-likelihood at one receiver, for misfits (points, samples)."""
        noise = self.sigma**2
        square = np.einsum("ij,ij->i", misfit, misfit)
        if self.kind == "noise":
            return -0.5 * square / noise
        if self.kind == "variance":
            profile = self.emulators[number].variance
            rows = np.broadcast_to(profile.astype("f4"), misfit.shape)
            relative = preprocessing.move(rows, shift, amplitude**2 / noise) + np.float32(1.0)
            return -0.5 * ((misfit**2 / relative).sum(1) / noise + np.log(relative).sum(1))
        known = self.modes[number]
        independent = noise + amplitude**2 * known.rest
        along = preprocessing.move(misfit, -shift, np.ones(len(shift))) @ known.modes.T
        power = amplitude[:, None] ** 2 * known.variances
        gain = power / (independent[:, None] + power)
        quadratic = (square - (gain * along**2).sum(1)) / independent
        spread = misfit.shape[1] * np.log(independent / noise) - np.log1p(-gain).sum(1)
        return -0.5 * (quadratic + spread)


def squared_misfits(
    emulators: Sequence[Emulator], observed: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Sums of squared misfits of many events at many positions, predicted once for all.

    Parameters
    ----------
    emulators
        One for each receiver.
    observed
        (events, receivers, samples).
    points
        (points, 3) metres.

    Returns
    -------
    numpy.ndarray
        (events, points)
    """
    out = np.zeros((len(observed), len(points)))
    for number, emulator in enumerate(emulators):
        data = np.ascontiguousarray(observed[:, number], dtype="f4")
        for start in range(0, len(points), BLOCK):
            part = slice(start, start + BLOCK)
            predicted = emulator.predict(points[part])
            out[:, part] -= 2.0 * (data @ predicted.T)
            out[:, part] += np.einsum("ij,ij->i", predicted, predicted)
        out += np.einsum("ij,ij->i", data, data)[:, None]
    return out
