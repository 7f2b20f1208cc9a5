"""Location where times and sizes of traces are known less well than their noise.

A receiver's clock has a delay, its amplifier a gain, and a velocity model that is not quite right
makes every wave come early or late: of each receiver the trace is that of the model with one number
that warps the time and one that multiplies it, both unknown. The gain is normal and marginalised in
closed form, as the size of a linear problem is; the time by Laplace's method over all receivers
(the traces are so much above the noise, and the deviations so small a part of a period, that the
likelihood of a time is normal about its peak). The data are warped instead of the predictions, once
for every time on a grid and all positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve_toeplitz
from scipy.signal import lfilter

from latentearth.inversion.emulator_errors import Predictor
from latentearth.inversion.likelihood_power import DIFFERENCE_M
from latentearth.inversion.location import POSITIONS_AT_ONCE
from latentearth.inversion.warp import Warp, energies

SCANNED_AT_ONCE = 400  # of all events
SPARSER = 3  # times of the grid from one to the next in a scan
LEAST_CURVATURE = 1e-3  # of a likelihood of times, where it has no peak, in prior deviations


def whitening_filter(before: np.ndarray, order: int) -> np.ndarray:
    """Filter that makes noise white and of unit variance, from what was recorded before an event.

    The noise is taken for autoregressive (Yule and Walker).

    Parameters
    ----------
    before
        (sample,) Pa.
    order
        Of the filter; 0 takes the noise for white.

    Returns
    -------
    numpy.ndarray
        (order + 1,) weights of a sample and of those before it.
    """
    before = before - before.mean()
    lags = np.array([before[: before.size - k] @ before[k:] for k in range(order + 1)])
    lags /= before.size
    past = solve_toeplitz(lags[:order], lags[1:]) if order else np.empty(0)
    return np.append(1.0, -past) / np.sqrt(lags[0] - past @ lags[1:])


@dataclass(frozen=True)
class Terms:
    """What is known of times and gains before.

    Attributes
    ----------
    warp
        How a time changes a trace.
    times
        (receiver, receiver) covariance of what the warp takes.
    gain
        Standard deviation of the gain, whose mean is 1.
    grid
        (amount,) even, times that are tried.
    """

    warp: Warp
    times: np.ndarray
    gain: float
    grid: np.ndarray

    def errors(self, traces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What times and gains change of traces, to first order, for sources that are not known.

        Of a known source times and gains are integrated over at each position
        (:class:`TermsLikelihood`); beside a moment tensor, whose size and origin time are free,
        they are errors of
        :meth:`latentearth.inversion.moment_tensor.TensorLikelihood.with_errors`.

        Parameters
        ----------
        traces
            (receiver, sample), of the most likely source.

        Returns
        -------
        numpy.ndarray
            (2 receivers, receiver, sample): each times a standard normal number is an error.
        numpy.ndarray
            (2 receivers, receiver), s, by which each delays a trace where its slope is steep.
        """
        values, vectors = np.linalg.eigh(self.times)
        apart = np.sqrt(np.maximum(values, 0.0)) * vectors
        slopes, steep = self.warp.slopes(traces), Warp(self.warp.interval_s).slopes(traces)
        # of a stretch the delay that fits it best
        fitted = (slopes * steep).sum(1) / np.maximum((steep**2).sum(1), np.finfo(float).tiny)
        gains = self.gain * np.eye(len(traces))[..., None] * traces
        shapes = np.concatenate([apart.T[..., None] * slopes, gains])
        return shapes, np.concatenate([apart.T * fitted, np.zeros(apart.shape)])


class TermsLikelihood:
    """Log-likelihood of positions, (points, 3) metres, times and gains marginalised.

    Parameters
    ----------
    predictors
        One for each receiver.
    observed
        (receiver, sample), Pa.
    filters
        (receiver, order + 1), of :func:`whitening_filter`.
    terms
        What is known of times and gains.
    """

    def __init__(
        self,
        predictors: Sequence[Predictor],
        observed: np.ndarray,
        filters: np.ndarray,
        terms: Terms,
    ):
        self.predictors, self.filters, self.terms = predictors, filters, terms
        self.window = terms.warp.window(observed.shape[1], terms.grid)
        self.moved = [
            self.window * terms.warp.traces(lfilter(weights, 1.0, data), terms.grid)
            for data, weights in zip(observed, filters, strict=True)
        ]

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """(points,)"""
        parts = range(0, len(points), POSITIONS_AT_ONCE)
        return np.concatenate([self._of(points[n : n + POSITIONS_AT_ONCE]) for n in parts])

    def _of(self, points: np.ndarray) -> np.ndarray:
        """The same of points predicted at once."""
        found = [self.of_times(number, points) for number in range(len(self.moved))]
        return marginal_of_times(np.stack(found, 1), self.terms)

    def of_times(self, number: int, points: np.ndarray) -> np.ndarray:
        """Log-likelihood (points, amount) of times at one receiver, the gain marginalised."""
        predicted = self.predictors[number].predict(points)
        predicted = lfilter(self.filters[number], 1.0, predicted, axis=1)
        energy = energies(predicted, self.window)
        return marginal_of_gain(energy, predicted @ self.moved[number].T, self.terms)


def marginal_of_gain(energy: np.ndarray, product: np.ndarray, terms: Terms) -> np.ndarray:
    """Log-likelihood (..., amount) less that of the data alone, integrated over the gain.

    Parameters
    ----------
    energy
        (..., amount) of the predicted trace, over the noise, in the window of each time.
    product
        (..., amount) of it and the data moved back by each time of the grid.
    terms
        What is known of the gain.
    """
    longer, prior = terms.warp.lengths(terms.grid), terms.gain**-2
    precision = energy * longer + prior
    right = product * longer + prior
    return 0.5 * (right**2 / precision - prior - np.log(precision / prior))


def scan_terms(
    predictors: Sequence[Predictor],
    observed: np.ndarray,
    sigma: float,
    terms: Terms,
    points: np.ndarray,
) -> np.ndarray:
    """Log-likelihood (event, points) of many events at once, the noise taken for white.

    Parameters
    ----------
    predictors
        One for each receiver.
    observed
        (event, receiver, sample), Pa.
    sigma
        Standard deviation of the noise (Pa).
    terms
        What is known of times and gains.
    points
        (points, 3), m.
    """
    terms = replace(terms, grid=terms.grid[::SPARSER])
    events, receivers, samples = observed.shape
    shape, window = (events, len(terms.grid)), terms.warp.window(samples, terms.grid)
    moved = [
        (window * terms.warp.traces(observed[:, n] / sigma, terms.grid)).reshape(-1, samples)
        for n in range(receivers)
    ]
    out = np.empty((events, len(points)))
    for start in range(0, len(points), SCANNED_AT_ONCE):
        part, found = slice(start, start + SCANNED_AT_ONCE), []
        for predictor, data in zip(predictors, moved, strict=True):
            predicted = predictor.predict(points[part]) / np.float32(sigma)
            energy = energies(predicted, window)[:, None].astype(float)
            product = (predicted @ data.astype("f4").T).reshape(-1, *shape).astype(float)
            found.append(marginal_of_gain(energy, product, terms))
        flat = np.stack(found, 2).reshape(-1, receivers, shape[1])
        out[:, part] = marginal_of_times(flat, terms).reshape(-1, events).T
    return out


def marginal_of_times(found: np.ndarray, terms: Terms) -> np.ndarray:
    """Logarithms (points,) of the integral over the times of all receivers.

    Parameters
    ----------
    found
        (points, receiver, amount) log-likelihoods on the grid of times.
    terms
        What is known of the times.
    """
    step = terms.grid[1] - terms.grid[0]
    best = np.clip(found.argmax(2), 1, len(terms.grid) - 2)[..., None]
    before, peak, after = (np.take_along_axis(found, best + n, 2)[..., 0] for n in (-1, 0, 1))
    slope, bend = (after - before) / 2, 2 * peak - before - after
    deviation = np.sqrt(np.diag(terms.times))
    bend = np.maximum(bend, LEAST_CURVATURE * (step / deviation) ** 2)
    # a peak beyond the grid is as high as its end
    off = np.clip(slope / bend, -1.0, 1.0)
    middle = terms.grid[best[..., 0]] + step * off
    height = peak + slope * off - bend * off**2 / 2
    wide = terms.times + (step**2 / bend)[..., None] * np.eye(len(deviation))
    pull = np.linalg.solve(wide, middle[..., None])[..., 0]
    size = np.linalg.slogdet(wide)[1] + np.log(bend / step**2).sum(1)
    return height.sum(1) - 0.5 * (np.einsum("pr,pr->p", middle, pull) + size)


def unexplained(
    predictor: Predictor, positions: np.ndarray, traces: np.ndarray, terms: Terms
) -> tuple:
    """What no time and no gain explains of traces, and the time and the gain that fit best.

    Parameters
    ----------
    predictor
        Of one receiver.
    positions
        (event, 3), m.
    traces
        (event, sample), Pa, without noise.
    terms
        Of which the warp and the grid are used.

    Returns
    -------
    errors, times, gains
        (event, sample) of the predicted traces, Pa, (event,), (event,).
    """
    predicted = predictor.predict(positions)
    longer, found = terms.warp.lengths(terms.grid), []
    window = terms.warp.window(traces.shape[1], terms.grid)
    energy = energies(predicted.astype(float), window)
    for one, other, squares in zip(traces, predicted, energy, strict=True):
        moved = terms.warp.traces(one, terms.grid)
        # least squares over the gain of the prediction
        along = (window * moved) @ other
        best = (along**2 * longer / squares).argmax()
        gain = along[best] / squares[best]
        errors = (moved[best] / gain - other) * window[best]
        found.append((errors, terms.grid[best], gain))
    return tuple(np.array(part) for part in zip(*found, strict=True))


def squared_offsets(
    predictors: Sequence[Predictor],
    positions: np.ndarray,
    errors: np.ndarray,
    filters: np.ndarray,
    terms: Terms,
    *,
    times: np.ndarray | None = None,
) -> np.ndarray:
    """Squared distances (event,) by which errors of traces alone move the best position.

    By the covariance that noise, times and gains leave it, of one step of Gauss and Newton from the
    true position: the slopes of traces are first differences, which single precision bears.

    Parameters
    ----------
    predictors
        One for each receiver.
    positions
        (event, 3) true ones, m.
    errors
        (event, receiver, sample) of the predicted traces, Pa.
    filters
        (receiver, order + 1), of :func:`whitening_filter`.
    terms
        What is known of times and gains.
    times
        (event, receiver, receiver) covariance of times of each event; None: that of `terms`.
    """
    events, count = errors.shape[:2]
    information = np.zeros((events, 3 + 2 * count, 3 + 2 * count))
    score = np.zeros((events, 3 + 2 * count))
    for number, predictor in enumerate(predictors):
        predicted = predictor.predict(positions).astype(float)
        slopes = [
            (
                predictor.predict(positions + step).astype(float)
                - predictor.predict(positions - step)
            )
            / (2 * DIFFERENCE_M)
            for step in DIFFERENCE_M * np.eye(3)
        ]
        columns = [errors[:, number], *slopes, terms.warp.slopes(predicted), predicted]
        white = lfilter(filters[number], 1.0, np.stack(columns, 1), axis=2)
        product = white @ white.swapaxes(1, 2)
        which = np.array([0, 1, 2, 3 + number, 3 + count + number])
        information[:, which[:, None], which] += product[:, 1:, 1:]
        score[:, which] += product[:, 1:, 0]
    prior = np.linalg.inv(terms.times if times is None else times)
    information[:, 3 : 3 + count, 3 : 3 + count] += prior
    gains = np.arange(3 + count, 3 + 2 * count)
    information[:, gains, gains] += terms.gain**-2
    offset = np.linalg.solve(information, score[..., None])[:, :3, 0]
    covariance = np.linalg.inv(information)[:, :3, :3]
    return np.einsum("ei,ei->e", offset, np.linalg.solve(covariance, offset[..., None])[..., 0])
