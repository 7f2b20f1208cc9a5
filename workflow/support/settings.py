"""From sections of the config to the dataclasses of the library."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import torch

from latentearth.networks.mlp_gan import MLP
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.ensemble_gans import Architecture
from latentearth.training.histories import History
from latentearth.training.patch_wgans import train_patches
from latentearth.training.validation import Watch


def take(kind: type, settings: dict):
    """A dataclass from those entries of the settings that it has."""
    names = {field.name for field in fields(kind)}
    return kind(
        **{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items() if k in names}
    )


def gan_settings(settings: dict) -> tuple[Architecture, AdversarialTraining]:
    """Architecture and training settings from one section of the config."""
    return take(Architecture, settings), take(AdversarialTraining, settings)


def watch_of(section: dict) -> Watch:
    """How a training of the core-mantle boundary is watched, from its section."""
    return Watch(section["validate_every"], section["validation"], section["keep"])


def train_patch_section(
    ensembles: Sequence[np.ndarray],
    section: dict,
    seeds: Sequence[np.random.SeedSequence],
    device: torch.device | str = "cpu",
    checkpoint: str | os.PathLike | None = None,
) -> tuple[MLP, MLP, History]:
    """As :func:`train_patches`, by a section of the config as plain values."""
    return train_patches(
        ensembles,
        *gan_settings(section | {"loss": "wgan", "optimizer": "rmsprop"}),
        seeds,
        watch_of(section),
        reference=section["reference"],
        device=device,
        checkpoint=checkpoint,
        label=f"training {len(ensembles)} WGANs",
    )
