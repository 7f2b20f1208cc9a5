"""The typed config: what may stand in ``config.yaml``, checked before anything runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from support.config.base import ConfigError, Count, Flag, Section, Seed, explain
from support.config.lopez_alvis2021 import LopezAlvis2021
from support.config.own_ensemble import OwnEnsemble
from support.config.santos2024 import Santos2024
from support.config.scheiter2022 import Scheiter2022
from support.config.spurio_mancini2021 import SpurioMancini2021

__all__ = ["Config", "ConfigError", "refuse_repeated_keys", "typed", "validate"]


class Data(Section):
    """Where inputs come from."""

    published: Flag


class Config(Section):
    """The whole config; a section per paper."""

    seed: Seed
    scale: Literal["smoke", "laptop", "study", "paper"]
    device: Literal["auto", "cpu", "cuda"]
    training_threads: Count  # of a training on the CPU
    data: Data
    weights: Literal["train", "shipped"]
    own_ensemble: OwnEnsemble
    scheiter2022: Scheiter2022
    santos2024: Santos2024
    lopez_alvis2021: LopezAlvis2021
    spurio_mancini2021: SpurioMancini2021


def typed(given: Any) -> Any:
    """What the command line says inside braces, where Snakemake takes every word for text."""
    if isinstance(given, Mapping):
        return {key: typed(value) for key, value in given.items()}
    if isinstance(given, list):
        return [typed(value) for value in given]
    if not isinstance(given, str):
        return given
    try:
        meant = yaml.safe_load(given)
    except yaml.YAMLError:
        return given
    return meant if isinstance(meant, bool | int | float | None) else given


def refuse_repeated_keys(files: Iterable[str | os.PathLike]) -> None:
    """Refuse config files in which a key stands twice: of the two, YAML takes the last.

    Raises
    ------
    ConfigError
        With one line per key: the file, the key, and the lines where it stands.
    """
    found = []
    for file in files:
        text = Path(file).read_text(encoding="utf-8")
        try:
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:  # JSON with tabs; what cannot be read at all, Snakemake refuses
            continue
        found += [f"config: {file}: {line}" for line in _repeated(root, ())]
    if found:
        raise ConfigError("\n".join(found))


def _repeated(node: yaml.Node | None, path: tuple[str, ...]) -> list[str]:
    """What a YAML node says twice."""
    if isinstance(node, yaml.SequenceNode):
        return [line for item in node.value for line in _repeated(item, path)]
    if not isinstance(node, yaml.MappingNode):
        return []
    found: list[str] = []
    first: dict[str, int] = {}
    for key, value in node.value:
        name, number = str(key.value), key.start_mark.line + 1
        whole = (*path, name)
        if name in first:
            found.append(
                f"{'.'.join(whole)}: stands in line {first[name]} and again in line {number}; "
                "allowed: once, with all its entries"
            )
        first.setdefault(name, number)
        found += _repeated(value, whole)
    return found


def validate(raw: dict) -> Config:
    """Turn the config as read from YAML into its typed form.

    Raises
    ------
    ConfigError
        With one line per fault: the key, the value, and what is allowed.
    """
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError("config: " + explain(Config, error).replace("\n", "\nconfig: "))
