"""Settings of the inversions of Lopez-Alvis et al. (2021) and its poster."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Flag,
    FlowMatchingLaw,
    Index,
    NotNegative,
    Number,
    Positive,
    Products,
    Resources,
    Rising,
    Section,
)

Truth = Literal["mc1", "mc2", "mc3", "mv1", "mv2", "mv3"]
Factor = Annotated[Number, Field(gt=0, le=1)]
Velocity = Annotated[Number, Field(gt=0.01, lt=0.3)]  # m/ns: radar waves, from water to air
Position = Annotated[Number, Field(ge=0, le=12.9)]
Case = Literal["VSnnn", "VSbnn", "VSbod", "VSbrd", "SAnnn", "SSbnd"]
CASES = get_args(Case)


def _both(values: dict) -> dict:
    if len(values) < 2:
        raise ValueError("vae and sgan, each with a value")
    return values


Network = Literal["vae", "sgan"]
Both = AfterValidator(_both)  # of what each network has its own of


class Survey(Section):
    """Antennas in two boreholes (section 2.5): depths in m, and x of sources and receivers in m."""

    first: Position
    last: Position
    every: Positive
    straight_x: Annotated[tuple[Position, Position], Distinct]
    curved_x: Annotated[tuple[Position, Position], Distinct]


class Descent(Section):
    """One row of Table 1: `batch` null is all data, `decay_every` counts steps."""

    network: Network
    optimizer: Literal["sgd", "adam"]
    batch: Count | None
    regularization: Literal["none", "origin", "ring"]
    step: Positive
    step_decay: Factor = 1.0
    decay_every: Count = 25
    weight: NotNegative = 0.0
    weight_decay: Factor = 1.0
    clipping: Flag = False


class Runs(Section):
    """How many inversions of each kind, and how long; of some cases more (`at_least`)."""

    starts: Count
    at_least: Annotated[dict[Case, Count], Field(default_factory=dict)]
    iterations: Count
    truths: Annotated[list[Truth], Field(min_length=1), Distinct]


class Nonlinear(Section):
    """Section 3.3: shortest paths, with secondary nodes on each side of a cell."""

    truths: Annotated[list[Truth], Field(min_length=1), Distinct]
    iterations: Count
    secondary: Index
    data_secondary: Index
    engine: Literal["sweeping", "ttcrpy"]
    descent: Descent


class Regularized(Section):
    """Inversions without a network: damping, smoothing, total variation.

    Their weight follows from the data's error, ns: `least_error` where there is no noise.
    """

    least_error: Positive
    isotropic: Flag
    iterations: Count
    tracings: Count


class Scenario(Section):
    """Data of another survey or with other errors: antennas every so many m, to a depth in m.

    `antennas`: so many of them, at random places, in each borehole; all without it.
    `posterior`: whether the mean of the posterior of codes is found as well, which costs more.
    """

    every: Positive = 0.5
    last: Position = 12.5
    antennas: Annotated[Count, Field(ge=2)] | None = None
    noise: NotNegative = 0.25
    correlated: Flag = False
    posterior: Flag = False


class DataTable(Section):
    """Beyond the paper: new truths, inverted from fewer and worse data, by name."""

    truths: Count
    iterations: Count
    scenarios: Annotated[
        dict[Annotated[str, Field(strict=True, min_length=1)], Scenario], Field(min_length=1)
    ]


class LatentPosterior(Section):
    """Beyond the paper: posteriors of codes, by Gauss and Newton.

    `learned`: crops of which the VAE's error in the data is learned; `inverted`: further ones, of
    which is learned how inversions err; `events`: new truths for ranks and coverage; `shown`:
    samples drawn.
    """

    learned: Annotated[Count, Field(ge=6)]
    inverted: Count
    events: Count
    shown: Count


class Priors(Section):
    """Beyond the paper: the law of the VAE's codes by flow matching, beside other priors.

    `encoded`: crops whose codes it learns; `samples`: of each prior, of which `shown` are drawn;
    `events`: new truths inverted.
    """

    encoded: Annotated[Count, Field(ge=6)]
    law: FlowMatchingLaw
    samples: Annotated[Count, Field(ge=2)]
    shown: Count
    events: Count


class Poster(Section):
    """The poster's histograms: one truth, noise levels in ns, starting points per network."""

    truth: Truth
    noise: Annotated[list[Positive], Field(min_length=2, max_length=2), Distinct]
    cases: Annotated[dict[Network, Case], Both]
    starts: Annotated[dict[Network, Count], Both]
    iterations: Annotated[dict[Network, Count], Both]


class NewTruths(Section):
    """Beyond the paper: crops that no network has seen, each inverted from some starts."""

    count: Count
    starts: Count
    iterations: Count


class Toy(Section):
    """Figure 6: stochastic descent among three minima."""

    iterations: Count
    step: Positive
    step_decay: Factor
    weight: NotNegative
    weight_decay: Factor
    decay_every: Count
    noise: NotNegative
    starts: Count


class Own(Section):
    """A user's survey, and traveltimes measured with it (data/README.md)."""

    survey: File | None = None
    traveltimes: File | None = None
    operator: Literal["straight", "curved"] = "straight"
    cell: Positive = 0.1  # m: the domain has 129 x 65 of them
    origin: tuple[Number, Number] = (0.0, 0.0)  # m: x and depth of its upper left corner
    noise: Positive | None = None  # ns, where the traveltimes come without errors; null: unknown
    starts: Count = 10
    iterations: Count = 3000

    @model_validator(mode="after")
    def _domain_has_data(self):
        """Only traveltimes of the user are inverted in a domain other than the paper's."""
        if self.elsewhere and not self.traveltimes:
            raise ValueError("traveltimes beside own.cell and own.origin")
        return self

    @property
    def elsewhere(self) -> bool:
        """Whether the domain is another than the paper's."""
        return (self.cell, *self.origin) != (0.1, 0.0, 0.0)


class Inversion(Section):
    """Sections 2.4, 2.5, 3.2 and 3.3."""

    survey: Survey
    velocities: tuple[Velocity, Velocity]
    noise: Positive
    complexity: Annotated[tuple[Factor, Factor, Factor], Rising]
    linear: Annotated[dict[Network, Runs], Both]
    cases: dict[Case, Descent]
    nonlinear: Nonlinear
    regularized: Regularized
    poster: Poster
    new_truths: NewTruths
    data_table: DataTable
    posterior: LatentPosterior
    priors: Priors
    toy: Toy
    own: Own = Own()
    products: Products
    group: Annotated[dict[Network, Count], Both]
    checkpoint_every: Count
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _complete(self):
        """All cases of Table 1 are there; survey and batches are possible."""
        missing = [name for name in CASES if name not in self.cases]
        if missing:
            raise ValueError(f"all cases of Table 1 (missing: {', '.join(missing)})")
        if self.survey.last < self.survey.first:
            raise ValueError("survey.last not above survey.first")
        if self.velocities[0] == self.velocities[1]:
            raise ValueError("two different velocities, or the data say nothing")
        for network, runs in self.linear.items():
            for case in runs.at_least:
                if self.cases[case].network != network:
                    raise ValueError(f"linear.{network}.at_least of {case}, which has another")
        if self.poster.truth not in self.linear["vae"].truths:
            raise ValueError("poster.truth among linear.vae.truths")
        if self.data_table.truths > self.new_truths.count:
            raise ValueError("data_table.truths not above new_truths.count")
        for name, events in (("posterior", self.posterior.events), ("priors", self.priors.events)):
            if events > self.new_truths.count:
                raise ValueError(f"{name}.events not above new_truths.count")
        if self.priors.shown > self.priors.samples:
            raise ValueError("priors.shown not above priors.samples")
        if not set(self.nonlinear.truths) <= set(self.linear["vae"].truths):
            raise ValueError("nonlinear.truths among linear.vae.truths")
        return self
