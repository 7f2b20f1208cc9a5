"""Table 1 of Spurio Mancini et al. (2021): accuracy, speed and size of the emulators."""

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


def mean_trace(events: Events, models: dict[str, PeakModel]) -> base.Emulator:
    """The mean aligned trace at every position: what any emulator has to beat."""
    data = make_training_data("direct", events, models)
    mean = data.outputs.mean(0) * data.scale
    chain = [maps.Linear(np.zeros((4, data.samples)), mean)]
    return base.Emulator("mean", events.record.receiver, events.record.sample_interval_s, chain)


def accuracies(
    emulators: Sequence[base.Emulator], events: Events, models: dict[str, PeakModel]
) -> dict[str, np.ndarray]:
    """R2D (emulator,) on the test set with either model of the peaks, and with the true peaks."""
    positions, truth = events.positions("test"), events.traces("test")
    peaks = preprocessing.find_peaks(truth)
    found: dict[str, list[float]] = {"": [], "_gpy": [], "_smooth": [], "_true": []}
    for emulator in emulators:
        if emulator.kind == "d18":
            found[""].append(trace_scores.r2d(truth, emulator.predict(positions)))
            continue
        for name, model in models.items():
            swapped = dataclasses.replace(emulator, peaks=model)
            found[f"_{name}"].append(trace_scores.r2d(truth, swapped.predict(positions)))
        swapped = dataclasses.replace(emulator, peaks=models["smooth"])
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
