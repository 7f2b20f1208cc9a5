"""Networks that come with the project: as they were made, or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from latentearth import io


def checksum(path: str | os.PathLike) -> str:
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def verify(
    path: str | os.PathLike, card_path: str | os.PathLike, card: dict, settings: dict
) -> None:
    """Refuse weights that changed since their card was written, or are of other settings.

    Parameters
    ----------
    path
        The safetensors file.
    card_path, card
        Its card, with the file's ``sha256``.
    settings
        Entries of the card that must be as here.

    Raises
    ------
    latentearth.io.InputError
        If the checksum or a setting differs.
    """
    found = checksum(path)
    if card.get("sha256") != found:
        raise io.InputError(path, "sha256", found, card.get("sha256"))
    for name, wanted in settings.items():
        if card.get(name) != wanted:
            raise io.InputError(
                card_path, name, card.get(name), f"{wanted}, as in the config; or weights: train"
            )
