"""Settings of the recovery of marble cakes by several priors, beyond Santos et al. (2024)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    Flag,
    Index,
    InOrder,
    Number,
    Positive,
    Probability,
    Resources,
    Section,
)

PriorName = Literal["stirring", "curve_flow"]
Waves = Annotated[Number, Field(ge=1, le=32)]  # L / lambda_0


class Coarse(Section):
    """Images of fewer pixels, that say which proposals are worth the full ones."""

    size: Annotated[Count, Field(ge=8)]
    steps: Count  # of the tracing
    every: Count  # of as many steps of a curve flow, one is made


class Fitted(Section):
    """Independent draws of densities fitted to a population, which take its place."""

    draws: Annotated[Count, Field(ge=20)] = 400  # a round
    rounds: Index = 0  # at most; 0: the population stays
    wanted: Positive = 100.0  # effective draws with which rounds end
    learned: Positive = 80.0  # effective draws that a fit rests on
    components: Count = 1  # of the mixture


class Population(Section):
    """Particles that learn their moves from each other."""

    particles: Annotated[Count, Field(ge=16)]
    chains: Annotated[Count, Field(ge=4)]  # that make them: a divisor
    rounds: Count  # of as many proposals, at a stage, at most
    correlation: Probability  # of log likelihoods, below which a stage is over
    kept: Annotated[Positive, Field(lt=1)]  # effective share that a stage leaves
    acceptance: Annotated[Positive, Field(lt=1)]
    last: Index  # stages more in the posterior itself
    until: Annotated[Positive, Field(le=1)] = 1.0  # beta at which draws of a fit take over
    by_screen: Flag = False  # anneal by coarse images alone, before draws of a fit take over
    fitted: Fitted = Fitted()

    @model_validator(mode="after")
    def _divides(self):
        """All chains pass equally many states."""
        if self.particles % self.chains:
            raise ValueError(f"chains: a divisor of particles = {self.particles}")
        if (self.until < 1 or self.by_screen) and not self.fitted.rounds:
            raise ValueError("fitted.rounds: at least 1 where until is below 1, or by_screen true")
        return self


class Foreign(Section):
    """Media that the prior cannot give: does the fit say so?"""

    amplitude: Annotated[tuple[Number, Number], InOrder]  # A, B of one target, beyond the prior's
    duration: Positive  # of the stirring of another
    seeds: Count
    sampler: Population


class Calibration(Section):
    """Held-out cakes whose truth is known: are posteriors honest?"""

    priors: Annotated[
        list[Literal["stirring", "curve_flow", "wgan_gp"]], Field(min_length=1), Distinct
    ]
    cakes: Annotated[Count, Field(ge=2)]  # held-out ones, the last
    further: Annotated[Count, Field(ge=2)]  # held-out ones before these, that teach a power
    most: Annotated[Positive, Field(le=1)]  # the largest power of the likelihood that is tried
    own: Index  # images of each prior itself
    waves: Waves
    bank: Annotated[Count, Field(ge=50)]
    coarse: Coarse
    sampler: Population  # of the priors with few numbers; the WGAN-GP's is that of likelihoods
    draws: Annotated[Count, Field(ge=8)]  # of a posterior, that are looked at
    components: Count  # leading principal ones of images, whose ranks are taken


class Recovery(Section):
    """Targets, priors and seeds of the table of recovery."""

    priors: Annotated[list[PriorName], Field(min_length=1), Distinct]
    targets: Count  # the principal one first, then the further ones
    targets_elsewhere: Count  # at cutoffs after the first
    seeds: Count
    tries: Count  # of a run whose misfit errors do not explain, by other random numbers
    waves: Annotated[list[Waves], Field(min_length=1), Distinct]
    bank: Annotated[Count, Field(ge=50)]  # draws of the prior, homogenized once
    steps: Count  # of the tracing while sampling; a curve flow has its own
    coarse: Coarse
    sampler: Population
    images: Annotated[Count, Field(ge=10)]  # of a posterior, for its statistics in pixels
    foreign: Foreign
    calibration: Calibration
    resources: Resources = Resources()
