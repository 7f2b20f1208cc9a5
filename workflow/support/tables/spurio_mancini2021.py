"""Tables 1 and 2 of Spurio Mancini et al. (2021): ours beside the published ones."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth.diagnostics.mixing import kish_ess
from latentearth.diagnostics.speed import cpu_seconds
from latentearth.emulators import base
from latentearth.emulators.accuracy import accuracies, compression, what_it_adds
from latentearth.emulators.events import Events
from latentearth.emulators.labels import LABELS
from latentearth.emulators.peaks import PeakModel
from latentearth.samples import Samples, credible_interval
from support.published_values import Table


def table2_row(
    method: str, posterior: Samples, truth: np.ndarray, published: Table, beside: str
) -> dict:
    """One row of the table.

    Parameters
    ----------
    method
        Its name.
    posterior
        Of the position (m).
    truth
        (3,) metres.
    published
        The paper's table.
    beside
        Which of its methods stands beside this one, or an empty string.

    Returns
    -------
    dict
        Columns with their units; ``level_of_truth`` is the probability of the positions that are
        farther out than the true one in the metric of the posterior's covariance, so that the
        true one lies inside the 95 per cent ellipsoid if it is above 0.05.
    """
    out: dict = {"method": method}
    for i, name in enumerate("xyz"):
        low, high = credible_interval(posterior)[i] / 1e3
        mean = posterior.mean[i] / 1e3
        out[f"{name}_true_km"] = truth[i] / 1e3
        out[f"{name}_km"] = mean
        out[f"{name}_minus_km"], out[f"{name}_plus_km"] = mean - low, high - mean
        for part in ("", "_minus", "_plus"):
            paper = published.at(f"{beside}{part}", coordinate=name) if beside else np.nan
            out[f"published_{name}{part}_km"] = paper
    centred, weight = posterior.flat - posterior.mean, posterior.weight.ravel()
    inverse = np.linalg.pinv((weight[:, None] * centred).T @ centred)
    away = np.einsum("ij,jk,ik->i", centred, inverse, centred)
    off = truth - posterior.mean
    out["level_of_truth"] = float(weight[away >= off @ inverse @ off].sum())
    out["error_m"] = float(np.linalg.norm(off))
    out |= {
        "log_evidence": posterior.log_evidence,
        "log_evidence_error": posterior.log_evidence_error,
        "evaluations": posterior.evaluations,
        "effective_samples": kish_ess(weight),
        "sampler": posterior.about["engine"],
        "cpu_s": posterior.setup_cpu_s + posterior.cpu_s,
    }
    return out


TABLE1_COLUMNS = ("r2d", "r2d_std", "training_s", "evaluation_ms", "size_MB")


def table1_row(
    kind: str,
    paths: Sequence[str | os.PathLike],
    events: Events,
    models: Sequence[dict[str, PeakModel]],
    *,
    peaks: str,
    batch: int,
    published: Table,
) -> dict[str, object]:
    """One line of Table 1.

    Parameters
    ----------
    kind
        A key of :data:`latentearth.emulators.labels.LABELS`.
    paths
        Stored emulators, one per seed.
    events
        The traces; the accuracy is that on the test set.
    models
        Both models of the peaks, one fit per seed.
    peaks
        The one that stands for R2D without a suffix.
    batch
        Traces per call of the second time.
    published
        The paper's table.
    """
    emulators = [base.load(path) for path in paths]
    cards = [base.read_card(path) for path in paths]
    first, positions = emulators[0], events.positions("test")
    observed, sigma = events.traces("test")[0], float(np.abs(events.traces("test")[0]).max() / 12)
    some = np.resize(positions, (batch, 3))

    def likelihood() -> float:
        return -0.5 * float((((first.predict(positions[:1])[0] - observed) / sigma) ** 2).sum())

    found: dict[str, object] = {"emulator": LABELS[kind], "kind": kind}
    found |= r2d_columns(emulators, events, models, peaks)
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
    for row in published.where(kind=kind) or [{}]:  # what is beyond the paper has none
        found |= {f"published_{c}": row.get(c) or np.nan for c in TABLE1_COLUMNS}
    return found


def r2d_columns(
    emulators: Sequence[base.Emulator],
    events: Events,
    models: Sequence[dict[str, PeakModel]],
    peaks: str,
) -> dict[str, float]:
    """R2D over seeds, by each model of the peaks; without a suffix by the one named `peaks`."""
    scores = accuracies(emulators, events, models)
    if "" not in scores:
        scores[""] = scores[f"_{peaks}"]
    found: dict[str, float] = {}
    for name, values in scores.items():
        found |= {f"r2d{name}": values.mean(), f"r2d{name}_std": values.std()}
    return found


def closer(
    emulators: dict[str, base.Emulator], events: Events, rival: str = "d18"
) -> dict[str, float]:
    """Part of the test events of which a kind's trace has a smaller squared error than a rival's.

    Parameters
    ----------
    emulators
        One per kind, the rival's among them.
    events
        The traces.
    rival
        The kind to compare with.
    """
    truth = events.traces("test")
    errors = {
        kind: ((emulator.predict(events.positions("test")) - truth) ** 2).sum(1)
        for kind, emulator in emulators.items()
    }
    return {
        kind: float((own < errors[rival]).mean()) for kind, own in errors.items() if kind != rival
    }


NULLS = {"mean": "mean trace", "nearest": "nearest training event"}


def null_row(
    kind: str,
    emulators: Sequence[base.Emulator],
    events: Events,
    models: Sequence[dict[str, PeakModel]],
    peaks: str,
) -> dict[str, object]:
    """The line of a null model of :func:`latentearth.emulators.accuracy.null_emulators`."""
    found = r2d_columns(emulators, events, models, peaks)
    return {"emulator": NULLS[kind], "kind": kind, "seeds": len(emulators), **found}


def beside_r2d(
    emulators: dict[str, base.Emulator], events: Events, sigma: float, seed: np.random.SeedSequence
) -> dict[str, dict[str, float | None]]:
    """Columns of what R2D hardly sees, by kind, the null model ``mean`` and D18 among them."""
    nearer: dict[str, float | None] = {**closer(emulators, events), "d18": None}
    return {
        kind: {
            **what_it_adds(emulator, emulators["mean"], events, sigma, seed),
            "closer_than_d18": nearer[kind],
        }
        for kind, emulator in emulators.items()
    }
