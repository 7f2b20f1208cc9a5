"""Priors of images by their names in the config, and draws of them to begin from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from latentearth import io
from latentearth.earth.stirring import Distributions, Flow
from latentearth.inversion.image_priors import ImagePrior
from latentearth.inversion.stirring_parameters import stirring_prior
from support.settings import take


def image_prior(name: str, params: Any, files: Any) -> ImagePrior:
    """A prior of images, as params ``stirring`` and ``settings`` (of the recovery) say.

    Parameters
    ----------
    name
        As in the config.
    params, files
        Of the rule.
    """
    if name != "stirring":
        raise ValueError(f"prior {name!r}; allowed: stirring")
    s, flow = params.settings, take(Flow, params.stirring)
    return stirring_prior(
        take(Distributions, params.stirring),
        params.stirring["size"],
        replace(flow, steps=s["steps"]),
        s["coarse"]["size"],
        replace(flow, steps=s["coarse"]["steps"]),
    )


def first_draws(
    name: str, prior: ImagePrior, count: int, files: Any, seed: np.random.SeedSequence
) -> tuple[np.ndarray, np.ndarray]:
    """Positions, (image, coordinate), and images, (image, y, x), drawn from a prior.

    Those of the flow are the training images, which are there anyway (and traced more finely than
    while sampling).
    """
    if name == "stirring":
        found = io.read_dataset(files.images)
        return found.parameters.values[:count], found.image[:count].values
    position = prior.positions.draw(count, np.random.default_rng(seed))
    return position, prior.images(position)
