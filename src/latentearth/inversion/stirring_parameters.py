"""The eight parameters of the flow that stirs a marble cake, as a latent space.

Section 6.2 of Santos et al. (2024) calls their inversion impracticable, as images change abruptly
with them. Particles do not mind: they ask for likelihoods only. The simulator is known here, which
a generator learned from images need not be told.
"""

from __future__ import annotations

import math

from latentearth import checkpoints
from latentearth.earth.stirring import Distributions, Flow, parameter_bounds, stir
from latentearth.inversion.image_priors import ImagePrior
from latentearth.samplers.targets import Box

PHASES = (6, 7)  # phi_a, phi_b among the parameters


def stirring_box(distributions: Distributions) -> Box:
    """The uniform density of the parameters; phases that go all round are periodic."""
    low, high = distributions.phase
    turns = math.isclose(high - low, 2 * math.pi, rel_tol=1e-9)
    return Box(parameter_bounds(distributions).T, PHASES if turns else ())


def stirring_prior(
    distributions: Distributions,
    size: int,
    flow: Flow,
    coarse_size: int | None = None,
    coarse_flow: Flow | None = None,
) -> ImagePrior:
    """Marble cakes as a prior of images.

    Parameters
    ----------
    distributions
        Of the parameters.
    size
        Pixels along a side.
    flow
        That stirs.
    coarse_size, coarse_flow
        The same for the images that screen proposals; none without a size.
    """

    def images(pixels: int, by: Flow):
        return lambda parameters: stir(parameters, pixels, by)

    coarse = images(coarse_size, coarse_flow or flow) if coarse_size else None
    name = checkpoints.fingerprint(distributions, size, flow, coarse_size, coarse_flow)
    return ImagePrior(stirring_box(distributions), images(size, flow), coarse, f"stirring {name}")
