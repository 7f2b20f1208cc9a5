"""Settings of Spurio Mancini et al. (2021): microseismic location with emulators."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Index,
    NotNegative,
    Number,
    Positive,
    Resources,
    Section,
)
from support.config.spurio_mancini2021_emulators import EmulatorKind, Emulators
from support.config.spurio_mancini2021_locate import Locate
from support.config.spurio_mancini2021_mechanisms import Mechanisms
from support.config.spurio_mancini2021_terms import Stations, Velocity

Position = tuple[NotNegative, NotNegative, NotNegative]  # m: x, y, and z above the model's base
# m: x, y on the sea bed, or x, y and z above the model's base
Place = Annotated[tuple[NotNegative, ...], Field(min_length=2, max_length=3)]
Published = Literal["model", "coordinates", "traces"]
Steps = tuple[Positive, Positive, Positive]  # m
Text = Annotated[str, Field(strict=True, pattern=r"\S")]  # not empty


class Model(Section):
    """The velocity model: ours, a user's, or the published one."""

    file: File | None = None  # netCDF (data/README.md)
    sea_bed: Positive  # m, of ours


class Simulation(Section):
    """The elastic wave equation (section 3.1)."""

    spacing: Steps  # m
    step: Positive  # s
    every: Count  # steps from one sample of a trace to the next
    samples: Annotated[Count, Field(ge=50)]  # of a trace
    frequency: Positive  # Hz, of the source
    moment: Positive  # N m, each diagonal component
    vs_floor: Positive  # m/s; slower S waves are not resolved on the grid
    pml: Annotated[Count, Field(ge=5)]  # nodes
    engine: Literal["kernel", "deepwave"]


class Greens(Section):
    """Green's functions, kept on nodes of the simulation's grid."""

    every: tuple[Count, Count, Count]  # nodes from one to the next, of explosions in all the rock
    samples: Count  # of traces from one stored sample to the next
    box: Steps  # m around the event, where they are kept on all nodes for any moment tensor


class Sources(Section):
    """Where events of the training, validation and test sets are."""

    count: Annotated[Count, Field(ge=50)]
    train: Annotated[Count, Field(ge=20)]  # the first of them
    validation: Annotated[Count, Field(ge=10)]  # the next; the others are the test set
    keep_out: NotNegative  # m around each receiver
    clearance: NotNegative  # m between the sea bed and the highest source
    file: File | None = None  # your own coordinates, netCDF or npy (data/README.md)

    @model_validator(mode="after")
    def _some_are_left(self):
        """The test set needs sources, too."""
        # a file has its own number of events, which is looked at when it is read
        if self.file is None and self.train + self.validation >= self.count:
            raise ValueError("train + validation below count, so that a test set is left")
        return self


class GivenTraces(Section):
    """Traces that are not simulated here: your own, or the published ones."""

    files: dict[Index, File] = Field(default_factory=dict)  # by the number of the receiver
    interval: Positive | None = None  # s; null: from the files
    units: Text | None = None  # of files that state none; null: unknown
    delay: Number | None = None  # s, of the pulse's peak after the origin time; null: unknown

    @model_validator(mode="after")
    def _interval_is_known(self):
        """An npy file holds samples alone."""
        if self.interval is None and any(name.endswith(".npy") for name in self.files.values()):
            raise ValueError("interval (s) beside npy files, which do not state it")
        return self


class Validation(Section):
    """A part of the model on a finer grid, against the simulation's grid."""

    refinement: Annotated[Count, Field(ge=2)]
    half_width: Positive  # m, around the central receiver
    depth: Positive  # m below the sea bed
    samples: Annotated[Count, Field(ge=20)]
    sources: Annotated[Count, Field(ge=10)]


def _four(receivers: list[Place]) -> list[Place]:
    """Figures name the first four; those that nobody asks for are not simulated."""
    if len(receivers) < 4:
        raise ValueError(
            "4 receivers at least: leave some of ours behind yours, none of which is simulated "
            "before a target needs it. Emulators need one receiver, location three"
        )
    return receivers


def _enough(receivers: list[int]) -> list[int]:
    """A position has three coordinates; emulators learn one receiver each."""
    if len(receivers) < 3:
        raise ValueError(
            "3 receivers at least, which location needs (those without traces.files are "
            "simulated). Emulators need one: snakemake "
            "results/spurio_mancini2021/emulators/0/NAME_0.safetensors and table1.csv"
        )
    return receivers


class Inference(Section):
    """Section 3.2.2 and 3.3."""

    receivers: Annotated[list[Index], Distinct, AfterValidator(_enough)]
    peak_to_noise: Positive  # of the observed trace at the first of these receivers
    emulator: EmulatorKind  # the kind that locates; see emulators
    rival: EmulatorKind  # the kind of Figure 10 that it is compared with
    sampler: Literal["multinest", "nautilus"]
    rival_sampler: Literal["multinest", "nautilus"]
    live: Annotated[Count, Field(ge=50)]
    pick_error: Positive  # s
    exponent: Positive  # N of equation (14)
    box: Steps  # m around the event, for the posterior by the solver's own wave field

    @model_validator(mode="after")
    def _two_kinds(self):
        """An emulator cannot be compared with itself."""
        if self.rival == self.emulator:
            raise ValueError(f"rival: another kind than emulator = {self.emulator}")
        return self


class Calibration(Section):
    """Events of the test set located with each likelihood."""

    events: Annotated[Count, Field(ge=10)]
    emulators: Annotated[list[EmulatorKind], Field(min_length=1), Distinct]
    scan: Count  # points of the prior that are looked at first
    draws: Count  # points per round of importance sampling
    rounds: Count


class EdtReceivers(Section):
    """Arrival times at sets of receivers on a lattice."""

    along: Annotated[Count, Field(ge=3, le=8)]  # receivers along x, and along y
    every: Count  # nodes of the model from one to the next, of travel times


class LearnedPosterior(Section):
    """A posterior that is learned once for all events."""

    components: Count  # principal components of the traces of each receiver
    width: Count  # hidden units
    layers: Count
    mixed: Count  # distributions in the mixture
    bank: Annotated[Count, Field(ge=100)]  # positions whose traces it learns from
    steps: Count
    batch: Count  # positions in a step
    learning_rate: Positive
    draws: Annotated[Count, Field(ge=100)]  # of an event


class Methods(Section):
    """Events of another grid located in several ways."""

    events: Annotated[Count, Field(ge=10)]
    # further ones of the same simulation, from which errors of stored traces are learned
    validation: Annotated[Count, Field(ge=40)]
    rival_events: Count  # the first of them, located by inference.rival
    spacing: Steps  # m, of that grid
    every: Count  # steps of its simulation from one sample of a trace to the next
    scan: Count  # points of the prior that are looked at first
    draws: Count  # points per round of importance sampling
    rounds: Count
    npe: LearnedPosterior


class SpurioMancini2021(Section):
    """Spurio Mancini et al. (2021): microseismic location with emulators."""

    model: Model
    simulation: Simulation
    greens: Greens
    sources: Sources
    traces: GivenTraces
    receivers: Annotated[list[Place], Distinct, AfterValidator(_four)]
    event: Position  # the one to be located
    published: Annotated[list[Published], Distinct]  # with data.published
    validation: Validation
    inference: Inference
    calibration: Calibration
    methods: Methods
    edt_receivers: EdtReceivers
    mechanisms: Mechanisms
    locate: Locate
    stations: Stations
    velocity: Velocity
    emulators: Emulators
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _receivers_exist(self):
        """Receivers are named by their number in the list."""
        count = len(self.receivers)
        named = [*self.inference.receivers, *self.traces.files]
        if max(named) >= count:
            raise ValueError(f"numbers of receivers from 0 to {count - 1}")
        return self

    @model_validator(mode="after")
    def _traces_have_coordinates(self):
        """Traces without the positions of their sources say nothing."""
        if self.traces.files and not self.sources.file:
            raise ValueError("sources.file beside traces.files")
        if "traces" in self.published and "coordinates" not in self.published:
            raise ValueError("published: coordinates beside traces")
        return self
