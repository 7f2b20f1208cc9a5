"""Records of one event, made ready for location: when it can have been, on what clock, what noise.

The sampler's clock begins at the middle of the origin times that are possible. A record is moved
to it and to the sampling interval of the Green's functions; what it holds from before any wave
can have come is noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from latentearth.inversion.moment_tensor import Elementary, TensorLikelihood, scan_origin_times
from latentearth.io import InputError
from latentearth.operators import given_traces
from latentearth.readers.records import Records
from latentearth.samplers.importance import scanned
from latentearth.samplers.targets import Box
from latentearth.samples import Samples

LEAST_NOISE = 20  # samples before the event from which its deviation is taken
ONSET = 0.5  # periods of the pulse between its first motion and its middle
AT_EDGE = 0.01  # of a region's width: a location so near to its side is none
PICK_DRAWS = 20_000  # positions at which picks are looked at
QUOTIENT_STEPS = np.array([1.0, 1.0, 1.0, 1e-3])  # m, m, m, s: of difference quotients
SMOOTH = 5  # frequencies over which a spectrum is averaged
LATER_SCANS = (25.0, 8.0)  # m, around the best positions of a scan: later scans
BEST = 40  # positions around which the next scan looks
TAILS = 0.025  # of the predicted energy that lies before, and behind, the signal


@dataclass(frozen=True)
class OriginTimes:
    """Where the origin of the simulation's pulse may lie: within `half` of `middle`, s."""

    middle: float
    half: float


@dataclass(frozen=True)
class ReadyRecords:
    """Records on the sampler's clock.

    Attributes
    ----------
    traces
        (receiver, sample) float32, the first sample at the middle of the origin times.
    sigma
        Standard deviation of each receiver's noise, (receiver,), Pa.
    interval_s
        Between samples, s.
    origins
        Possible origin times, on the records' own clock.
    """

    traces: np.ndarray
    sigma: np.ndarray
    interval_s: float
    origins: OriginTimes


def possible_origins(
    *,
    delay_s: float,
    bounds: tuple[float, float] | None,
    picks: np.ndarray | None,
    travel_times: np.ndarray,
    shift_s: float,
    frequency: float,
) -> OriginTimes:
    """When the pulse can have begun, from stated bounds or from picks.

    Parameters
    ----------
    delay_s
        Of the pulse's middle after its origin in the simulation.
    bounds
        Earliest and latest time of the event (of the pulse's middle), or None.
    picks
        First arrivals, (receiver,), or None.
    travel_times
        From where the event is expected, (receiver,).
    shift_s
        How far it may be off the time that the picks tell, which says how far the place may be.
    frequency
        Of the pulse, Hz.

    Raises
    ------
    InputError
        If there are neither bounds nor picks.
    """
    if bounds is not None:
        low, high = bounds
        return OriginTimes(0.5 * (low + high) - delay_s, 0.5 * (high - low))
    if picks is None:
        wanted = "origin, the earliest and the latest second, or picks"
        raise InputError("config", "time of the event", "none", wanted)
    begun = np.median(picks - travel_times) + ONSET / frequency
    return OriginTimes(float(begun) - delay_s, shift_s)


def prepare_records(
    records: Records,
    origins: OriginTimes,
    axis: tuple[float, int],
    travel_times: tuple[np.ndarray, np.ndarray],
    noise: float | None,
    source: object,
) -> ReadyRecords:
    """Records on the sampler's clock, and their noise.

    Parameters
    ----------
    records, origins
        Of one event.
    axis
        Interval (s) and number of samples of the Green's functions.
    travel_times
        Least and largest from anywhere in the region, each (receiver,), s.
    noise
        Standard deviation, Pa; None: from the samples before any wave can have come.
    source
        The file, for messages.

    Raises
    ------
    InputError
        If there is no noise to measure, the record begins after the waves or ends before them, or
        holds frequencies above those of the axis.
    """
    least, largest = travel_times
    interval, count = axis
    times = records.start_s + records.interval_s * np.arange(records.traces.shape[1])
    first = origins.middle - origins.half + least
    if (times[0] > first).any():
        found = f"a record from {times[0]:.3f} s on"
        raise InputError(source, "first sample", found, f"one before {first.min():.3f} s")
    sigma = np.empty(len(first))
    for number, trace in enumerate(records.traces):
        before = trace[times < first[number]]
        if noise is None and (before.size < LEAST_NOISE or not before.any()):
            found = f"{before.size} samples, or silence, before the waves"
            wanted = f"{LEAST_NOISE} of noise at least, or noise in the config (Pa)"
            raise InputError(source, f"record {number}", found, wanted)
        sigma[number] = before.std() if noise is None else noise
    begun = records.start_s - origins.middle
    moved = given_traces.from_origin_time(records.traces, begun, records.interval_s)
    end = records.interval_s * (moved.shape[1] - 1)
    needed = float(largest.max()) + 2 * origins.half
    if end < needed:
        last = f"{times[-1]:.3f} s"
        raise InputError(source, "last sample", last, f"{origins.middle + needed:.3f} s or later")
    moved = moved[:, : int(np.ceil(interval * (count - 1) / records.interval_s)) + 2]
    count = min(count, int(end / interval) + 1)
    traces = given_traces.on_axis(moved, records.interval_s, (interval, count), source)
    return ReadyRecords(np.asarray(traces, "f4"), sigma, interval, origins)


def shortened(elementary: Elementary, samples: int) -> Elementary:
    """Elementary traces as long as a record that is shorter than they are."""
    return lambda points: elementary(points)[..., :samples]


def delayed(traces: np.ndarray, seconds: float, interval_s: float) -> np.ndarray:
    """Traces (..., sample) so much later, silent before; what leaves at the end is lost.

    By cubic splines: a record that is cut in the middle of a wave has no Fourier series.
    """
    at = np.arange(traces.shape[-1]) - seconds / interval_s
    moved = CubicSpline(np.arange(traces.shape[-1]), traces, axis=-1)(
        np.clip(at, 0, traces.shape[-1] - 1)
    )
    return np.where(at >= 0, moved, 0.0)


def predict_records(
    likelihood: TensorLikelihood, point: np.ndarray, tensor: np.ndarray
) -> np.ndarray:
    """What a source (4,) with a tensor (6,) makes at the receivers, (receiver, sample)."""
    traces = np.einsum("rkt,k->rt", likelihood.elementary(point[None, :3])[0], tensor)
    return delayed(traces, point[3], likelihood.interval_s)


def narrowing_scan(
    likelihood: TensorLikelihood, box: Box, shift_s: float, count: int, rng: np.random.Generator
) -> Samples:
    """Positions and their best origin times: all over the box, then around the best of them.

    A shear wave explains a record within some metres only: one scan so dense would take a million
    positions.

    Parameters
    ----------
    likelihood
        Of the event.
    box
        Bounds of x, y, z (m) and origin time (s).
    shift_s
        Between two origin times that are tried.
    count
        Positions of each scan.
    rng
        Of the positions.
    """
    sides = Box(box.bounds[:3])
    earliest, latest = map(float, box.bounds[3])
    shifts = np.arange(earliest, latest, shift_s)
    points, found = sides.draw(count, rng), []
    for width in (*LATER_SCANS, None):
        scan = scan_origin_times([likelihood], points, shifts)[0]
        found.append(np.column_stack([points, scan[:, 1], scan[:, 0]]))
        best = np.concatenate(found)
        best = best[best[:, 4].argsort()[::-1][:BEST], :3]
        if width is not None:
            points = best[rng.integers(len(best), size=count)] + width * rng.normal(size=(count, 3))
            points = np.clip(points, *sides.bounds.T)
    whole = np.concatenate(found)
    return scanned(whole[:, :4], whole[:, 4])


def coherence(
    likelihood: TensorLikelihood,
    records: np.ndarray,
    sigma: np.ndarray,
    point: np.ndarray,
    tensor: np.ndarray,
) -> float:
    """How much more than white noise the residuals say against the parameters: 1 for white noise.

    What a velocity model gets wrong is no white noise: it has the signal's own frequencies, where
    the parameters are read off. With H the information of white noise on position, time and
    tensor, and J the variance of its score if the noise has the spectrum of the residuals, a
    likelihood to the power of n / tr(H^-1 J) has the right size of errors, n parameters on
    average (Pauli, Racugno & Ventura 2011, equation 2.4).

    Parameters
    ----------
    likelihood
        Of the event.
    records, sigma
        (receiver, sample) and its noise (receiver,).
    point, tensor
        Most likely: (4,) and (6,).
    """
    predicted = predict_records(likelihood, point, tensor)
    slopes = [
        (predict_records(likelihood, point + step, tensor) - predicted) / step.sum()
        for step in np.diag(QUOTIENT_STEPS)
    ]
    slopes += [predict_records(likelihood, point, one) for one in np.eye(6)]
    energy = (predicted**2 / sigma[:, None] ** 2).sum(0).cumsum()
    first, last = np.searchsorted(energy / energy[-1], (TAILS, 1 - TAILS))
    window = np.s_[..., first : last + 1]
    residual = (records - predicted)[window] / sigma[:, None]
    # parameters of very different units: each in units of its own effect
    effect = np.stack(slopes)[window] / sigma[:, None]
    effect /= np.sqrt((effect**2).sum((1, 2), keepdims=True))
    samples = residual.shape[-1]
    power = np.abs(np.fft.rfft(residual)) ** 2 / samples
    padded = np.pad(power, ((0, 0), (SMOOTH // 2, SMOOTH // 2)), "reflect")
    power = np.stack([padded[:, k : k + power.shape[1]] for k in range(SMOOTH)]).mean(0)
    coloured = np.fft.irfft(np.fft.rfft(effect) * power, samples)
    information, score = (np.einsum("irt,jrt->ij", effect, other) for other in (effect, coloured))
    return float(np.trace(np.linalg.pinv(information, hermitian=True) @ score) / len(effect))


def refuse_edges(position: np.ndarray, box: Box) -> None:
    """Refuse a most likely position (3,) at a side of the region: the event may lie beyond.

    Raises
    ------
    InputError
        With the coordinate.
    """
    low, high = box.bounds[:3].T
    share = (position - low) / (high - low)
    for name, place, value in zip("xyz", share, position, strict=True):
        if not AT_EDGE < place < 1 - AT_EDGE:
            found = f"{name} = {value:.0f} m, at the side of the region"
            raise InputError("location", "most likely position", found, "one within: move event")


def picked_position(
    log_likelihood: Callable[[np.ndarray], np.ndarray], box: Box, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of the position by picks alone, each (3,), m.

    Parameters
    ----------
    log_likelihood
        Of positions (point, 3).
    box
        Where the event is looked for.
    rng
        Of the positions tried.
    """
    points = Box(box.bounds[:3]).draw(PICK_DRAWS, rng)
    found = log_likelihood(points)
    weight = np.exp(found - found.max())
    mean = np.average(points, axis=0, weights=weight)
    return mean, np.sqrt(np.average((points - mean) ** 2, axis=0, weights=weight))
