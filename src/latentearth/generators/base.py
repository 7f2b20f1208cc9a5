"""One interface of all generators: draw, log density, numbers stored, save and load.

A generator is a frozen dataclass of arrays, plain numbers, and other such dataclasses (the maps
between coordinates that stand before it). Each module has a function ``fit`` that makes one.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from latentearth import io
from latentearth.networks.weights import file_checksum

ROOM = "latentearth.generators"


@dataclass(frozen=True)
class Stored:
    """A dataclass that is written to a file as its arrays and a description of the rest."""

    @property
    def numbers(self) -> int:
        """How many numbers it keeps: the elements of all its arrays."""
        return sum(array.size for array in take_apart(self)[0].values())


@dataclass(frozen=True)
class EnsembleGenerator(Stored):
    """Draws samples like those of an ensemble (sample, coordinate)."""

    def draw(self, count: int, seed: np.random.SeedSequence) -> np.ndarray:
        """`count` new samples, (count, coordinate) float32; the seed alone decides them."""
        raise NotImplementedError

    def log_density(self, samples: np.ndarray) -> np.ndarray:
        """Logarithm of the density at samples (sample, coordinate): float64 (sample,).

        Raises
        ------
        NotImplementedError
            If the generator has no density that can be evaluated.
        """
        raise NotImplementedError(f"{type(self).__name__} has no density")


def take_apart(stored: Stored, prefix: str = "") -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays by dotted name, and what else it takes to put them together again."""
    arrays: dict[str, np.ndarray] = {}
    rest: dict[str, Any] = {}
    for field in dataclasses.fields(stored):
        value, name = getattr(stored, field.name), f"{prefix}{field.name}"
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif isinstance(value, Stored):
            inner, rest[field.name] = take_apart(value, f"{name}.")
            arrays |= inner
        elif isinstance(value, tuple):
            rest[field.name] = []
            for number, part in enumerate(value):
                if isinstance(part, np.ndarray):
                    arrays[f"{name}.{number}"] = part
                    rest[field.name].append(None)
                else:
                    inner, described = take_apart(part, f"{name}.{number}.")
                    arrays |= inner
                    rest[field.name].append(described)
        else:
            rest[field.name] = value
    module = type(stored).__module__.removeprefix(f"{ROOM}.")
    return arrays, {"kind": f"{module}.{type(stored).__name__}", "fields": rest}


def put_together(arrays: Mapping[str, np.ndarray], whole: Mapping, prefix: str = "") -> Any:
    """What :func:`take_apart` took apart.

    Raises
    ------
    KeyError, ValueError, TypeError
        If arrays are missing, or the description is of nothing in this room.
    """
    module, _, name = whole["kind"].partition(".")
    kind = getattr(importlib.import_module(f"{ROOM}.{module}"), name, None)
    if not (isinstance(kind, type) and issubclass(kind, Stored)):
        raise ValueError(f"{whole['kind']} is no generator")
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        here, value = f"{prefix}{field.name}", whole["fields"].get(field.name)
        if field.name not in whole["fields"]:
            values[field.name] = arrays[here]
        elif isinstance(value, list):
            values[field.name] = tuple(
                arrays[f"{here}.{n}"]
                if part is None
                else put_together(arrays, part, f"{here}.{n}.")
                for n, part in enumerate(value)
            )
        elif isinstance(value, Mapping):
            values[field.name] = put_together(arrays, value, f"{here}.")
        else:
            values[field.name] = value
    return kind(**values)


def save(
    path: str | os.PathLike, generator: EnsembleGenerator, card_path, card: Mapping | None = None
) -> None:
    """Write a generator as safetensors, and its card, atomically.

    Parameters
    ----------
    path
        The safetensors file.
    generator
        What to write.
    card_path, card
        The JSON card and its content (provenance, scores); the structure of the generator, the
        count of its numbers and the checksum of the file are added.
    """
    arrays, structure = take_apart(generator)
    with io.atomic(path) as temporary:
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, temporary)
    added = {"generator": structure, "numbers": generator.numbers, "sha256": file_checksum(path)}
    io.write_json(card_path, {**(card or {}), **added})


def load(path: str | os.PathLike, card_path: str | os.PathLike) -> EnsembleGenerator:
    """Read a generator.

    Raises
    ------
    latentearth.io.DamagedFile
        If the file is no whole safetensors file.
    latentearth.io.InputError
        If it is not the file that the card describes.
    """
    try:
        arrays = load_file(path)
    except (OSError, SafetensorError) as error:
        raise io.DamagedFile(path, "file", f"an unreadable file ({error})", "a safetensors file")
    card = io.read_json(card_path)
    if card.get("sha256") != file_checksum(path):
        raise io.InputError(path, "sha256", file_checksum(path), card.get("sha256"))
    try:
        return put_together(arrays, card["generator"])
    except (KeyError, TypeError, ValueError, ImportError) as error:
        found = f"{type(error).__name__}: {error}"
        raise io.InputError(card_path, "generator", found, "one that this version wrote")
