"""Priors of images by their names in the config, and draws of them to begin from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from latentearth import io
from latentearth.earth.stirring import Distributions, Flow
from latentearth.inversion.curve_flow_prior import curve_flow_prior
from latentearth.inversion.image_priors import ImagePrior
from latentearth.inversion.stirring_parameters import stirring_prior
from latentearth.networks.weights import file_checksum
from support.image_generators import curve_flow_generator
from support.settings import take


def image_prior(name: str, params: Any, files: Any) -> ImagePrior:
    """A prior of images, as params ``stirring`` and ``settings`` (of the recovery) say.

    ``stirring`` is the flow's own parameters, ``curve_flow`` the latent vectors of a curve flow.

    Parameters
    ----------
    name
        As in the config.
    params, files
        Of the rule.
    """
    if name == "curve_flow":
        found = curve_flow_generator(*files.curve_flow)
        identity, coarse = file_checksum(files.curve_flow[0]), params.settings["coarse"]
        return curve_flow_prior(found, identity, coarse["size"], coarse["every"])
    if name != "stirring":
        raise ValueError(f"prior {name!r}; allowed: stirring or curve_flow")
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
