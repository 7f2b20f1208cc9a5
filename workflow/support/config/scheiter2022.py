"""Settings of Scheiter, Valentine & Sambridge (2022)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Index,
    NotNegative,
    Number,
    Positive,
    Probability,
    Resources,
    Section,
)
from support.config.scheiter2022_cmb import Cmb


class Gaussian(Section):
    """Figure 1: a Gaussian as the simplest generative model."""

    mean: Number
    standard_deviation: Positive
    observations: Annotated[Count, Field(ge=3)]
    draws: Count


class Shell(Section):
    """The density exp(-(r - radius)^2 / (2 width^2)) of section 3.1."""

    radius: Positive
    width: Positive


class Chains(Section):
    """Random-walk Metropolis chains.

    The standard deviation of the jump is `jump` divided by the dimension.
    """

    chains: Annotated[Count, Field(ge=2)]
    samples: Count
    burn_in: Index
    thinning: Count
    jump: Positive


class DenseNetworks(Section):
    """Architecture and training that all GANs of dense layers have (Tables A1, A2 and A4)."""

    latent: Count
    hidden: Annotated[list[Count], Field(min_length=1)]
    slope: NotNegative
    drop: Probability
    bias: Number
    steps: Count
    batch: Count
    learning_rate: Positive


class Gan(DenseNetworks):
    """A set of GANs (Tables A1 and A2)."""

    betas: tuple[Probability, Probability]
    smoothing: NotNegative
    checkpoint_every: Count


class Ring(Section):
    """Sections 3.1 and 3.2, Figures 2 and 3."""

    ensemble: Chains
    file: File | None = None
    sizes: Annotated[list[Count], Field(min_length=1), Distinct]
    gan: Gan
    draws: Count
    frequencies: Count
    examples: Annotated[list[Positive], Field(min_length=3, max_length=3), Distinct]
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _sizes_fit(self):
        """Ensembles are the first samples of the chains, and hold a batch at least."""
        if sorted(self.sizes) != self.sizes:
            raise ValueError("sizes that increase")
        # a file has its own number of samples, which is looked at when it is read
        if self.file is None and self.sizes[-1] > self.ensemble.samples:
            raise ValueError(f"sizes that do not exceed ensemble.samples = {self.ensemble.samples}")
        if self.sizes[0] < self.gan.batch:
            raise ValueError(f"sizes of at least one batch, gan.batch = {self.gan.batch}")
        return self


class Hypersphere(Section):
    """Section 3.3, Figure 4."""

    dimensions: Annotated[list[Annotated[Count, Field(ge=2)]], Field(min_length=1), Distinct]
    ensemble: Chains
    files: dict[Index, File] = Field(default_factory=dict)
    gan: Gan
    half_width: Positive
    slice_samples: Count
    maximum_draws: Count
    projected: Count
    timed_draws: Count
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _files_are_used(self):
        """An ensemble of a dimension that is not asked for would be left aside."""
        if not set(self.files) <= set(self.dimensions):
            raise ValueError(f"files for dimensions among {self.dimensions}")
        return self


class Flow(Section):
    """Architecture and training of a flow."""

    width: Count
    layers: Count
    steps: Count
    batch: Count
    learning_rate: Positive
    smoothing: NotNegative  # of samples, in whitened units
    moves: Count


class Stopping(Section):
    """Tolerances below which chains may stop."""

    emd: Positive  # km/s, median over points, between the halves of the chains
    r_hat: Annotated[Number, Field(gt=1)]  # of 95 per cent of the points


class Generators(Section):
    """Beyond the paper: generators other than its networks, with the same scores."""

    held_out: Count  # chains of the core-mantle boundary that no generator sees
    draws: Annotated[Count, Field(ge=200)]  # of each, for the core-mantle boundary
    knots: Annotated[Count, Field(ge=3)]  # quantiles per coordinate
    ring_flow: Flow
    ring_kernel: Positive
    ring_draws: Count  # per chain
    shell_flow: Flow
    shell_kernel: Positive
    shell_draws: Count
    shell_slice: Positive  # half-width
    stopping: Stopping
    australia_flow: Flow


class AppendixB(Section):
    """Appendix B: standard GANs and WGANs on profiles of two phases, by dimension."""

    dimensions: Annotated[list[Annotated[Count, Field(ge=2)]], Field(min_length=2), Distinct]
    networks: Count  # of each kind in each dimension
    samples: Annotated[Count, Field(ge=2)]
    kept: Probability  # that the next coordinate is of the same phase
    width: Positive  # standard deviation about -1 and 1
    gan: Gan
    clip: Positive  # of the WGAN's critic
    looks: Annotated[Count, Field(ge=2)]
    draws: Annotated[Count, Field(ge=100)]  # at each look

    @model_validator(mode="after")
    def _looks_fit(self):
        """Looks are evenly spaced, and samples make a batch."""
        if self.gan.steps % self.looks:
            raise ValueError(f"looks that divide gan.steps = {self.gan.steps}")
        if self.samples < self.gan.batch:
            raise ValueError(f"samples of at least one batch, gan.batch = {self.gan.batch}")
        return self


class Scheiter2022(Section):
    """The experiments of the paper."""

    gaussian: Gaussian
    shell: Shell
    ring: Ring
    hypersphere: Hypersphere
    cmb: Cmb
    generators: Generators
    appendix_b: AppendixB
