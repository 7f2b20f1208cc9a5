"""What fits into few bytes a receiver: stored fields, learned and not, of explosions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from latentearth.emulators import base, maps, pca, preprocessing, training_data
from latentearth.emulators.aligned_store import (
    AlignedTraces,
    FirstWave,
    aligned_store,
    coarser,
    halved,
)
from latentearth.operators.greens_functions import GreensFunctions
from support.settings import take


class Candidate(NamedTuple):
    """Something that predicts traces.

    Attributes
    ----------
    method
        ``store``, ``aligned_store``, ``network``, ``mean``, or a kind of emulator.
    learned
        Whether a training made it.
    detail
        Its size in words.
    predictor
        With ``predict``.
    nbytes
        That it keeps for a receiver, without what follows from the velocity model alone: moduli
        and first arrivals.
    setup_cpu_s
        CPU-seconds that it took, after the simulation.
    """

    method: str
    learned: bool
    detail: str
    predictor: Any
    nbytes: int
    setup_cpu_s: float


def stores(store: GreensFunctions, wave: FirstWave, own: dict) -> Iterator[Candidate]:
    """Fields that nothing learned: on fewer nodes, aligned and compressed, and the mean.

    Parameters
    ----------
    store, wave
        The full one, and what is known of first waves.
    own
        The section ``memory``.
    """
    yield Candidate("store", False, "all nodes", store, _bytes(store), 0.0)
    for across, down in own["coarse"]:
        begin = time.process_time()
        some = coarser(store, (across, down))
        spent = time.process_time() - begin
        yield Candidate("store", False, _apart(across, down), some, _bytes(some), spent)
    for across, down in own["aligned"]:
        for components in own["components"]:
            begin = time.process_time()
            small = aligned_store(store, wave, (across, down), components)
            spent = time.process_time() - begin
            detail = f"{_apart(across, down)}, {components} components"
            yield Candidate("aligned_store", False, detail, small, small.nbytes, spent)


def networks(
    store: GreensFunctions, wave: FirstWave, own: dict, seed: np.random.SeedSequence
) -> Iterator[Candidate]:
    """The mean aligned trace, and networks in the place of splines, of several sizes.

    Parameters
    ----------
    store, wave, own
        As of :func:`stores`.
    seed
        Of the positions that they learn from, and of their weights.
    """
    data = _bank(store, wave, own, np.random.default_rng(seed))
    mean = data.outputs.mean(0) * np.float32(data.scale)
    flat = halved(maps.Linear(np.zeros((4, data.samples)), mean))
    yield Candidate(
        "mean", False, "", AlignedTraces([flat], wave, store.receiver), 2 * mean.size, 0.0
    )
    for one in own["networks"]:
        begin = time.process_time()
        settings = take(pca.PcaNetwork, {**one, "slope": own["slope"], "training": own["training"]})
        chains, _ = pca.fit_pca_network(data, settings, [seed])
        small = AlignedTraces([halved(stage) for stage in chains[0]], wave, store.receiver)
        spent = time.process_time() - begin
        widths = " x ".join(str(width) for width in one["hidden"])
        detail = f"{widths}, {one['components']} components"
        yield Candidate("network", True, detail, small, small.nbytes, spent)


def _bank(
    store: GreensFunctions, wave: FirstWave, own: dict, rng: np.random.Generator
) -> training_data.TrainingData:
    """Aligned traces anywhere in the store's box: to learn from, and to stop by."""
    sets = []
    for count in (own["bank"], max(own["bank"] // 16, 20)):
        positions = rng.uniform(store.low, store.high, (count, 3))
        features = preprocessing.features(positions, store.receiver)
        sets.append((features, store.predict(positions), wave.predict(features)))
    return training_data.make_aligned(*sets[0], sets[1], wave.reference)


def emulator(kind: str, path: str) -> Candidate:
    """An emulator of the paper's as it is stored."""
    found, card = base.load(path), base.read_card(path)
    own = sum(np.asarray(a).nbytes for stage in found.chain for a in stage.arrays().values())
    peaks = found.peaks.arrays() if found.peaks else {}
    own += sum(values.nbytes for name, values in peaks.items() if not name.startswith("direct."))
    return Candidate(kind, True, "as stored", found, own, float(card["cpu_seconds"]))


def row(candidate: Candidate, positions: np.ndarray, traces: np.ndarray, batch: int) -> dict:
    """Size, error and time of a candidate.

    Parameters
    ----------
    candidate
        What is judged.
    positions, traces
        Of events of another grid, (event, 3), m, and (event, sample).
    batch
        Sources at once, of which the time is told.
    """
    predicted = candidate.predictor.predict(positions)
    error = np.linalg.norm(predicted - traces, axis=1) / np.linalg.norm(traces, axis=1)
    many = np.resize(positions, (batch, 3))
    begin = time.process_time()
    candidate.predictor.predict(many)
    spent = time.process_time() - begin
    return {
        "method": candidate.method,
        "learned": int(candidate.learned),
        "detail": candidate.detail,
        "size_kB": candidate.nbytes / 1e3,
        "l2_median": float(np.median(error)),
        "l2_90": float(np.quantile(error, 0.9)),
        "trace_in_batch_cpu_us": 1e6 * spent / batch,
        "setup_cpu_s": candidate.setup_cpu_s,
    }


def _bytes(store: GreensFunctions) -> int:
    return store.coefficients.nbytes + store.scales.nbytes


def _apart(across: float, down: float) -> str:
    return f"{across:.0f} x {down:.0f} m"
