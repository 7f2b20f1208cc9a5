"""Likelihoods of a source's position, given noisy traces at several receivers.

With emulators three of them, from the paper's to the most honest one:

- ``noise``: Gaussian noise, and an emulator that makes no error (section 3.2.2);
- ``variance``: the emulator's errors as independent noise in each sample, with the variance they
  have on the validation set at that distance from the peak;
- ``modes``: the emulator's errors as they come (:mod:`latentearth.inversion.emulator_errors`):
  correlated from sample to sample, for a peak that is too early spoils the whole pulse; larger
  near the receivers than below; and heavy-tailed.

Errors at different receivers count as independent. They are not quite, which a power of the
likelihood below 1 makes good (:mod:`latentearth.inversion.likelihood_power`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from latentearth.emulators import preprocessing
from latentearth.emulators.base import Emulator
from latentearth.inversion import emulator_errors
from latentearth.inversion.emulator_errors import ErrorModes, Predictor

LIKELIHOODS = ("noise", "variance", "modes")
POSITIONS_AT_ONCE = 1000  # positions predicted at once


class WaveformLikelihood:
    """Log-likelihood of source positions, (points, 3) metres; constants are left out.

    Parameters
    ----------
    likelihood
        One of :data:`LIKELIHOODS`.
    emulators
        One for each receiver; stores of Green's functions for ``noise`` and ``modes`` as well.
    observed
        (receivers, samples).
    sigma
        Standard deviation of the noise.
    modes
        For ``modes``: one for each receiver.
    power
        Of the likelihood.
    """

    def __init__(
        self,
        likelihood: str,
        emulators: Sequence[Emulator | Predictor],
        observed: np.ndarray,
        sigma: float,
        modes: Sequence[ErrorModes] | None = None,
        power: float = 1.0,
    ):
        if likelihood not in LIKELIHOODS:
            raise ValueError(f"a likelihood of {', '.join(LIKELIHOODS)}, not {likelihood}")
        self.likelihood, self.emulators, self.sigma = likelihood, emulators, sigma
        self.observed, self.modes, self.power = np.asarray(observed, "f4"), modes or (), power

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        out = np.zeros(len(points))
        for start in range(0, len(points), POSITIONS_AT_ONCE):
            part = slice(start, start + POSITIONS_AT_ONCE)
            for number, emulator in enumerate(self.emulators):
                out[part] += self._receiver(number, emulator, points[part])
        return self.power * out

    def _receiver(
        self, number: int, emulator: Emulator | Predictor, points: np.ndarray
    ) -> np.ndarray:
        """Log-likelihood of points at one receiver."""
        noise = self.sigma**2
        predicted, shift, amplitude = emulator_errors.predict_traces(emulator, points)
        residual = self.observed[number] - predicted
        if self.likelihood == "noise":
            return -0.5 * np.einsum("ij,ij->i", residual, residual) / noise
        if self.likelihood == "modes":
            known = self.modes[number]
            return emulator_errors.log_likelihood(
                known, points, residual, shift, amplitude, self.sigma
            )
        rows = np.broadcast_to(cast(Emulator, emulator).variance.astype("f4"), residual.shape)
        relative = preprocessing.shift_traces(rows, shift, amplitude**2 / noise) + np.float32(1.0)
        return -0.5 * ((residual**2 / relative).sum(1) / noise + np.log(relative).sum(1))


class NoiseLikelihood:
    """Log-likelihood of positions, (points, 3) metres, if noise is all that differs.

    Parameters
    ----------
    predictors
        One for each receiver.
    observed
        (receivers, samples).
    sigma
        Standard deviation of the noise.
    """

    def __init__(self, predictors: Sequence[Predictor], observed: np.ndarray, sigma: float):
        self.predictors, self.observed = predictors, np.asarray(observed, "f4")
        self.sigma = sigma

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        out = np.zeros(len(points))
        for start in range(0, len(points), POSITIONS_AT_ONCE):
            part = slice(start, start + POSITIONS_AT_ONCE)
            for predictor, data in zip(self.predictors, self.observed, strict=True):
                residual = predictor.predict(points[part]) - data
                out[part] -= np.einsum("ij,ij->i", residual, residual)
        return 0.5 / self.sigma**2 * out


def squared_residuals(
    emulators: Sequence[Predictor], observed: np.ndarray, points: np.ndarray
) -> np.ndarray:
    """Sums of squared residuals of many events at many positions, predicted once for all.

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
        for start in range(0, len(points), POSITIONS_AT_ONCE):
            part = slice(start, start + POSITIONS_AT_ONCE)
            predicted = emulator.predict(points[part])
            out[:, part] -= 2.0 * (data @ predicted.T)
            out[:, part] += np.einsum("ij,ij->i", predicted, predicted)
        out += np.einsum("ij,ij->i", data, data)[:, None]
    return out
