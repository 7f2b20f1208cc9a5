"""Table 1 of Spurio Mancini et al. (2021): accuracy, speed and size of the emulators."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from latentearth.emulators import base, preprocessing, stages
from latentearth.emulators.kinds import NAMES, Events, make_problem
from latentearth.emulators.peaks import PeakModel

# Of the paper's Table 1: R2D and its spread, training (s), evaluation (ms), size (MB).
PUBLISHED = {
    "direct": (0.9500, 0.0006, 270, 9.9, 2.32),
    "pca_nn": (0.9443, 0.0006, 180, 8.6, 0.71),
    "pca_gp": (0.9433, 0.0006, 1463, 97.9, 1.52),
    "ae_nn": (0.9496, 0.0021, 228, 9.3, 4.46),
    "ae_gp": (0.9472, 0.0029, 488, 25.4, 4.59),
    "cvae": (0.9477, 0.0005, 302, 9.3, 4.37),
    "wgan_gp": (0.9214, 0.0048, 1069, 9.9, 4.07),
    "d18": (0.89, np.nan, 29232, 621.0, 5.12),
}
COLUMNS = ("r2d", "r2d_std", "training_s", "evaluation_ms", "size_MB")


def cpu_seconds(function: Callable[[], object], rounds: int) -> float:
    """CPU-seconds of one call: the least of several rounds, each long enough to be measured."""
    function()  # compiles, and fills the caches
    calls, best = 1, np.inf
    while True:
        start = time.process_time()
        for _ in range(calls):
            function()
        spent = time.process_time() - start
        if spent > 0.02:
            break
        calls *= 4
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            function()
        best = min(best, (time.process_time() - start) / calls)
    return best


def mean_trace(events: Events, models: dict[str, PeakModel]) -> base.Emulator:
    """The mean aligned trace at every position: what any emulator has to beat."""
    data = make_problem("direct", events, models)
    mean = data.outputs.mean(0) * data.scale
    chain = [stages.Linear(np.zeros((4, data.samples)), mean)]
    return base.Emulator("mean", events.record.receiver, events.record.step, chain)


def accuracies(
    emulators: Sequence[base.Emulator], events: Events, models: dict[str, PeakModel]
) -> dict[str, np.ndarray]:
    """R2D (emulator,) on the test set with either model of the peaks, and with the true peaks."""
    positions, truth = events.positions("test"), events.traces("test")
    peaks = preprocessing.find_peaks(truth)
    found: dict[str, list[float]] = {"": [], "_gpy": [], "_smooth": [], "_true": []}
    for emulator in emulators:
        if emulator.kind == "d18":
            found[""].append(preprocessing.r2d(truth, emulator.predict(positions)))
            continue
        for name, model in models.items():
            swapped = dataclasses.replace(emulator, peaks=model)
            found[f"_{name}"].append(preprocessing.r2d(truth, swapped.predict(positions)))
        swapped = dataclasses.replace(emulator, peaks=models["smooth"])
        predicted = swapped.predict(positions, peaks)
        found["_true"].append(preprocessing.r2d(truth, predicted))
    return {name: np.array(values) for name, values in found.items() if values}


def compression(emulator: base.Emulator, events: Events) -> float:
    """R2D of test traces that are only projected on an emulator's principal components.

    With their true peaks: the most that PCA+NN and PCA+GP could reach (section 2.2.2).
    """
    truth, last = events.traces("test"), emulator.chain[-1]
    if emulator.peaks is None or not isinstance(last, stages.Linear):
        raise ValueError(f"emulator {emulator.kind} has no principal components")
    peaks = preprocessing.find_peaks(truth)
    reference = emulator.peaks.reference
    rest = preprocessing.align(truth, peaks, reference) - last.bias
    coefficients, *_ = np.linalg.lstsq(last.weight.T, rest.T, rcond=None)
    kept = (coefficients.T @ last.weight + last.bias).astype(np.float32)
    return preprocessing.r2d(truth, preprocessing.restore(kept, peaks, reference))


def row(
    kind: str,
    paths: Sequence[str | os.PathLike],
    events: Events,
    models: dict[str, PeakModel],
    peaks: str,
    batch: int,
) -> dict[str, object]:
    """One line of Table 1.

    Parameters
    ----------
    kind
        A key of :data:`latentearth.emulators.kinds.NAMES`.
    paths
        Stored emulators, one per seed.
    events
        The traces; the accuracy is that on the test set.
    models
        Both models of the peaks.
    peaks
        The one that stands for R2D without a suffix.
    batch
        Traces per call of the second time.
    """
    emulators = [base.load(path) for path in paths]
    cards = [base.read_card(path) for path in paths]
    scores = accuracies(emulators, events, models)
    if "" not in scores:
        scores[""] = scores[f"_{peaks}"]
    first, positions = emulators[0], events.positions("test")
    observed, sigma = events.traces("test")[0], float(np.abs(events.traces("test")[0]).max() / 12)
    some = np.resize(positions, (batch, 3))

    def likelihood() -> float:
        return -0.5 * float((((first.predict(positions[:1])[0] - observed) / sigma) ** 2).sum())

    found: dict[str, object] = {"emulator": NAMES[kind], "kind": kind}
    for name, values in scores.items():
        found |= {f"r2d{name}": values.mean(), f"r2d{name}_std": values.std()}
    batch_ms = 1e3 * cpu_seconds(lambda: first.predict(some), 3)
    training = [c["cpu_seconds"] + c["peaks_cpu_seconds"].get(peaks, 0.0) for c in cards]
    found |= {
        "training_cpu_s": np.mean(training),
        "training_cpu_s_std": np.std(training),
        "likelihood_cpu_ms": 1e3 * cpu_seconds(likelihood, 7),
        "trace_in_batch_cpu_ms": batch_ms / batch,
        "batch_cpu_ms": batch_ms,
        "size_MB": np.mean([os.path.getsize(path) for path in paths]) / 1e6,
        "seeds": len(paths),
    }
    if kind.startswith("pca_"):
        found["r2d_compression"] = compression(first, events)
    published = PUBLISHED.get(kind, (np.nan,) * len(COLUMNS))
    return found | {f"published_{c}": v for c, v in zip(COLUMNS, published, strict=True)}


def closer(
    paths: dict[str, str | os.PathLike], events: Events, rival: str = "d18"
) -> dict[str, float]:
    """Part of the test events of which a kind's trace has a smaller squared error than a rival's.

    Parameters
    ----------
    paths
        One stored emulator per kind, the rival's among them.
    events
        The traces.
    rival
        The kind to compare with.
    """
    truth = events.traces("test")
    errors = {
        kind: ((base.load(path).predict(events.positions("test")) - truth) ** 2).sum(1)
        for kind, path in paths.items()
    }
    return {
        kind: float((own < errors[rival]).mean()) for kind, own in errors.items() if kind != rival
    }


def baseline(events: Events, models: dict[str, PeakModel], peaks: str) -> dict[str, object]:
    """The line of the mean trace."""
    scores = accuracies([mean_trace(events, models)], events, models)
    scores[""] = scores[f"_{peaks}"]
    found = {f"r2d{name}": values[0] for name, values in scores.items()}
    return {"emulator": "mean trace", "kind": "mean", "seeds": 1, **found}


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
