"""The latent vectors of a curve flow as a prior of images."""

from __future__ import annotations

from latentearth.generators.curve_flow import CurveFlow
from latentearth.inversion.downscaling import generate
from latentearth.inversion.image_priors import ImagePrior
from latentearth.samplers.targets import Normal


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
    )
