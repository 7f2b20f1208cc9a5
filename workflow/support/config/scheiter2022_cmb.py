"""Settings of section 4 of Scheiter et al. (2022): the core-mantle boundary."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Flag,
    Index,
    NotNegative,
    Number,
    Positive,
    Probability,
    Products,
    Resources,
    Rising,
    Section,
)

Percent = Annotated[Count, Field(ge=1, le=100)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]
Longitude = Annotated[Number, Field(ge=-180, le=360)]


class CmbData(Section):
    """Synthetic differential times of ScS and S."""

    count: Count
    points_per_path: Count
    noise: Positive  # s


class CmbPrior(Section):
    """Bounds of the uniform priors (of the logarithm, for the noise)."""

    cells: Annotated[tuple[Count, Count], Rising]
    vs: Annotated[tuple[Positive, Positive], Rising]  # km/s
    noise: Annotated[tuple[Positive, Positive], Rising]  # s


class CmbChains(Section):
    """Trans-dimensional chains, and what of them stays."""

    chains: Annotated[Count, Field(ge=2)]
    proposals: Count  # per chain
    every: Count  # proposals from one raw model to the next
    near: Probability  # of proposals, around path points drawn at random
    start_cells: Count
    burn_in: Index  # raw models dropped at the start of each chain
    thinning: Count  # raw models from one that stays to the next
    checkpoint_every: Count  # raw models


class Own(Section):
    """A user's files in the place of our chains (data/README.md)."""

    chains: Annotated[list[File], Distinct] = Field(default_factory=list)
    globe: File | None = None
    australia: File | None = None

    @model_validator(mode="after")
    def _one_kind(self):
        """Chains make both ensembles; the Australian one alone leaves the globe open."""
        if self.chains and (self.globe or self.australia):
            raise ValueError("either chains, or globe (and australia)")
        if self.australia and not self.globe:
            raise ValueError("globe beside australia")
        return self


class RegionalGrid(Section):
    """Where the 23 x 23 points of section 4.2 lie, degrees."""

    south: Latitude
    north: Latitude
    west: Longitude
    east: Longitude

    @model_validator(mode="after")
    def _south_west_first(self):
        """A map has a size, and no more than half of the globe."""
        if not self.south < self.north:
            raise ValueError("south less than north")
        if not self.west < self.east <= self.west + 180:
            raise ValueError("east greater than west, by at most 180 (190 for -170)")
        return self


class CmbTraining(Section):
    """What the WGAN and the DCGAN share (Tables A3 and A4)."""

    steps: Count
    batch: Annotated[Count, Field(ge=2)]
    learning_rate: Positive
    reference: Positive  # km/s; networks learn Vs minus this
    average: Probability  # decay per step of the running mean of the generator's weights; 0: none
    products: Products
    validation: Index  # samples held out, to watch the training; 0: all are trained on
    keep: Literal["best", "last"]  # weights: of the least distance to samples held out, or the last
    record_every: Count  # steps from one record of the losses to the next
    validate_every: Count  # steps from one look at the held-out samples to the next
    checkpoint_every: Count
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _validation_meets_records(self):
        """The training looks at the held-out samples when it records its losses."""
        if self.keep == "best" and not self.validation:
            raise ValueError("validation of at least 1 with keep: best")
        if self.validate_every % self.record_every:
            raise ValueError(f"validate_every a multiple of record_every = {self.record_every}")
        return self


class Wgan(CmbTraining):
    """Table A4."""

    latent: Count
    hidden: Annotated[list[Count], Field(min_length=1)]
    slope: NotNegative
    drop: Probability
    bias: Number
    clip: Positive
    critic_steps: Count
    one_rule_per_patch: Flag


class Dcgan(CmbTraining):
    """Table A3."""

    latent: Count
    betas: tuple[Probability, Probability]
    critic_rate: Positive  # learning rate of the discriminator, in units of the generator's
    normalise: Flag  # batches, in the discriminator
    epsilon: Positive  # of that normalisation
    spread: NotNegative  # of standardised velocities; 0: networks learn Vs - reference
    real_penalty: NotNegative  # weight of the discriminator's squared slope at real samples
    real_penalty_every: Count  # steps from one such penalty to the next
    moments: NotNegative  # weight of the distance between moments, beside the generator's loss
    width: Count  # channels next to the maps; the table's is 64
    percent: Annotated[list[Percent], Field(min_length=1), Distinct]  # of each chain

    @model_validator(mode="after")
    def _figures_have_theirs(self):
        """Figures 5 to 8 show these."""
        if not {40, 50, 100} <= set(self.percent):
            raise ValueError("40, 50 and 100 among others, which Figures 5 to 8 show")
        if self.moments and not self.spread:
            raise ValueError("spread above 0 with moments above 0")
        return self


class Sweep(Section):
    """Section 4.3 with a GAN for each part of the chains."""

    percent: Annotated[list[Percent], Field(min_length=1), Distinct]
    steps: Count


class Marginals(Section):
    """Histograms of Figure 6."""

    vs: Annotated[tuple[Positive, Positive], Rising]  # km/s
    bins: Count


class Cmb(Section):
    """Section 4, Figures 5 to 9."""

    data: CmbData
    prior: CmbPrior
    chains: CmbChains
    own: Own = Own()
    points: Annotated[Count, Field(ge=100)]  # of the spiral
    region: RegionalGrid
    patches: Annotated[Count, Field(ge=2)]
    learn: Literal["training", "all"]  # chains, for networks: all but generators.held_out, or all
    wgan: Wgan
    dcgan: Dcgan
    sweep: Sweep
    draws: Count | None  # samples of each generator; null: as many as the ensemble has
    published_draws: Count  # samples of the published generators
    marginals: Marginals
    spread_points: Annotated[
        list[tuple[Latitude, Longitude]], Field(min_length=4, max_length=4), Distinct
    ]
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _something_stays(self):
        """Two models of each chain must outlast the burn-in; own ones have lengths of their own."""
        plan = self.chains
        raw, dropped = plan.proposals // plan.every, plan.burn_in + plan.thinning
        if not (self.own.chains or self.own.globe) and raw < dropped + 1:
            raise ValueError(
                f"chains: more raw models (proposals / every = {raw}) than burn_in + thinning "
                f"= {dropped}"
            )
        return self

    @model_validator(mode="after")
    def _spread_within_region(self):
        """Figure 7 shows points of the regional grid."""
        place = self.region
        for lat, lon in self.spread_points:
            within_lon = (lon - place.west) % 360 <= place.east - place.west
            if not (place.south <= lat <= place.north and within_lon):
                raise ValueError(f"spread_points within region: found ({lat:g}, {lon:g})")
        return self

    @model_validator(mode="after")
    def _start_within_prior(self):
        """The first model of a chain must have a prior probability."""
        low, high = self.prior.cells
        if not low <= self.chains.start_cells <= high:
            raise ValueError(f"chains.start_cells within prior.cells, {low} to {high}")
        return self
