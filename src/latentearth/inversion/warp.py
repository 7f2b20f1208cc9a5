"""Traces moved or stretched in time, and what of a record can be compared with each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import make_interp_spline

FADE = 8  # samples over which the end of a record is faded out


@dataclass(frozen=True)
class Warp:
    """How a time that is off changes a trace.

    Attributes
    ----------
    interval_s
        Between samples.
    origin_s
        Time about which traces are stretched, of the pulse at the origin time; None if they are
        delayed instead.
    """

    interval_s: float
    origin_s: float | None = None

    def traces(self, data: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """Traces (..., sample) moved back, (..., amount, sample); zero where nothing was recorded.

        Parameters
        ----------
        data
            (..., sample).
        amounts
            (amount,): seconds of delay, or relative excess of arrival times.
        """
        time = np.arange(data.shape[-1]) * self.interval_s
        at = self.places(time, amounts)
        found = make_interp_spline(time, data, k=5, axis=-1)(at)
        return found * ((at >= 0) & (at <= time[-1]))

    def places(self, time: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """Times (amount, sample) of a record at which times (sample,) of a prediction come (s)."""
        if self.origin_s is None:
            return time + amounts[:, None]
        return self.origin_s + (time - self.origin_s) * (1 + amounts[:, None])

    def window(self, samples: int, amounts: np.ndarray) -> np.ndarray:
        """Weights (amount, sample) of a prediction where a record is compared with it.

        A wave that comes late leaves the record, and one that comes early leaves an end of the
        record to which nothing is predicted: where waves have not died away by then, either would
        tell times that are not there. So all amounts compare the same part of the record, up to
        the last time that each predicts, which is faded out.
        """
        time = np.arange(samples) * self.interval_s
        at = self.places(time, amounts)
        left = (min(time[-1], at[:, -1].min()) - at) / (FADE * self.interval_s)
        left = np.clip(left, 0.0, 1.0)
        return left**2 * (3 - 2 * left)

    def lengths(self, amounts: np.ndarray) -> np.ndarray:
        """(amount,) how much longer a moved trace was: the energy of a stretched one grows."""
        return np.ones(len(amounts)) if self.origin_s is None else 1 + amounts

    def slopes(self, traces: np.ndarray) -> np.ndarray:
        """Derivative of traces (..., sample) by the time that they come late."""
        late = -np.gradient(traces, self.interval_s, axis=-1)
        if self.origin_s is None:
            return late
        return late * (np.arange(traces.shape[-1]) * self.interval_s - self.origin_s)


def energies(traces: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Sums (points, amount) of squares of traces (points, sample) in a window (amount, sample)."""
    whole = int((window == 1).all(0).argmin())
    first, last = traces[:, :whole], traces[:, whole:]
    return np.einsum("ps,ps->p", first, first)[:, None] + last**2 @ window[:, whole:].T
