"""What is known of an emulator's errors: how they look, how large they are where, how sure that is.

The same serves a store of Green's functions, whose errors are those of the grid that it comes from.

Errors on validation events are moved to the predicted peak, divided by its amplitude, and written
in their principal components. Their variances follow the position: near the receivers they are
fifty times those of deep events, so that one covariance for all positions would state intervals
that are far too narrow there. What neighbours cannot tell, how much better or worse an event is
than those around it, is a factor that is integrated out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, cast

import numba
import numpy as np
from scipy.spatial import cKDTree
from scipy.special import logsumexp

from latentearth.emulators import preprocessing
from latentearth.emulators.base import Emulator

NEIGHBOURS = 30  # validation events that decide on a variance
PRIOR_EVENTS = 10.0  # events that the shape common to all positions counts as
STRETCH = np.array([1.0, 1.0, 4.0])  # layers: errors change faster with depth than sideways
VARIANCE_FACTORS = 2.0 ** np.arange(-3.0, 5.0)  # of the variance, integrated out
SWEEPS = 6
STORED_PEAK = 4  # of a trace without a model of its peak, this part of the record is before it


class Predictor(Protocol):
    """What predicts the traces of one receiver: an emulator, or a store of Green's functions."""

    def predict(self, positions: np.ndarray) -> np.ndarray:
        """(points, samples) traces at (points, 3) metres."""


@dataclass(frozen=True)
class ErrorModes:
    """Errors of an emulator about the predicted peak, relative to its amplitude.

    Parameters
    ----------
    modes
        (modes, samples) orthonormal.
    variances
        (modes,) of the errors along each mode, over the local scale.
    rest
        Variance of a sample in all other directions, over the local scale.
    positions
        (events, 3) metres, of the validation events.
    scales
        (events,) logarithm of the mean square of an event's errors in units of `variances`.
    squares
        (events, modes) squares along each mode, over the scale of the neighbourhood.
    factors
        (factors,) probabilities of :data:`FACTORS`.
    """

    modes: np.ndarray
    variances: np.ndarray
    rest: float
    positions: np.ndarray
    scales: np.ndarray
    squares: np.ndarray
    factors: np.ndarray

    @cached_property
    def _tree(self) -> cKDTree:
        return _tree(self.positions)

    def local(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Variances along the modes, (points, modes), and in the other directions, (points,)."""
        rows, weights = _neighbours(self._tree, points)
        scale = np.exp((weights * self.scales[rows]).sum(1))
        return scale[:, None] * _shape(self, rows, weights), scale * self.rest


def fit(
    emulator: Emulator | Predictor, positions: np.ndarray, truth: np.ndarray, count: int = 60
) -> ErrorModes:
    """Learn an emulator's errors from traces that it was not fitted to.

    Parameters
    ----------
    emulator
        Any emulator, or a store.
    positions
        (sources, 3) metres, of the validation set; at least 10.
    truth
        (sources, samples) their traces.
    count
        Number of principal components; of few sources a fifth of their number are kept.
    """
    predicted, shift, amplitude = predict_traces(emulator, positions)
    errors = aligned_errors(truth - predicted, shift, amplitude).astype(float)
    values, vectors = np.linalg.eigh(errors.T @ errors / len(errors))
    count = min(count, max(len(errors) // 5, 1))
    modes = np.ascontiguousarray(vectors[:, ::-1][:, :count].T, dtype="f4")
    along = (errors @ modes.T.astype(float)) ** 2
    outside = ((errors**2).sum(1) - along.sum(1)).clip(min=0.0)
    tiny = 1e-6 * values[-1]
    variances = values[::-1][:count].clip(min=tiny)
    rows, weights = _neighbours(_tree(positions), positions, itself=False)
    for _ in range(SWEEPS):  # shape and scales in turn
        scales = np.log((along / variances).mean(1) + 1e-12)
        around = np.exp((weights * scales[rows]).sum(1))
        variances = (along / around[:, None]).mean(0).clip(min=tiny)
    rest = float((outside / around).mean() / max(errors.shape[1] - count, 1))
    squares = (along / around[:, None]).astype("f4")
    found = ErrorModes(modes, variances, rest, positions, scales, squares, np.ones(1))
    expected = around[:, None] * _shape(found, rows, weights)
    factors = _mixture((along / expected).sum(1), count)
    return ErrorModes(modes, variances, rest, positions, scales, squares, factors)


def predict_traces(emulator: Emulator | Predictor, positions: np.ndarray) -> tuple[np.ndarray, ...]:
    """Traces, whole-sample shifts from the reference's peak, and amplitudes."""
    if not hasattr(emulator, "peaks"):  # no model of peaks: those of the predicted traces
        traces = emulator.predict(positions)
        peaks = preprocessing.find_peaks(traces)
        return traces, peaks.index - traces.shape[1] // STORED_PEAK, peaks.amplitude
    emulator = cast(Emulator, emulator)
    if emulator.peaks is None:
        traces = emulator.predict(positions)
        return traces, np.zeros(len(traces)), np.ones(len(traces))
    peaks = emulator.predict_peaks(positions)
    # between samples errors are not moved: white noise stays white only under whole shifts
    shift = np.round(peaks.index - emulator.peaks.reference[1])
    return emulator.predict(positions, true_peaks=peaks), shift, peaks.amplitude


def aligned_errors(residual: np.ndarray, shift: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
    """Residuals (points, samples) about the predicted peak, relative to its amplitude, float32."""
    return preprocessing.shift_traces(residual.astype("f4"), -shift, 1.0 / amplitude)


def log_likelihood(
    known: ErrorModes,
    points: np.ndarray,
    residual: np.ndarray,
    shift: np.ndarray,
    amplitude: np.ndarray,
    sigma: float,
) -> np.ndarray:
    """Of residuals (points, samples) at one receiver, noise and errors together, less a constant.

    Parameters
    ----------
    known
        Of the emulator's errors.
    points
        (points, 3) metres.
    residual
        (points, samples) data less prediction.
    shift, amplitude
        From :func:`predict`.
    sigma
        Standard deviation of the noise.

    Returns
    -------
    numpy.ndarray
        (points,); noise alone of the expected size gives about ``-samples / 2``.
    """
    variance, rest = known.local(points)
    # white noise is as white in all of them: what leaves the window counts among the others
    along = aligned_errors(residual, shift, np.ones(len(shift))) @ known.modes.T
    square = np.einsum("ij,ij->i", residual, residual)
    out = np.empty((len(points), len(VARIANCE_FACTORS)))
    _densities(
        along,
        square,
        residual.shape[1],
        variance * amplitude[:, None] ** 2 / sigma**2,
        rest * amplitude**2 / sigma**2,
        sigma**2,
        VARIANCE_FACTORS,
        out,
    )
    return logsumexp(out, axis=1, b=known.factors)


@numba.njit(cache=True, nogil=True)
def _densities(along, square, samples, variance, rest, noise, factors, out):
    """Logarithms of normal densities for each factor of the variances (over the noise's)."""
    count = along.shape[1]
    for i in range(len(along)):
        for f in range(len(factors)):
            others = square[i]
            total, product = 0.0, 1.0
            for k in range(count):
                power = along[i, k] ** 2
                others -= power
                wide = 1.0 + factors[f] * variance[i, k]
                total += power / wide
                product *= wide
                if product > 1e200:
                    out_of = np.log(product)
                    total += noise * out_of
                    product = 1.0
            total += noise * np.log(product)
            wide = 1.0 + factors[f] * rest[i]
            total += max(others, 0.0) / wide + noise * (samples - count) * np.log(wide)
            out[i, f] = -0.5 * total / noise


def _tree(positions: np.ndarray) -> cKDTree:
    """Finds the nearest of positions (events, 3)."""
    return cKDTree(positions * STRETCH)


def _neighbours(
    tree: cKDTree, points: np.ndarray, itself: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Nearest events, (points, neighbours), and weights that fall to zero at the farthest."""
    skip = 0 if itself else 1
    distance, rows = tree.query(points * STRETCH, min(NEIGHBOURS, tree.n - 1) + skip)
    distance, rows = distance[:, skip:], rows[:, skip:]
    # no jump where one neighbour takes the place of another
    weights = (1.0 - (distance / distance[:, -1:].clip(min=1e-9)) ** 2) ** 2 + 1e-9
    return rows, weights / weights.sum(1, keepdims=True)


def _shape(known: ErrorModes, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Variances along the modes over the local scale, (points, modes)."""
    events = 1.0 / (weights**2).sum(1)[:, None]
    near = np.einsum("pn,pnk->pk", weights.astype("f4"), known.squares[rows])
    return (events * near + PRIOR_EVENTS * known.variances) / (events + PRIOR_EVENTS)


def _mixture(square: np.ndarray, count: int) -> np.ndarray:
    """Probabilities of the factors, given squares (events,) of `count` standardised numbers."""
    logs = -0.5 * square[:, None] / VARIANCE_FACTORS - 0.5 * count * np.log(VARIANCE_FACTORS)
    share = np.full(len(VARIANCE_FACTORS), 1.0 / len(VARIANCE_FACTORS))
    for _ in range(100):  # expectation maximisation
        joint = logs + np.log(share)
        share = np.exp(joint - logsumexp(joint, axis=1, keepdims=True)).mean(0) + 1e-6
        share /= share.sum()
    return share
