"""Settings of Santos et al. (2024): marble-cake mantle."""

from __future__ import annotations

import itertools
import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from support.config.base import (
    Count,
    Distinct,
    File,
    Flag,
    FlowMatchingLaw,
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
from support.config.santos2024_inversion import Inversion
from support.config.santos2024_recovery import Recovery

Range = Annotated[tuple[Number, Number], InOrder]


class Stirring(Section):
    """The flow that stirs (eqs 1 to 5), and the uniform distributions of its parameters."""

    size: Literal[8, 16, 32, 64, 128, 256, 512]  # pixels along a side
    speed: Positive  # U, box sides per unit of time, over that of eqs 1 to 5
    duration: Positive
    steps: Count  # of the tracing
    centre: Annotated[Number, Field(ge=0, le=0.1)]  # half side of the square of centres, box sides
    amplitude: Range  # A, B
    frequency: Range  # f_a, f_b, rad per unit of time
    phase: Range  # phi_a, phi_b, rad

    @property
    def mirrored(self) -> bool:
        """Whether an image and its mirror image (x to 1 - x) are equally likely.

        The mirror image has the phase phi_a + pi, and a centre on the other side.
        """
        turns = (self.phase[1] - self.phase[0]) / (2 * math.pi)
        return turns > 0.5 and abs(turns - round(turns)) < 1e-6


class AsWritten(Section):
    """Images of the equations as they read, with a speed of 1."""

    images: Count
    durations: Annotated[list[Positive], Field(min_length=1), Distinct]


class Example(Section):
    """The marble cake of Figure 1: parameters in its caption, and moments that are shown."""

    parameters: Annotated[list[Number], Field(min_length=8, max_length=8)]
    times: Annotated[list[NotNegative], Field(min_length=2), Rising]
    literal: AsWritten


class PriorImages(Section):
    """Images that the generator learns, and images held out to judge it."""

    count: Annotated[Count, Field(ge=100)]
    held_out: Annotated[Count, Field(ge=100)]
    own: File | None = None  # netCDF file or folder of PNGs, in the place of stirred ones
    own_mirrored: Flag = False  # whether your prior is the same when mirrored (x to 1 - x)


class WganGp(Section):
    """Appendix B."""

    latent: Count  # Z
    width: Count  # channels of the largest hidden map; they double from map to map
    steps: Count  # updates of the generator
    batch: Annotated[Count, Field(ge=2)]
    critic_steps: Count  # updates of the critic per update of the generator
    penalty: Positive  # lambda_GP
    penalised: Count | None  # images of a batch whose gradients are penalised; null: all
    learning_rate: Positive
    critic_rate: Positive  # learning rate of the critic over that of the generator
    betas: tuple[Probability, Probability]
    average: Probability  # decay per step of the running mean of the generator's weights
    products: Products
    record_every: Count
    checkpoint_every: Count
    resources: Resources = Resources()

    @model_validator(mode="after")
    def _part_of_a_batch(self):
        """No more images can be penalised than a batch has."""
        if self.penalised is not None and self.penalised > self.batch:
            raise ValueError(f"penalised: at most batch = {self.batch}, or null")
        return self


class FitStage(Section):
    """Some steps of the search of a closest fit, on images of one size."""

    starts: Count  # best ones that enter it, per image
    side: Literal[8, 16, 32, 64, 128, 256, 512]  # pixels along a side
    edge: Positive  # half width of the soft edge, box sides
    every: Count  # of as many steps of the tracing, one is made
    steps: Count  # of Adam
    learning_rate: Positive


class StagedFitSection(Section):
    """Search for the images nearest to given ones that a curve flow can make."""

    candidates: Count  # draws among which the first stage's starts are the nearest
    stages: Annotated[list[FitStage], Field(min_length=1)]  # from coarse to fine
    tries: Count  # in all, for images that are farther from their fits than
    enough: NotNegative  # mean squared distance

    @model_validator(mode="after")
    def _as_many_starts(self):
        """No stage can take more starts than there are."""
        starts = [self.candidates, *(stage.starts for stage in self.stages)]
        if any(after > before for before, after in itertools.pairwise(starts)):
            raise ValueError(f"stages: starts that do not grow from candidates on, got {starts}")
        return self


class CurveFlowSection(Section):
    """A generator that knows the form of the flow that stirs, and learns its law."""

    steps: Annotated[Count, Field(ge=8)]  # of the tracing
    components: Annotated[Count, Field(le=8)]  # principal ones of each amplitude curve
    edge: Annotated[Number, Field(gt=0, le=0.3)]  # half width of the images' soft edge, box sides
    law: FlowMatchingLaw
    compared: Annotated[Count, Field(ge=2)]  # held-out images that generators are fitted to
    closest_fit: StagedFitSection

    @model_validator(mode="after")
    def _whole_steps(self):
        """Longer steps must end where the shorter ones do, and be enough."""
        for stage in self.closest_fit.stages:
            if self.steps % stage.every or self.steps < 4 * stage.every:
                raise ValueError(f"every: a divisor of steps = {self.steps}, at most a quarter")
        return self


class Assessment(Section):
    """How the generator is judged (section 3.3), and more."""

    draws: Annotated[Count, Field(ge=50)]  # generated images; no more than are held out
    nearest: Count  # of them whose nearest training image is looked for
    side: Count  # blocks along a side of the coarse images whose distances are taken
    neighbours: Count  # k of precision, recall, density and coverage
    directions: Count  # of the sliced Wasserstein distance


class Continuity(Section):
    """Figure 16: images along a line in latent and in physical space."""

    images: Annotated[Count, Field(ge=3)]  # shown, from -1 to 1 standard deviations
    points: Annotated[Count, Field(ge=5)]  # along the curves of distance
    lines: Count  # lines over which the mean curves are taken


class Santos2024(Section):
    """Santos et al. (2024): marble-cake mantle."""

    weights: Literal["train", "shipped"]
    stirring: Stirring
    example: Example
    prior: PriorImages
    gan: WganGp
    curve_flow: CurveFlowSection
    assessment: Assessment
    continuity: Continuity
    autocorrelation_lags: Count  # Figure A3: steps of a chain
    inversion: Inversion
    recovery: Recovery

    @model_validator(mode="after")
    def _enough_images(self):
        """The parts must fit each other."""
        if self.prior.own and self.weights == "shipped":
            raise ValueError("weights: train, where prior.own gives other images than ours")
        if self.prior.own and self.inversion.prior == "curve_flow":
            raise ValueError("inversion.prior: wgan_gp, where prior.own gives images alone")
        if self.curve_flow.compared > self.prior.held_out:
            raise ValueError(f"curve_flow.compared: at most prior.held_out = {self.prior.held_out}")
        if self.gan.batch > self.prior.count:
            raise ValueError(f"gan.batch: at most prior.count = {self.prior.count}")
        if self.assessment.draws > self.prior.held_out:
            raise ValueError(f"assessment.draws: at most prior.held_out = {self.prior.held_out}")
        if self.assessment.nearest > self.assessment.draws:
            raise ValueError(f"assessment.nearest: at most draws = {self.assessment.draws}")
        for name, part in (("", self.recovery), ("calibration.", self.recovery.calibration)):
            if self.curve_flow.steps % part.coarse.every:
                raise ValueError(
                    f"recovery.{name}coarse.every: a divisor of curve_flow.steps = "
                    f"{self.curve_flow.steps}"
                )
        left = self.prior.held_out - self.curve_flow.compared - self.recovery.calibration.further
        if self.recovery.calibration.cakes > left:
            raise ValueError(
                "recovery.calibration.cakes: at most prior.held_out - curve_flow.compared - "
                f"recovery.calibration.further = {left}, as errors are learned from those"
            )
        if self.recovery.targets > 1 + self.inversion.targets:
            most = 1 + self.inversion.targets
            raise ValueError(f"recovery.targets: at most 1 + inversion.targets = {most}")
        return self
