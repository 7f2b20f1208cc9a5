"""Settings of the inversions of Santos et al. (2024), sections 4 and 5."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Index,
    Number,
    Positive,
    Products,
    Resources,
    Section,
)

MethodName = Literal[
    "random_walk", "preconditioned_walk", "pcn", "mala", "hmc", "preconditioned_hmc"
]
Waves = Annotated[Number, Field(ge=1, le=32)]  # L / lambda_0


class Rock(Section):
    """An isotropic rock."""

    # from mud to what lies above the Earth's core, and far beyond both
    vs: Annotated[Number, Field(ge=0.01, le=20)]  # km/s
    vp: Annotated[Number, Field(ge=0.1, le=40)]  # km/s
    density: Annotated[Number, Field(ge=0.1, le=50)]  # g/cm^3

    @model_validator(mode="after")
    def _can_exist(self):
        """The bulk modulus in 3-D must be positive."""
        if self.vp <= math.sqrt(4 / 3) * self.vs:
            raise ValueError(f"vp above sqrt(4/3) vs = {math.sqrt(4 / 3) * self.vs:.3f} km/s")
        return self


class Iterations(Section):
    """Of the homogenization's solver; each makes its error ten times smaller."""

    sampling: Count
    targets: Count


class ClosestFit(Section):
    """Search for the images nearest to given ones that the generator can make (section 4.2)."""

    images: Annotated[Count, Field(ge=2)]  # held-out images that are fitted
    candidates: Count  # prior draws among which starts are chosen
    starts: Count  # per image
    steps: Count
    learning_rate: Positive


class Errors(Section):
    """sigma_o and sigma_G (section 4.2)."""

    observation: Positive  # sigma_o over the variability of a coefficient
    images: Annotated[Count, Field(ge=8)]  # homogenized to measure the variability
    closest_fit: ClosestFit


# Draws of the prior that are annealed to the posterior, where chains then begin; 0: in the prior.
Particles = Index


class Plan(Section):
    """Length of a set of chains."""

    chains: Count
    burn_in: Index  # steps
    samples: Annotated[Count, Field(ge=8)]  # kept, per chain
    thinning: Count  # steps from one kept sample to the next
    block: Count  # steps between checkpoints


class Modes(Section):
    """Search for the modes of a posterior, where chains then begin instead of in particles."""

    draws: Count  # of the prior, of which the likeliest are climbed from
    starts: Count
    tries: Count  # at most, with other draws, until errors explain the misfit


class Experiment(Plan):
    """Chains of one method."""

    method: MethodName
    particles: Particles = 0
    modes: Modes | None = None


class Twins(Experiment):
    """Targets that the generator made itself, with the observation's error alone."""

    count: Count


class Comparison(Section):
    """The samplers side by side, on the principal experiment's data."""

    chains: Annotated[Count, Field(ge=2)]
    particles: Particles = 0
    burn_in: Count  # steps of the methods without a gradient
    samples: Annotated[Count, Field(ge=8)]  # of those methods, per chain
    gradient_share: Annotated[Number, Field(gt=0, le=1)]  # of these numbers, for those with one
    block: Count
    methods: Annotated[list[MethodName], Field(min_length=1), Distinct]


class Likelihoods(Section):
    """Independent against correlated errors, at the cutoff of anisotropy."""

    targets: Count  # the principal one, then further ones
    particles: Annotated[Count, Field(ge=8)]  # annealed from the prior, for each posterior
    images: Annotated[Count, Field(ge=100)]  # of the prior, homogenized for its covariance


class Own(Section):
    """Your own effective medium (data/README.md)."""

    observed: File | None = None  # netCDF: six coefficients on a coarse grid
    waves: Waves = 5.0  # L / lambda_0
    sigma: Annotated[list[Positive], Field(min_length=6, max_length=6)] | None = None  # GPa


class Inversion(Section):
    """Sections 4 and 5; Figures 2, 3, 8 to 15 and A1 to A5."""

    black: Rock
    white: Rock
    iterations: Iterations
    prior: Literal["wgan_gp", "curve_flow"]  # the generator whose latent vectors are sampled
    products: Products  # of the generator while sampling
    waves: Waves  # of the principal experiment, and of the errors
    # Figure 12, beside the principal one
    cutoffs: Annotated[list[Waves], Field(min_length=1), Distinct]
    anisotropy_waves: Waves  # Figures 13, 14: one of the cutoffs
    targets: Count  # further targets of Figure 15
    twins: Twins
    images: Annotated[Count, Field(ge=10)]  # of an ensemble, for its statistics in pixels
    errors: Errors
    principal: Experiment
    others: Experiment  # cutoffs, isotropic data, your own medium
    further: Experiment  # chains per target
    comparison: Comparison
    likelihoods: Likelihoods
    own: Own = Own()
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _fits(self):
        """The parts must fit each other."""
        if self.anisotropy_waves not in self.cutoffs:
            raise ValueError(f"anisotropy_waves: one of cutoffs = {self.cutoffs}")
        if self.waves in self.cutoffs:
            raise ValueError(f"cutoffs that differ from waves = {self.waves}")
        if self.likelihoods.targets > 1 + self.targets:
            raise ValueError(f"likelihoods.targets: at most 1 + targets = {1 + self.targets}")
        return self
