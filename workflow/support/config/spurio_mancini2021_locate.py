"""Settings of the location of an event that somebody brings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from support.config.base import Count, File, Flag, Number, Positive, Rising, Section
from support.config.spurio_mancini2021_terms import UnknownStations, UnknownVelocities


def _is_time(value: str) -> str:
    """A time that QuakeML can state."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("a time in UTC such as 2026-01-31T12:00:00")
    return value


Time = Annotated[str, Field(strict=True), AfterValidator(_is_time)]


class Unknown(Section):
    """What else is not known of an event, which widens its errors; zeros: nothing."""

    stations: UnknownStations
    velocities: UnknownVelocities


class Locate(Section):
    """Your own event (data/README.md)."""

    records: list[File] = Field(default_factory=list)  # none: an example is made
    picks: File | None = None  # CSV of receiver, time_s
    origin: Annotated[tuple[Number, Number], Rising] | None = None  # s, earliest and latest
    noise: Positive | None = None  # Pa; null: from before the event
    start: Time | None = None  # UTC at 0 s of the records
    anchor: tuple[Number, Number, Number] | None = None  # degrees, degrees, m of x = y = z = 0
    stations: File | None = None  # StationXML beside MiniSEED
    length: Positive | None = None  # s of MiniSEED that are read
    shift: Positive  # s either way from the origin time that picks tell
    moment: Annotated[tuple[Positive, Positive], Rising]  # N m, within which the event's lies
    field_errors: Flag  # of the stored field count
    unknown: Unknown  # what else counts
    scan: Annotated[Count, Field(ge=50)]  # positions looked at first
    starts: Count  # of these are climbed from
    draws: Annotated[Count, Field(ge=50)]  # points per round of importance sampling
    rounds: Count
    wanted: Positive  # effective samples

    @model_validator(mode="after")
    def _records_are_complete(self):
        """What a record does not say itself, and no default can stand for."""
        if not self.records:
            return self
        if self.picks is None and self.origin is None:
            raise ValueError("picks or origin beside records: when may the event have been?")
        if self.anchor is None or self.start is None:
            raise ValueError("anchor and start beside records, which QuakeML cannot do without")
        if (self.stations is None) != (self.length is None):
            raise ValueError("stations and length both (MiniSEED), or neither")
        return self
