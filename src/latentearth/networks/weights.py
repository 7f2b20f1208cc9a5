"""Weights on disk: safetensors, and a JSON card that says what they are and where from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from latentearth import io


def save(
    path: str | os.PathLike, modules: Mapping[str, torch.nn.Module], card_path, card: Mapping
) -> None:
    """Write the weights of several modules, and their card, atomically.

    Parameters
    ----------
    path
        The safetensors file; the tensors are named ``<module>.<parameter>``.
    modules
        The modules by name, for example ``generator`` and ``discriminator``.
    card_path, card
        The JSON card and its content: provenance, architecture, scores.
    """
    tensors = {
        f"{name}.{key}": value.detach().cpu().contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    with io.atomic(path) as temporary:
        save_file(tensors, temporary)
    io.write_json(card_path, card)


def load_into(path: str | os.PathLike, name: str, module: torch.nn.Module) -> None:
    """Read the weights called `name` into a module of the same architecture.

    Raises
    ------
    latentearth.io.DamagedFile
        If the file is no whole safetensors file.
    latentearth.io.InputError
        If it holds other tensors than the module has.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise io.DamagedFile(path, "file", f"an unreadable file ({error})", "a safetensors file")
    prefix = f"{name}."
    own = {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
    wanted = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    found = {key: tuple(value.shape) for key, value in own.items()}
    if found != wanted:
        raise io.InputError(path, f"tensors of {name}", found, wanted)
    module.load_state_dict(own)


def file_checksum(path: str | os.PathLike) -> str:
    """The sha256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def verify(path: str | os.PathLike, card: str | os.PathLike, wanted: Mapping[str, object]) -> None:
    """Refuse weights that changed since their card was written, or are of other settings.

    Parameters
    ----------
    path
        The safetensors file.
    card
        Its card, with the file's ``sha256``.
    wanted
        Entries that the card must have.

    Raises
    ------
    latentearth.io.InputError
        If the checksum or a setting differs.
    """
    known, found = io.read_json(card), file_checksum(path)
    if known.get("sha256") != found:
        raise io.InputError(path, "sha256", found, known.get("sha256"))
    for name, value in wanted.items():
        if known.get(name) != value:
            raise io.InputError(card, name, known.get(name), value)
