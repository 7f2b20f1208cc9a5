"""Settings of the emulators of Spurio Mancini et al. (2021), sections 2 and 3.2.1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    NotNegative,
    Number,
    Positive,
    Probability,
    Resources,
    Section,
)

EmulatorKind = Literal[
    "direct",
    "pca_nn",
    "pca_gp",
    "ae_nn",
    "ae_gp",
    "cvae",
    "wgan_gp",
    "d18",
    "direct_smooth",
    "d18_aligned",
]
Widths = Annotated[list[Count], Field(min_length=1)]
Share = Annotated[Number, Field(gt=0, le=1)]


class Processes(Section):
    """Fit of our own Gaussian processes."""

    group: Count  # outputs that share length scales
    subset: Annotated[Count, Field(ge=20)]  # training events that decide the hyperparameters
    evaluations: Count  # of the marginal likelihood, per group and start
    starts: Annotated[Count, Field(ge=1, le=6)] = 1  # searches per group; the best counts


class PeakModels(Section):
    """Amplitude and shift (section 2.1)."""

    kind: Literal["ratios", "smooth"]  # which of the two the stored emulators use
    ratios: Processes
    smooth: Processes
    jump: Positive  # s; a peak that much off the first arrival is of another wave
    robust: Positive | None = None  # normal deviations; where the medium is not known


class Training(Section):
    """Adam with early stopping on the validation set (section 2.3)."""

    epochs: Count
    batch: Count
    learning_rate: Positive
    final_rate: Share  # of the learning rate in the last epoch, along a cosine
    patience: Count  # epochs
    checkpoint_every: Count  # epochs


class Direct(Section):
    """NN direct (section 2.2.1)."""

    hidden: Widths
    training: Training


class PcaNn(Section):
    """PCA+NN (section 2.2.2)."""

    components: Count
    hidden: Widths
    training: Training


class PcaGp(Section):
    """PCA+GP (section 2.2.3)."""

    components: Count
    processes: Processes


class Autoencoder(Section):
    """The autoencoder of AE+NN and AE+GP (section 2.2.4)."""

    hidden: Widths
    latent: Count
    training: Training


class AeGp(Section):
    """AE+GP (section 2.2.5)."""

    processes: Processes


class Cvae(Autoencoder):
    """CVAE (section 2.2.6)."""

    deviation: Positive


class WganTraining(Section):
    """Training of the WGAN-GP (section 2.2.7)."""

    steps: Count  # of the generator
    critic_steps: Count
    batch: Count
    learning_rate: Positive
    betas: tuple[Probability, Probability]
    final_rate: Share
    penalty: NotNegative
    latent: Count
    average: Probability
    validate_every: Count  # steps of the generator
    patience: Count  # steps of the generator
    checkpoint_every: Count  # steps of the generator


class WganGp(Section):
    """WGAN-GP (section 2.2.7)."""

    generator: Widths
    critic: Widths
    projection: Widths
    training: WganTraining


class D18(Section):
    """Das et al. (2018), appendix A."""

    dominant: Count  # samples kept of each trace
    processes: Processes

    @model_validator(mode="after")
    def _values_and_indices_apart(self):
        """A group may not hold values and indices, whose length scales differ."""
        if self.dominant % self.processes.group:
            raise ValueError(f"processes.group a divisor of dominant = {self.dominant}")
        return self


class SmallNetwork(Section):
    """A network in the place of splines."""

    components: Count
    hidden: Widths


class PeaksSeeds(Section):
    """Amplitude and arrival fitted anew, sources near the receiver included; beyond the paper."""

    seeds: Annotated[Count, Field(ge=2)]
    clearance: Positive  # m below the sea bed
    near: Annotated[Count, Field(ge=10)]  # further test events,
    within: Positive  # m, of the receiver
    epochs: Count  # of direct


class Memory(Section):
    """What fits into few bytes a receiver; beyond the paper."""

    batch: Count  # sources at once, of which the time is told
    coarse: list[tuple[Positive, Positive]]  # m across and down, of the field as it is stored
    aligned: Annotated[list[tuple[Positive, Positive]], Field(min_length=1)]  # and of aligned ones
    components: Annotated[list[Count], Field(min_length=1)]  # of these
    bank: Annotated[Count, Field(ge=100)]  # positions that networks learn from
    networks: Annotated[list[SmallNetwork], Field(min_length=1)]
    training: Training


class Emulators(Section):
    """Section 2, Figures 1 and 8, Table 1."""

    seeds: Count  # trainings of each kind for Table 1
    slope: Probability  # of the leaky ReLU
    peaks: PeakModels
    peaks_seeds: PeaksSeeds
    memory: Memory
    direct: Direct
    pca_nn: PcaNn
    pca_gp: PcaGp
    autoencoder: Autoencoder
    ae_nn: Direct
    ae_gp: AeGp
    cvae: Cvae
    wgan_gp: WganGp
    d18: D18
    timed_batch: Count  # traces per call
    resources: Resources = Resources()
