"""Checkpoints of a training run: whole, tied to their settings, and safe to read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

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


def refuse_spoilt(
    label: str, when: str, losses: Mapping[str, object], networks: Mapping[str, nn.Module]
) -> None:
    """Stop a training whose weights are no longer numbers, before they reach a file.

    A loss can be finite while the step that follows from it is not, and a record of losses may
    come later than a checkpoint.

    Parameters
    ----------
    label, when
        Which training, and where in it, for the message.
    losses
        The last ones by name, for the message.
    networks
        Whose parameters are looked at.

    Raises
    ------
    FloatingPointError
        If a parameter is NaN or infinite.
    """
    for name, network in networks.items():
        if not all(bool(torch.isfinite(value).all()) for value in network.parameters()):
            known = ", ".join(f"{key} {value}" for key, value in losses.items())
            raise FloatingPointError(
                f"{label}: weights of the {name} are not finite {when}, where the losses are "
                f"{known}; the last checkpoint is kept"
            )


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
