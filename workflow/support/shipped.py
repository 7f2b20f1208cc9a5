"""Weights that come with the project: of these settings, or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping

from latentearth.io import InputError, read_json
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


def of_image(card: str | os.PathLike, origin: Mapping) -> dict:
    """The card of a network that was trained on an image of this origin.

    Raises
    ------
    latentearth.io.InputError
        If it was trained on another.
    """
    content = read_json(card)
    if content["training_image"] != origin:
        raise InputError(
            card,
            "training_image",
            content["training_image"],
            f"{origin}, or lopez_alvis2021.weights: train in the config",
        )
    return content
