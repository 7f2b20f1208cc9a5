"""The latent vectors of a curve flow as a prior of images."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentearth.generators.curve_flow import CurveFlow
from latentearth.inversion.downscaling import generate
from latentearth.inversion.image_priors import ImagePrior
from latentearth.samplers.targets import Normal


@dataclass(frozen=True)
class ScoreChart:
    """Scores of curves and centre in place of latent vectors, from which a learned flow makes them.

    Data know curves; the flow that makes scores of latent vectors bends what they leave open.
    """

    generator: CurveFlow

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Latent vectors, (point, latent), to scores, (point, score)."""
        return self.generator.law.to_samples(x.astype(np.float32)).astype(float)

    def back(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Latent vectors, and log |dx / dy| (point,): what the density of scores has beyond x's."""
        law, scores = self.generator.law, y.astype(np.float32)
        x = law.to_latent(scores).astype(float)
        constant = 0.5 * x.shape[1] * math.log(2 * math.pi)
        return x, law.log_density(scores) + 0.5 * np.square(x).sum(1) + constant


def curve_flow_prior(
    generator: CurveFlow, identity: str, coarse_size: int | None = None, coarse_every: int = 1
) -> ImagePrior:
    """What a curve flow makes of normal latent vectors.

    Parameters
    ----------
    generator
        The curve flow, for images of the size that is wanted.
    identity
        Of its weights, for checkpoints.
    coarse_size
        Pixels along a side of the images that screen proposals; None: they are not screened.
    coarse_every
        Of as many steps of the tracing, one is made for those.
    """
    coarse = generator.at(coarse_size, generator.edge, coarse_every) if coarse_size else None
    return ImagePrior(
        Normal(generator.latent),
        lambda z: generate(generator, z),
        (lambda z: generate(coarse, z)) if coarse else None,
        f"curve flow {identity} {generator.side} {coarse_size} {coarse_every}",
        ScoreChart(generator),
    )
