"""How far R2D of NN direct hangs on the seed of amplitude and arrival, near sources included."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from latentearth.emulators import accuracy, base, peaks, preprocessing, registry
from latentearth.emulators.events import Events
from latentearth.emulators.gaussian_processes import GaussianFit
from latentearth.emulators.peaks import DirectWave
from latentearth.operators import explosions, trace_scores
from latentearth.operators.greens_functions import GreensFunctions
from latentearth.operators.trace_files import Traces
from support import emulators
from support.settings import take

LOUDEST = 5  # test events without which R2D is told as well


class Drawn(NamedTuple):
    """Explosions everywhere in the rock, and further ones near the receiver.

    Attributes
    ----------
    events
        To learn from, to stop by and to judge by.
    near_positions, near_traces
        (source, 3), m, and (source, sample): none of the others.
    """

    events: Events
    near_positions: np.ndarray
    near_traces: np.ndarray


def draw(
    store: GreensFunctions,
    split: dict[str, int],
    own: dict,
    seed: np.random.SeedSequence,
) -> Drawn:
    """Explosions on nodes of stored Green's functions, where these are the simulation's own.

    Parameters
    ----------
    store
        Of explosions in all the rock.
    split
        How many are for ``train`` and ``validation``, and ``count`` in all.
    own
        ``clearance`` below the receiver, m; ``near`` sources no further than ``within``, m.
    seed
        Of the positions.
    """
    drawn, closer = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(2)
    counts = np.array(store.coefficients.shape[:3]) - 2
    axes = [
        low + step * np.arange(count)
        for low, step, count in zip(store.low, store.step, counts, strict=True)
    ]
    top, nobody = store.receiver[2], np.zeros((0, 3), int)
    nodes = explosions.latin_hypercube(
        drawn, split["count"], axes, top, own["clearance"], store.receiver[None], 0.0, nobody
    )
    every = np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), -1).reshape(-1, 3)
    away = np.linalg.norm(_places(every, axes) - store.receiver, axis=1)
    deep = axes[2][every[:, 2]] <= top - own["clearance"] + 1e-6
    numbers = np.ravel_multi_index(tuple(every.T), tuple(counts))
    free = ~np.isin(numbers, np.ravel_multi_index(tuple(nodes.T), tuple(counts)))
    candidates = every[(away < own["within"]) & deep & free]
    few = np.random.default_rng(closer).permutation(candidates)[: own["near"]]
    positions, near = _places(nodes, axes), _places(few, axes)
    traces = store.predict(positions)
    interval, unknown = store.sample_interval_s, float("nan")
    record = Traces(positions, traces, store.receiver, interval, unknown, traces[0], positions[0])
    return Drawn(Events(record, split["train"], split["validation"]), near, store.predict(near))


def _places(nodes: np.ndarray, axes: list[np.ndarray]) -> np.ndarray:
    return np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(axes)])


def fitted(
    events: Events, known: DirectWave, section: dict, streams: Sequence[np.random.SeedSequence]
) -> Iterator[tuple[dict, base.Emulator]]:
    """NN direct and the mean aligned trace with fits of one seed, where the medium is known or not.

    Parameters
    ----------
    events
        To learn from.
    known
        Of the medium.
    section
        ``peaks``, ``peaks_seeds``, ``direct`` and ``slope`` of the section ``emulators``.
    streams
        Of the reference trace, the fits and the network.

    Yields
    ------
    dict
        ``medium`` and ``kind``, ``picks_used``, and CPU-seconds of both fits.
    Emulator
        What they come to.
    """
    own, direct = section["peaks"], dict(section["direct"])
    direct["training"] = {**direct["training"], "epochs": section["peaks_seeds"]["epochs"]}
    interval, smooth = events.record.sample_interval_s, take(GaussianFit, own["smooth"])
    picks = preprocessing.find_peaks(events.traces("train"), True)
    reference = registry.choose_reference(events, streams[0])
    models, seconds = {}, {}
    for medium, wave in (("known", known), ("unknown", None)):
        begin = time.process_time()
        models[medium] = peaks.fit_smooth(
            events.features("train"),
            picks,
            reference,
            smooth,
            streams[1],
            robust=None if wave else own["robust"],
            direct=wave,
            jump=own["jump"] / interval,
        )
        seconds[medium] = time.process_time() - begin
    # aligned traces depend on the reference alone: one network serves both
    fit = {"smooth": models["known"]}
    data = registry.make_training_data("direct", events, fit)
    settings = emulators.emulator_settings("direct", {**section, "direct": direct})
    begin = time.process_time()
    chains, _ = registry.fit(settings, data, streams[2:])
    trained = time.process_time() - begin
    mean = accuracy.null_emulators(events, [fit])["mean"][0].chain
    for medium, model in models.items():
        for kind, chain, cost in (("direct", chains[0], trained), ("mean", mean, 0.0)):
            columns = {"medium": medium, "kind": kind, "picks_used": len(model.processes.x)}
            columns |= {"peaks_cpu_s": seconds[medium], "training_cpu_s": cost}
            yield columns, base.Emulator(kind, events.record.receiver, interval, chain, model)


def rows(emulator: base.Emulator, drawn: Drawn, seed: np.random.SeedSequence) -> list[dict]:
    """Scores of an emulator on all test events, without the loudest, and near the receiver.

    Returns
    -------
    list of dict
        ``events``, ``count``; R2D ``r2d`` with ``r2d_low``, ``r2d_high`` (95 per cent over
        events), ``r2d_true`` with true amplitudes and arrivals; ``amplitude_rms``, of its
        logarithm, and ``arrival_rms_ms``, of the emulator's peaks.
    """
    positions, truth = drawn.events.positions("test"), drawn.events.traces("test")
    quiet = np.argsort(np.square(truth, dtype=float).sum(1))[:-LOUDEST]
    sets = {
        "all": (positions, truth),
        "without_loudest_5": (positions[quiet], truth[quiet]),
        "near": (drawn.near_positions, drawn.near_traces),
    }
    found: list[dict] = []
    for name, (places, traces) in sets.items():
        predicted, true = emulator.predict(places), preprocessing.find_peaks(traces)
        fine, own = preprocessing.find_peaks(traces, True), emulator.predict_peaks(places)
        low, high = trace_scores.r2d_interval(traces, predicted, seed)
        late = emulator.sample_interval_s * (own.index - fine.index)
        found.append(
            {
                "events": name,
                "count": len(traces),
                "r2d": trace_scores.r2d(traces, predicted),
                "r2d_low": low,
                "r2d_high": high,
                "r2d_true": trace_scores.r2d(traces, emulator.predict(places, true)),
                "amplitude_rms": _rms(np.log(own.amplitude / fine.amplitude)),
                "arrival_rms_ms": 1e3 * _rms(late),
            }
        )
    return found


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))
