"""Emulators by name: what each learns, its settings, and one call that fits any of them."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

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
from latentearth.emulators.events import Events
from latentearth.emulators.labels import LABELS
from latentearth.networks.autoencoder import Autoencoder
from latentearth.operators import trace_scores
from latentearth.training import regression

Settings = (
    direct.Direct
    | pca.PcaNetwork
    | pca.PcaProcesses
    | autoencoder_emulator.AutoencoderNetwork
    | autoencoder_emulator.AutoencoderProcesses
    | cvae_emulator.ConditionalVae
    | wgan_emulator.ConditionalWgan
    | das2018.Das2018
)
EMULATOR_SETTINGS: dict[str, type[Settings]] = {
    "direct": direct.Direct,
    "pca_nn": pca.PcaNetwork,
    "pca_gp": pca.PcaProcesses,
    "ae_nn": autoencoder_emulator.AutoencoderNetwork,
    "ae_gp": autoencoder_emulator.AutoencoderProcesses,
    "cvae": cvae_emulator.ConditionalVae,
    "wgan_gp": wgan_emulator.ConditionalWgan,
    "d18": das2018.Das2018,
    "direct_smooth": direct.Direct,
    "d18_aligned": das2018.Das2018,
}


def choose_reference(events: Events, seed: np.random.SeedSequence) -> tuple[float, float]:
    """Amplitude and index of the peak of a training trace drawn at random, A* and t*."""
    traces = events.traces("train")
    chosen = int(np.random.default_rng(seed).integers(len(traces)))
    peak = preprocessing.find_peaks(traces[chosen : chosen + 1])
    return float(peak.amplitude[0]), float(peak.index[0])


def fit_peaks(
    events: Events,
    fits: peaks.PeakFits,
    reference: tuple[float, float],
    seed: np.random.SeedSequence,
    *,
    direct_wave: peaks.DirectWave | None = None,
) -> dict[str, tuple[peaks.PeakModel, float]]:
    """Both models of amplitude and arrival by name, each with its CPU-seconds.

    Parameters
    ----------
    events
        The traces.
    fits
        How ``ratios``, the paper's model, and ``smooth`` are fitted.
    reference
        From :func:`choose_reference`; aligned traces of several fits are the same if this is.
    seed
        Of the subsets.
    direct_wave
        Of the medium, for ``smooth``; None where it is not known.
    """
    features, traces = events.features("train"), events.traces("train")
    whole, fine = (preprocessing.find_peaks(traces, refine) for refine in (False, True))
    children = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(2)
    start = time.process_time()
    first = peaks.fit_ratios(features, whole, reference, fits.ratios, children[0])
    middle = time.process_time()
    second = peaks.fit_smooth(
        features,
        fine,
        reference,
        fits.smooth,
        children[1],
        robust=None if direct_wave else fits.robust,
        direct=direct_wave,
        jump=fits.jump,
    )
    return {"ratios": (first, middle - start), "smooth": (second, time.process_time() - middle)}


def make_training_data(
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


def fit(
    settings: Settings,
    data: training_data.TrainingData,
    seeds: Sequence[np.random.SeedSequence],
    *,
    checkpoint: str | os.PathLike | None = None,
    device: str = "cpu",
    autoencoder: Autoencoder | None = None,
) -> tuple[list[list], regression.History | None]:
    """Fit an emulator once per seed.

    Parameters
    ----------
    settings
        Of :data:`EMULATOR_SETTINGS`; their type says which emulator.
    data
        From :func:`make_training_data`.
    seeds, checkpoint, device
        As of :func:`latentearth.training.regression.train_regression`.
    autoencoder
        The trained autoencoders, for ``ae_nn`` and ``ae_gp``.

    Returns
    -------
    chains, history
        Stages per seed; the history of a network, or None.

    Raises
    ------
    ValueError
        If the autoencoders are missing.
    """
    more: dict[str, Any] = {"seeds": seeds, "checkpoint": checkpoint, "device": device}
    match settings:
        case pca.PcaProcesses():
            return pca.fit_pca_processes(data, settings, seeds), None
        case das2018.Das2018():
            return das2018.fit(data, settings, seeds), None
        case pca.PcaNetwork():
            return pca.fit_pca_network(data, settings, **more)
        case cvae_emulator.ConditionalVae():
            return cvae_emulator.fit(data, settings, **more)
        case wgan_emulator.ConditionalWgan():
            return wgan_emulator.fit(data, settings, **more)
        case direct.Direct():
            return direct.fit(data, settings, **more)
    if autoencoder is None:
        raise ValueError("this emulator needs the trained autoencoders")
    if isinstance(settings, autoencoder_emulator.AutoencoderNetwork):
        return autoencoder_emulator.fit_autoencoder_network(autoencoder, data, settings, **more)
    return autoencoder_emulator.fit_autoencoder_processes(autoencoder, data, settings, seeds), None


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
    found = base.Emulator(
        kind, events.record.receiver, events.record.sample_interval_s, chain, model
    )
    return found.with_errors(events.positions("validation"), events.traces("validation"))


def report(emulator: base.Emulator, events: Events, part: str) -> float:
    """R2D on a part of the events, printed."""
    found = trace_scores.r2d(events.traces(part), emulator.predict(events.positions(part)))
    print(f"{LABELS[emulator.kind]}: R2D {found:.4f} ({part})")
    return found
