"""Table 1 of Spurio Mancini et al. (2021): accuracy of the emulators, and what they add."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import xarray as xr

from latentearth.emulators import base, maps, preprocessing
from latentearth.emulators.events import Events
from latentearth.emulators.peaks import PeakModel
from latentearth.emulators.registry import make_training_data
from latentearth.operators import trace_scores

CODA_S = 0.15  # after the peak: a pulse of 8 Hz or more is over
STEP_M = 10.0  # of a difference quotient; the paper's arrivals move in steps of some 8 m


def null_emulators(
    events: Events, models: Sequence[dict[str, PeakModel]]
) -> dict[str, list[base.Emulator]]:
    """What any emulator has to beat, with the smooth model of each fit of the peaks.

    ``mean``: the mean aligned trace at every position; ``nearest``: the aligned trace of the
    nearest training event.
    """
    data = make_training_data("direct", events, models[0])
    traces, about = data.outputs * np.float32(data.scale), events.record
    chains: dict[str, list[maps.Map]] = {
        "mean": [maps.Linear(np.zeros((4, data.samples)), traces.mean(0))],
        "nearest": [maps.NearestRow(events.features("train")[:, :3], traces)],
    }
    return {
        kind: [
            base.Emulator(kind, about.receiver, about.sample_interval_s, chain, fit["smooth"])
            for fit in models
        ]
        for kind, chain in chains.items()
    }


def what_it_adds(
    emulator: base.Emulator,
    mean: base.Emulator,
    events: Events,
    sigma: float,
    seed: np.random.SeedSequence,
) -> dict[str, float]:
    """Scores on the test set of what R2D hardly sees.

    Parameters
    ----------
    emulator
        The one to judge.
    mean
        The mean aligned trace.
    events
        The traces.
    sigma
        Standard deviation of the noise that a location has to do with.
    seed
        Of the bootstrap.

    Returns
    -------
    dict
        ``r2d_low``, ``r2d_high``: 95 per cent, over events; ``r2d_without_loudest_5``; medians over
        events: ``skill`` over the mean aligned trace, ``coda_explained``, ``bias_sigma``.
    """
    positions, truth = events.positions("test"), events.traces("test")
    predicted = emulator.predict(positions)
    low, high = trace_scores.r2d_interval(truth, predicted, seed)
    late = np.arange(truth.shape[1]) * events.record.sample_interval_s
    peak = preprocessing.find_peaks(truth).index * events.record.sample_interval_s
    coda = late > peak[:, None] + CODA_S
    explained = trace_scores.skill(truth * coda, predicted * coda, np.zeros_like(truth))
    return {
        "r2d_low": low,
        "r2d_high": high,
        "r2d_without_loudest_5": trace_scores.without_loudest(truth, predicted),
        "skill": float(np.median(trace_scores.skill(truth, predicted, mean.predict(positions)))),
        "coda_explained": float(np.median(explained[coda.any(1)])),
        "bias_sigma": float(np.median(location_bias(emulator, positions, truth, sigma))),
    }


def location_bias(
    emulator: base.Emulator, positions: np.ndarray, truth: np.ndarray, sigma: float
) -> np.ndarray:
    """How far an emulator's error moves an event, in standard deviations of the position.

    The error is projected on the derivatives of the trace along x, y, z: the least-squares step
    from the true position, d = (J^T J)^-1 J^T e, in the metric of the posterior's covariance,
    sqrt(d^T J^T J d / 3) / sigma, is the root mean square of three independent directions.

    Parameters
    ----------
    emulator
        Its own derivatives count, as a location has no others.
    positions
        True ones, (event, 3), m.
    truth
        (event, sample), one receiver's.
    sigma
        Standard deviation of the noise.

    Returns
    -------
    numpy.ndarray
        (event,)
    """
    steps = STEP_M * np.eye(3)
    slopes = [emulator.predict(positions + h) - emulator.predict(positions - h) for h in steps]
    directions, _ = np.linalg.qr(np.stack(slopes, -1).astype(float))  # (event, sample, 3)
    along = np.einsum("est,es->et", directions, truth - emulator.predict(positions))
    return np.linalg.norm(along, axis=1) / (sigma * np.sqrt(3))


def accuracies(
    emulators: Sequence[base.Emulator], events: Events, models: Sequence[dict[str, PeakModel]]
) -> dict[str, np.ndarray]:
    """R2D (emulator,) on the test set with either model of the peaks, and with the true peaks.

    Each emulator with the fit of the peaks of the same number.
    """
    positions, truth = events.positions("test"), events.traces("test")
    peaks = preprocessing.find_peaks(truth)
    found: dict[str, list[float]] = {"": [], "_ratios": [], "_smooth": [], "_true": []}
    for emulator, fit in zip(emulators, models, strict=True):
        if emulator.kind == "d18":
            found[""].append(trace_scores.r2d(truth, emulator.predict(positions)))
            continue
        for name, model in fit.items():
            swapped = dataclasses.replace(emulator, peaks=model)
            found[f"_{name}"].append(trace_scores.r2d(truth, swapped.predict(positions)))
        swapped = dataclasses.replace(emulator, peaks=fit["smooth"])
        predicted = swapped.predict(positions, peaks)
        found["_true"].append(trace_scores.r2d(truth, predicted))
    return {name: np.array(values) for name, values in found.items() if values}


def compression(emulator: base.Emulator, events: Events) -> float:
    """R2D of test traces that are only projected on an emulator's principal components.

    With their true peaks: the most that PCA+NN and PCA+GP could reach (section 2.2.2).
    """
    truth, last = events.traces("test"), emulator.chain[-1]
    if emulator.peaks is None or not isinstance(last, maps.Linear):
        raise ValueError(f"emulator {emulator.kind} has no principal components")
    peaks = preprocessing.find_peaks(truth)
    reference = emulator.peaks.reference
    rest = preprocessing.align(truth, peaks, reference) - last.bias
    coefficients, *_ = np.linalg.lstsq(last.weight.T, rest.T, rcond=None)
    kept = (coefficients.T @ last.weight + last.bias).astype(np.float32)
    return trace_scores.r2d(truth, preprocessing.restore(kept, peaks, reference))


def peak_errors(events: Events, models: dict[str, PeakModel]) -> xr.Dataset:
    """How well the models of the peaks do on the test set.

    Returns
    -------
    xarray.Dataset
        ``shift_error`` and ``amplitude_ratio`` (model, event), ``distance`` (event); per model
        the correlation of true and predicted, and the events with shifts off by more than 5.
    """
    truth = preprocessing.find_peaks(events.traces("test"))
    found = [model.predict(events.features("test")) for model in models.values()]
    shift = np.stack([f.index - truth.index for f in found])
    ratio = np.stack([f.amplitude / truth.amplitude for f in found])
    correlations = {
        f"{name}_correlation": (
            "model",
            [np.corrcoef(getattr(f, name), getattr(truth, name))[0, 1] for f in found],
            {"units": "1"},
        )
        for name in ("index", "amplitude")
    }
    return xr.Dataset(
        {
            "shift_error": (("model", "event"), shift, {"units": "sample"}),
            "amplitude_ratio": (("model", "event"), ratio, {"units": "1"}),
            "distance": ("event", events.features("test")[:, 3], {"units": "km"}),
            "far_shifts": ("model", (np.abs(shift) > 5).sum(1), {"units": "1"}),
            **correlations,
        },
        {"model": list(models)},
    )
