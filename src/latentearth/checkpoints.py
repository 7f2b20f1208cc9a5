"""Checkpoints of a training or a sampling: whole, tied to their settings, and safe to read.

A file is a line with the checksum of all that follows, and what torch writes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io as memory
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn

from latentearth import io


class Stateful(Protocol):
    """A part of a training whose state belongs to its checkpoints: a network, an optimiser."""

    def state_dict(self) -> dict[str, Any]:
        """What decides how it goes on."""

    def load_state_dict(self, state: dict[str, Any], /) -> object:
        """Take it up."""


def identity(settings: dict, *beginning: object) -> dict:
    """What a run depends on: its settings, and a checksum of all that it begins with.

    Without the latter, a run of another seed or of other data would take up the checkpoint of an
    interrupted one, and end with weights that belong to neither.

    Parameters
    ----------
    settings
        Of the training.
    beginning
        Networks before their first step, data, sources of batches and of random numbers:
        tensors, arrays, plain values, and objects with a ``state_dict`` (of which all
        attributes count).
    """
    return settings | {"beginning": fingerprint(*beginning)}


def fingerprint(*parts: object) -> str:
    """Checksum of tensors, arrays, plain values and what nests them, see :func:`identity`."""
    digest = hashlib.sha256()
    for part in parts:
        _digest(digest, part)
    return digest.hexdigest()


def _digest(digest, part: object) -> None:
    """Add a value, and what is in it, to a checksum."""
    if isinstance(part, torch.Tensor):
        part = part.detach().cpu().contiguous()
        digest.update(f"{part.dtype} {tuple(part.shape)}".encode())
        digest.update(part.reshape(-1).view(torch.uint8).numpy())
    elif isinstance(part, np.ndarray):
        digest.update(f"{part.dtype} {part.shape}".encode())
        digest.update(np.ascontiguousarray(part).reshape(-1).view(np.uint8))
    elif isinstance(part, nn.Module):
        _digest(digest, part.state_dict())
    elif isinstance(part, np.random.Generator):
        _digest(digest, part.bit_generator.state)
    elif isinstance(part, torch.Generator):
        _digest(digest, part.get_state())
    elif isinstance(part, np.random.SeedSequence):
        _digest(digest, part.generate_state(8))
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        _digest(digest, vars(part))
    elif isinstance(part, Mapping):
        for name, value in part.items():
            digest.update(f"{name}:".encode())
            _digest(digest, value)
    elif isinstance(part, list | tuple):
        digest.update(f"{len(part)} of".encode())
        for value in part:
            _digest(digest, value)
    elif hasattr(part, "state_dict"):
        known = {name: value for name, value in vars(part).items() if not callable(value)}
        _digest(digest, known | {"state": part.state_dict()})
    elif part is None or isinstance(part, str | int | float | np.generic | torch.device):
        digest.update(f"{type(part).__name__} {part}".encode())
    else:
        raise TypeError(f"{type(part).__name__} has no checksum")


def save(path: str | os.PathLike, state: dict, settings: dict) -> None:
    """Write a checkpoint atomically; the one before stays until the new one is whole.

    Parameters
    ----------
    path
        The checkpoint.
    state
        Tensors and plain values, nested in dictionaries and lists. Scalars of numpy come back as
        plain ones, tuples as lists.
    settings
        What the run depends on, see :func:`identity`; another run will not take it up.

    Raises
    ------
    TypeError
        If the state holds anything else, so that it could not be read again.
    """
    content = memory.BytesIO()
    torch.save({"settings": repr(sorted(settings.items())), "state": _plain(state)}, content)
    digest = hashlib.sha256(content.getbuffer()).hexdigest()
    _read(content)
    with io.atomic(path) as temporary, open(temporary, "wb") as file:
        file.write(_first_line(digest))
        file.write(content.getbuffer())


def _read(content: memory.BytesIO) -> dict:
    """What a checkpoint holds; nothing in it is run."""
    content.seek(0)
    try:
        return torch.load(content, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = str(error).replace("\n", " ")
        raise TypeError(f"a checkpoint that could not be read again: {reason:.300}") from None


def _first_line(digest: str) -> bytes:
    return f"latentearth checkpoint, sha256 {digest}\n".encode("ascii")


FIRST_LINE = len(_first_line("0" * 64))  # bytes


def _plain(value: object) -> object:
    """The same content without scalars of numpy, which the safe reader of torch does not take."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


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
    whole = path.read_bytes()
    first, content = whole[:FIRST_LINE], memory.BytesIO(whole[FIRST_LINE:])
    if first != _first_line(hashlib.sha256(content.getbuffer()).hexdigest()):
        print(f"checkpoint {path} is damaged, or of an older version; starting anew")
        return None
    found = _read(content)
    if found["settings"] != repr(sorted(settings.items())):
        print(f"checkpoint {path} was made with other settings, seeds or data; starting anew")
        return None
    return found["state"]
