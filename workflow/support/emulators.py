"""Sections of emulators as their settings; autoencoders that the workflow stored."""

from __future__ import annotations

import os

import numpy as np

from latentearth import io
from latentearth.emulators.autoencoder_emulator import TraceFeatures
from latentearth.emulators.registry import EMULATOR_SETTINGS, Settings
from latentearth.networks import weights
from latentearth.networks.autoencoder import Autoencoder
from support.settings import take

SECTION_OF = {"direct_smooth": "direct", "d18_aligned": "d18"}  # kinds with another's section


def emulator_settings(kind: str, section: dict) -> Settings:
    """Settings of a kind, from the section ``emulators`` of the config as plain values."""
    return take(
        EMULATOR_SETTINGS[kind], section[SECTION_OF.get(kind, kind)] | {"slope": section["slope"]}
    )


def autoencoder_settings(section: dict) -> TraceFeatures:
    """Settings of the autoencoders, from the section ``emulators``."""
    return take(TraceFeatures, section["autoencoder"] | {"slope": section["slope"]})


def own_section(kind: str, section: dict) -> dict:
    """The part of the section ``emulators`` that a kind depends on, for provenance."""
    own = section[SECTION_OF.get(kind, kind)]
    more = {"autoencoder": section["autoencoder"]} if kind.startswith("ae_") else {}
    return {**own, **more, "slope": section["slope"], "peaks": section["peaks"]}


def load_autoencoder(
    path: str | os.PathLike, card: str | os.PathLike, settings: TraceFeatures
) -> tuple[Autoencoder, float]:
    """Stored autoencoders, and the CPU-seconds of their training."""
    known = io.read_json(card)
    widths = known["samples"], *settings.hidden, settings.latent
    blank = [np.random.SeedSequence(n) for n in range(known["count"])]  # weights are replaced
    net = Autoencoder(widths, blank, settings.slope)
    weights.load_into(path, "autoencoder", net)
    return net, float(known["cpu_seconds"])
