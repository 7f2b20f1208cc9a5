"""Settings of Lopez-Alvis et al. (2021) and its poster: crosshole tomography in a latent space."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Index,
    InOrder,
    NotNegative,
    Number,
    Positive,
    Probability,
    Products,
    Resources,
    Rising,
    Section,
)
from support.config.lopez_alvis2021_inversion import Inversion

Corner = tuple[Index, Index]


class TrainingImage(Section):
    """Section 2.3: our own channels, the published image, or a user's; lengths in cells."""

    file: File | None = None
    seed: Index
    rows: Annotated[Count, Field(ge=400)]
    columns: Annotated[Count, Field(ge=200)]
    proportion: Annotated[Number, Field(gt=0, le=0.6)]
    widths: Annotated[list[Annotated[Number, Field(ge=2, le=100)]], Field(min_length=1)]
    wavelengths: Annotated[tuple[Positive, Positive], InOrder]
    sinuosities: Annotated[list[Annotated[Number, Field(ge=0, le=2)]], Field(min_length=1)]
    tilt: Annotated[Number, Field(ge=0, le=1)]
    held_out_rows: Annotated[Count, Field(ge=130)]
    published_truths: Annotated[list[Corner], Field(min_length=3, max_length=3), Distinct]

    @model_validator(mode="after")
    def _rows_are_left(self):
        """Rows are left to learn from."""
        if self.held_out_rows > self.rows // 2:
            raise ValueError("held_out_rows at most half of rows")
        return self


class Vae(Section):
    """Section 3.1; what alpha and beta mean stands in latentearth/training/variational.py."""

    start: File | None = None  # a VAE's safetensors file, from whose weights to start
    latent: Count
    alpha: Positive
    beta: NotNegative
    steps: Count
    batch: Count
    learning_rate: Positive
    warm_up: Index
    cool_down: Index
    optimizer: Literal["adam", "muon"]
    average: Probability
    products: Products
    record_every: Count
    score_every: Index
    checkpoint_every: Count
    resources: Resources = Resources()


class Sgan(Section):
    """The spatial GAN of Laloy et al. (2018, 2019)."""

    width: Count
    latent_map: tuple[Annotated[Count, Field(ge=2)], Annotated[Count, Field(ge=2)]]
    steps: Count
    batch: Count
    learning_rate: Positive
    critic_rate: Positive
    betas: tuple[Probability, Probability]
    real_penalty: NotNegative
    real_penalty_every: Count
    penalised: Count
    average: Probability
    products: Products
    record_every: Count
    checkpoint_every: Count
    resources: Resources = Resources()


class Eight(Section):
    """Figures 3 and 4: an eight-shaped manifold, and a VAE for every pair of alpha and beta."""

    samples: Annotated[Count, Field(ge=10)]
    noise: NotNegative
    alphas: Annotated[list[Positive], Field(min_length=1, max_length=4), Distinct]
    betas: Annotated[list[Positive], Field(min_length=1, max_length=4), Distinct]
    steps: Count
    batch: Count
    learning_rate: Positive
    target: tuple[Number, Number]
    target_variance: Positive
    generated: Count


class TradeOff(Section):
    """Beyond the paper: small VAEs of other alpha and beta, and what they encode and invert.

    All start from one, of `first_steps` with the paper's alpha and beta. `components`: numbers of
    principal components of so many `crops`, which learn nothing else.
    """

    width: Annotated[Count, Field(multiple_of=4)]  # channels next to the image
    first_steps: Count
    steps: Count
    pairs: Annotated[list[tuple[Positive, Positive]], Field(min_length=3), Distinct]
    truths: Count  # the first of the new truths
    iterations: Count
    crops: Count
    components: Annotated[list[Count], Field(min_length=3), Rising]

    @model_validator(mode="after")
    def _more_crops_than_components(self):
        """Components are of more crops than there are of them."""
        if self.components[-1] >= self.crops:
            raise ValueError("trade_off.crops above trade_off.components")
        return self


class Quality(Section):
    """Scores of the networks on crops that they have not seen, and pictures of samples."""

    crops: Count
    samples: Count
    jumps: Annotated[Count, Field(ge=3)]  # models shown on a path
    paths: Count


class LopezAlvis2021(Section):
    """Lopez-Alvis et al. (2021) and its poster: crosshole tomography in a latent space."""

    weights: Literal["train", "shipped"]
    training_image: TrainingImage
    vae: Vae
    sgan: Sgan
    eight: Eight
    quality: Quality
    trade_off: TradeOff
    inversion: Inversion

    @model_validator(mode="after")
    def _truths_are_there(self):
        """The truths of the trade-off are new truths."""
        if self.trade_off.truths > self.inversion.new_truths.count:
            raise ValueError("trade_off.truths not above inversion.new_truths.count")
        return self

    @model_validator(mode="after")
    def _own_image_needs_training(self):
        """No shipped network has seen a user's image."""
        if self.weights == "shipped" and self.training_image.file:
            raise ValueError("weights: train, because training_image.file is your own image")
        return self
