"""Settings of location with origin time and moment tensor, beyond Spurio Mancini et al. (2021)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from support.config.base import Count, Positive, Section

Steps = tuple[Positive, Positive, Positive]  # m


class Mechanisms(Section):
    """Events of every type near the event to be located."""

    events: Annotated[Count, Field(ge=4)]  # explosions, double couples, CLVDs and others in turn
    validation: Annotated[Count, Field(ge=10)]  # further ones, to learn the field's errors from
    spacing: Steps  # m, of the grid that their traces come from
    every: Count  # steps of its simulation per sample
    box: Steps  # m around the event, where they are and are looked for
    peak_to_noise: Positive  # of the first receiver's trace of the event, as of an explosion
    shift: Positive  # s, largest origin time either way
    deviations: Annotated[list[Positive], Field(min_length=1)]  # of the tensor, in moments
    scan: Count  # positions looked at first
    starts: Count  # of these are climbed from
    draws: Annotated[Count, Field(ge=50)]  # points per round of importance sampling
    rounds: Count
    wanted: Positive  # effective samples
