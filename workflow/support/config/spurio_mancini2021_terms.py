"""Settings of what else is not known of a trace, beyond Spurio Mancini et al. (2021)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from support.config.base import Count, NotNegative, Positive, Section

Steps = tuple[Positive, Positive, Positive]  # m


class UnknownStations(Section):
    """Delays and gains of stations; standard deviations."""

    delay: NotNegative  # s
    gain: Annotated[NotNegative, Field(lt=0.3)]  # about 1


class Stations(UnknownStations):
    """Delays, gains and noise of the stations, of each event anew."""

    delay: Positive  # s, standard deviation
    gain: Annotated[Positive, Field(lt=0.3)]  # standard deviation, about 1
    levels: Positive  # standard deviation of the logarithm of the noise's size, by station
    corner: tuple[Positive, Positive]  # Hz, between which the noise of a station begins to fall
    order: Count  # of the filter that is learned from the noise before an event


class UnknownVelocities(Section):
    """What is not known of the velocity model; relative standard deviations of both velocities."""

    factor: Annotated[NotNegative, Field(lt=0.1)]  # of all the rock alike
    layers: Annotated[NotNegative, Field(lt=0.1)]  # of each layer
    thickness: Positive  # m, of a layer
    field: Annotated[NotNegative, Field(lt=0.1)]  # of a random field
    lengths: Steps  # m, correlation lengths of the field
    models: Annotated[Count, Field(ge=4)]  # of the ensemble of travel times

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.factor or self.layers or self.field)


class Velocity(UnknownVelocities):
    """The same of models in which events are simulated and located."""

    factor: Annotated[Positive, Field(lt=0.1)]
    layers: Annotated[Positive, Field(lt=0.1)]
    field: Annotated[Positive, Field(lt=0.1)]
    others: Annotated[Count, Field(ge=2)]  # further models, in which events are simulated
    events: Annotated[Count, Field(ge=10)]  # located; they are in these models in turn
    validation: Annotated[Count, Field(ge=40)]  # events in each that errors are learned from
    spacing: Steps  # m, of their grid
    every: Count  # steps of their simulation per sample
    samples: Annotated[Count, Field(ge=100)]  # of a trace, from its first one
