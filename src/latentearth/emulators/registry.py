"""The kinds of emulators by name, and one call that fits any of them.

Letters are those of Figure 3 of Spurio Mancini et al. (2021).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from latentearth import io
from latentearth.emulators import (
    autoencoder_emulator,
    base,
    cvae_emulator,
    das2018,
    direct,
    pca,
    peaks,
    preprocessing,
    training_data,
    wgan_emulator,
)
from latentearth.emulators import gaussian_processes as gp
from latentearth.emulators.events import Events
from latentearth.networks import weights
from latentearth.networks.autoencoder import Autoencoder
from latentearth.operators import trace_scores
from latentearth.training import conditional_training, regression

LABELS = {
    "direct": "NN direct (A)",
    "pca_nn": "PCA + NN (B)",
    "pca_gp": "PCA + GP (C)",
    "ae_nn": "AE + NN (D)",
    "ae_gp": "AE + GP (E)",
    "cvae": "CVAE (F)",
    "wgan_gp": "WGAN-GP (G)",
    "d18": "D18",
    "direct_smooth": "NN direct, smooth alignment",
    "d18_aligned": "D18, aligned traces",
}
# Kinds that have the settings of another one.
SETTINGS_OF = {"direct_smooth": "direct", "d18_aligned": "d18"}


def settings(kind: type, values: dict):
    """A settings dataclass from those entries of a section of the config that it has."""
    names = {field.name for field in fields(kind)}
    return kind(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in names}
    )


def fit_peaks(
    events: Events, s: dict, seed: np.random.SeedSequence
) -> dict[str, tuple[peaks.PeakModel, float]]:
    """Both models of amplitude and arrival by name, each with its CPU-seconds.

    Parameters
    ----------
    events
        The traces.
    s
        The section ``emulators.peaks`` of the config as plain values.
    seed
        Of reference trace and subsets.
    """
    features, traces = events.features("train"), events.traces("train")
    whole, fine = (preprocessing.find_peaks(traces, refine) for refine in (False, True))
    children = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(3)
    chosen = int(np.random.default_rng(children[0]).integers(len(traces)))
    reference = float(whole.amplitude[chosen]), float(whole.index[chosen])
    start = time.process_time()
    gpy = peaks.fit_gpy(features, whole, reference, **s["gpy"], seed=children[1])
    middle = time.process_time()
    smooth = peaks.fit_smooth(
        features, fine, reference, settings(gp.GaussianFit, s["smooth"]), children[2], s["robust"]
    )
    return {"gpy": (gpy, middle - start), "smooth": (smooth, time.process_time() - middle)}


def make_problem(
    kind: str, events: Events, models: dict[str, peaks.PeakModel]
) -> training_data.TrainingData:
    """What a kind learns: aligned traces, or for D18 the traces as they are.

    ``direct_smooth`` aligns each trace with the *modelled* peak, which follows the position
    smoothly, rather than with the picked one: what the model misses is then learnt with the rest,
    and nothing jumps from sample to sample when the source moves. ``d18_aligned`` is D18 with the
    preprocessing of the others, which the authors tried (section 3.2.1).
    """
    train, held_out = events.traces("train"), events.traces("validation")
    features, others = events.features("train"), events.features("validation")
    if kind == "d18":
        return training_data.make(features, train, others, held_out)
    if kind == "direct_smooth":
        model = models["smooth"]
        found = model.predict(features), model.predict(others)
    else:
        found = preprocessing.find_peaks(train), preprocessing.find_peaks(held_out)
    reference = models["smooth"].reference
    return training_data.make_aligned(
        features, train, found[0], (others, held_out, found[1]), reference
    )


def fit_autoencoder(
    data: training_data.TrainingData,
    s: dict,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
) -> tuple[Autoencoder, regression.History]:
    """The autoencoder of AE+NN and AE+GP, from the section ``emulators`` of the config."""
    return autoencoder_emulator.fit_autoencoder(
        data,
        s["autoencoder"]["hidden"],
        s["autoencoder"]["latent"],
        s["slope"],
        settings(regression.RegressionTraining, s["autoencoder"]["training"]),
        seeds,
        checkpoint,
        device,
    )


def fit(
    kind: str,
    data: training_data.TrainingData,
    s: dict,
    seeds: Sequence[np.random.SeedSequence],
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
    encoder: Autoencoder | None = None,
) -> tuple[list[list], regression.History | None]:
    """Fit a kind once per seed.

    Parameters
    ----------
    kind
        A key of :data:`NAMES`.
    data
        From :func:`make_problem`.
    s
        The section ``emulators`` of the config as plain values.
    seeds, checkpoint, device
        As of :func:`latentearth.training.regression.train_regression`.
    encoder
        The trained autoencoders, for ``ae_nn`` and ``ae_gp``.

    Returns
    -------
    chains, history
        Stages per seed; the history of a network, or None.
    """
    own, slope = s[SETTINGS_OF.get(kind, kind)], s["slope"]
    if "processes" in own:
        processes = settings(gp.GaussianFit, own["processes"])
        if kind == "pca_gp":
            return pca.fit_processes(data, own["components"], processes, seeds), None
        if kind == "ae_gp":
            return autoencoder_emulator.fit_processes(_given(encoder), data, processes, seeds), None
        return das2018.fit(data, own["dominant"], processes, seeds), None
    more: dict[str, Any] = {"seeds": seeds, "checkpoint": checkpoint, "device": device}
    if kind == "wgan_gp":
        training = settings(conditional_training.ConditionalTraining, own["training"])
        widths = own["generator"], own["critic"], own["projection"]
        return wgan_emulator.fit(data, *widths, slope, training, **more)
    training = settings(regression.RegressionTraining, own["training"])
    if kind == "pca_nn":
        return pca.fit_network(data, own["components"], own["hidden"], slope, training, **more)
    if kind == "ae_nn":
        return autoencoder_emulator.fit_network(
            _given(encoder), data, own["hidden"], slope, training, **more
        )
    if kind == "cvae":
        return cvae_emulator.fit(
            data, own["hidden"], own["latent"], own["deviation"], slope, training, **more
        )
    return direct.fit(data, own["hidden"], slope, training, **more)


def _given(encoder: Autoencoder | None) -> Autoencoder:
    if encoder is None:
        raise ValueError("this kind needs the trained autoencoders")
    return encoder


def assemble(
    kind: str, events: Events, chain: list, model: peaks.PeakModel | None
) -> base.Emulator:
    """An emulator with its errors on the validation set.

    Parameters
    ----------
    kind, events
        As above.
    chain
        Stages of one seed.
    model
        Of the peaks; none for D18.
    """
    found = base.Emulator(kind, events.record.receiver, events.record.step, chain, model)
    return found.with_errors(events.positions("validation"), events.traces("validation"))


def load_autoencoder(path: str | os.PathLike, card: str | os.PathLike, s: dict):
    """Stored autoencoders, and the CPU-seconds of their training.

    Parameters
    ----------
    path, card
        Weights and JSON card.
    s
        As of :func:`fit`.
    """
    known = io.read_json(card)
    widths = (known["samples"], *s["autoencoder"]["hidden"], s["autoencoder"]["latent"])
    blank = [np.random.SeedSequence(n) for n in range(known["count"])]  # weights are replaced
    net = Autoencoder(widths, blank, s["slope"])
    weights.load_into(path, "autoencoder", net)
    return net, float(known["cpu_seconds"])


def own_section(kind: str, s: dict) -> dict:
    """The part of the section ``emulators`` that a kind depends on, for provenance."""
    own = s[SETTINGS_OF.get(kind, kind)]
    more = {"autoencoder": s["autoencoder"]} if kind.startswith("ae_") else {}
    return {**own, **more, "slope": s["slope"], "peaks": s["peaks"]}


def report(emulator: base.Emulator, events: Events, part: str) -> float:
    """R2D on a part of the events, printed."""
    found = trace_scores.r2d(events.traces(part), emulator.predict(events.positions(part)))
    print(f"{LABELS[emulator.kind]}: R2D {found:.4f} ({part})")
    return found
