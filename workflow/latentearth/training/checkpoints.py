"""Checkpoints of a training run: whole, tied to their settings, and safe to read."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from latentearth import io


def save(path: str | os.PathLike, state: dict, settings: dict) -> None:
    """Write a checkpoint atomically; the one before stays until the new one is whole.

    Parameters
    ----------
    path
        The checkpoint.
    state
        Tensors and plain values, nested in dictionaries and lists.
    settings
        What the run depends on; a run of other settings will not take it up.
    """
    with io.atomic(path) as temporary:
        torch.save({"settings": repr(sorted(settings.items())), "state": state}, temporary)


def load(path: str | os.PathLike, settings: dict) -> dict | None:
    """Read a checkpoint, or None (with a line that says why) if there is none to take up."""
    path = Path(path)
    if not path.is_file():
        return None
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
        same = found["settings"] == repr(sorted(settings.items()))
    except Exception as error:  # any damage means the same: start anew
        print(f"checkpoint {path} cannot be read ({type(error).__name__}); starting anew")
        return None
    if not same:
        print(f"checkpoint {path} was made with other settings; starting anew")
        return None
    return found["state"]
