"""The typed config: what may stand in ``config.yaml``, checked before anything runs."""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from support.config.base import ConfigError, Count, Index, Section, explain
from support.config.lopez_alvis2021 import LopezAlvis2021
from support.config.santos2024 import Santos2024
from support.config.scheiter2022 import Scheiter2022
from support.config.spurio_mancini2021 import SpurioMancini2021

__all__ = ["Config", "ConfigError", "validate"]


class Data(Section):
    """Where inputs come from."""

    published: bool


class Config(Section):
    """The whole config; a section per paper."""

    seed: Index
    scale: Literal["smoke", "laptop", "study", "paper"]
    device: Literal["auto", "cpu", "cuda"]
    training_threads: Count  # of a training on the CPU
    data: Data
    weights: Literal["train", "shipped"]
    scheiter2022: Scheiter2022
    santos2024: Santos2024
    lopez_alvis2021: LopezAlvis2021
    spurio_mancini2021: SpurioMancini2021


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
