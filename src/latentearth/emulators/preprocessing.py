"""Preprocessing of traces (Spurio Mancini et al. 2021, section 2.1), and its inverse.

Every trace is scaled and shifted so that its largest positive sample lies on that of a
reference trace; what is left to learn are the fluctuations about the main peak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from latentearth.operators.trace_files import check_traces


@dataclass(frozen=True)
class Peaks:
    """Largest positive sample of each trace.

    Attributes
    ----------
    amplitude
        Its value, (trace,), in the unit of the traces.
    index
        Its place in samples, (trace,); whole numbers unless refined below a sample.
    """

    amplitude: np.ndarray
    index: np.ndarray

    def __getitem__(self, rows: slice) -> Peaks:
        """Those of some of the traces."""
        return Peaks(self.amplitude[rows], self.index[rows])


def find_peaks(traces: np.ndarray, refine: bool = False) -> Peaks:
    """Amplitude and place of the largest positive sample of each trace.

    Parameters
    ----------
    traces
        (trace, sample).
    refine
        Put a parabola through the peak and its neighbours, for place and amplitude between
        samples. The paper takes whole samples.
    """
    traces = check_traces(traces)
    row, index = np.arange(len(traces)), traces.argmax(1)
    amplitude = traces[row, index].astype(float)
    if not refine:
        return Peaks(amplitude, index.astype(float))
    inside = np.clip(index, 1, traces.shape[1] - 2)
    before, middle, after = (traces[row, inside + k].astype(float) for k in (-1, 0, 1))
    curvature = before - 2 * middle + after
    usable = (inside == index) & (curvature < 0)
    slope = 0.5 * (after - before)
    part = np.where(usable, -slope / np.where(usable, curvature, -1), 0.0)
    return Peaks(amplitude + np.where(usable, 0.5 * slope * part, 0), index + part)


@numba.njit(cache=True, nogil=True)
def _move(traces, shift, factor, out):
    """Write factor * traces, moved by shift samples (to later times), zeros coming in, to out.

    Shifts that are no whole numbers interpolate with the cubic through four samples.
    """
    samples = traces.shape[1]
    for i in range(len(traces)):
        out[i] = 0
        whole = int(np.floor(shift[i]))
        part = shift[i] - whole
        if whole <= -samples or whole >= samples:
            continue
        row, into, by = traces[i], out[i], np.float32(factor[i])
        if part == 0:
            for j in range(max(0, whole), min(samples, samples + whole)):
                into[j] = by * row[j - whole]
            continue
        x = 1 - part  # place between the samples j - whole - 1 and j - whole
        w0 = by * np.float32(-x * (x - 1) * (x - 2) / 6)
        w1 = by * np.float32((x + 1) * (x - 1) * (x - 2) / 2)
        w2 = by * np.float32(-(x + 1) * x * (x - 2) / 2)
        w3 = by * np.float32((x + 1) * x * (x - 1) / 6)
        first, last = max(0, whole + 2), min(samples, samples + whole - 1)
        for j in range(first, last):
            k = j - whole
            into[j] = w0 * row[k - 2] + w1 * row[k - 1] + w2 * row[k] + w3 * row[k + 1]
        for j in range(max(0, whole - 1), min(samples, samples + whole + 2)):
            if first <= j < last:
                continue
            value = np.float32(0)  # at the ends samples outside count as zero
            for m, w in enumerate((w0, w1, w2, w3)):
                k = j - whole - 2 + m
                if 0 <= k < samples:
                    value += w * row[k]
            into[j] = value


def shift_traces(
    traces: np.ndarray, shift: np.ndarray, factor: np.ndarray, out: np.ndarray | None = None
) -> np.ndarray:
    """Traces times a factor, moved to later times by a number of samples; zeros come in.

    Parameters
    ----------
    traces
        (trace, sample) float32.
    shift
        Samples, (trace,); whole numbers move samples as they are, others interpolate.
    factor
        (trace,).
    out
        Where to write, float32 in one piece; a new array if None.
    """
    out = np.empty_like(traces) if out is None else out
    shift, factor = (np.ascontiguousarray(v, np.float64) for v in (shift, factor))
    if not (np.isfinite(shift).all() and np.isfinite(factor).all()):
        raise FloatingPointError("a shift or an amplitude of a trace is not finite")
    _move(traces, shift, factor, out)
    return out


def align(traces: np.ndarray, peaks: Peaks, reference: tuple[float, float]) -> np.ndarray:
    """Scale and shift traces (trace, sample) so that their peaks lie on the reference's.

    Parameters
    ----------
    traces, peaks
        Traces and their peaks.
    reference
        Amplitude and index of the reference peak, A* and t*.
    """
    amplitude, index = reference
    return shift_traces(traces, index - peaks.index, amplitude / peaks.amplitude)


def restore(
    aligned: np.ndarray,
    peaks: Peaks,
    reference: tuple[float, float],
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Inverse of :func:`align`, but for samples that were shifted out of the window."""
    amplitude, index = reference
    return shift_traces(aligned, peaks.index - index, peaks.amplitude / amplitude, out)


def features(positions: np.ndarray, receiver: np.ndarray) -> np.ndarray:
    """What the emulators see of a source: x, y, z and the distance from the receiver, km.

    Parameters
    ----------
    positions
        (source, 3), m.
    receiver
        (3,), m.

    Returns
    -------
    numpy.ndarray
        (source, 4).
    """
    positions = np.atleast_2d(np.asarray(positions, float))
    out = np.empty((len(positions), 4))
    out[:, :3] = positions
    out[:, 3] = np.sqrt(((positions - receiver) ** 2).sum(1))
    return out / 1000
