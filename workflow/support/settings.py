"""From sections of the config to the dataclasses of the library."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import numpy as np
import torch

from latentearth.networks.mlp_gan import MLP
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.ensemble_gans import Architecture
from latentearth.training.histories import History
from latentearth.training.patch_wgans import train_patches
from latentearth.training.validation import Watch


def take(kind: type, section: Mapping):
    """A dataclass from those entries of a section that it has, its own dataclasses likewise."""
    types, values = get_type_hints(kind), {}
    for field in fields(kind):
        if field.name not in section:
            continue  # the dataclass has a default, or says what is missing
        value = section[field.name]
        if is_dataclass(types[field.name]) and isinstance(value, Mapping):
            value = take(types[field.name], value)
        values[field.name] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


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
