"""Settings of generators of an ensemble that somebody brings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from support.config.base import (
    Count,
    Distinct,
    File,
    Positive,
    Probability,
    Section,
)
from support.config.scheiter2022 import DenseNetworks, Flow

Kind = Literal["two_numbers", "gaussian", "copula", "flow", "cells", "network"]


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("a name of the file's, not empty; or null")
    return value


Name = Annotated[str, Field(strict=True), AfterValidator(_name)]


class OwnNetwork(DenseNetworks):
    """A WGAN (Scheiter et al. 2022, Table A4)."""

    average: Probability
    clip: Positive
    critic_steps: Count


class OwnEnsemble(Section):
    """An ensemble, the generators that learn it, and how they are judged."""

    file: File | None = None
    variable: Name | None = None
    sample: Name | None = None
    chain: Name | None = None
    generators: Annotated[list[Kind], Field(min_length=1), Distinct]
    held_out: Count
    samples: Annotated[Count, Field(ge=40)]
    draws: Annotated[Count, Field(ge=200)]
    knots: Annotated[Count, Field(ge=3)]
    most_points: Count
    flow: Flow
    network: OwnNetwork
