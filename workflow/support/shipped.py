"""Weights that come with the project: of these settings, or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping

from latentearth.io import InputError
from latentearth.networks import weights


def verified(
    path: str | os.PathLike, card: str | os.PathLike, wanted: Mapping[str, object]
) -> None:
    """As :func:`latentearth.networks.weights.verify`, and say what to change in the config."""
    try:
        weights.verify(path, card, wanted)
    except InputError as error:
        raise InputError(
            error.source,
            error.field,
            error.found,
            f"{error.expected}, as in the config; or weights: train",
        ) from error
