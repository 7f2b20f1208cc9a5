"""Generators of images, whichever the config inverts with, and the closest images they can make."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from latentearth import io
from latentearth.generators import base
from latentearth.generators.curve_flow import CurveFlow
from latentearth.inversion.closest_fit import ClosestFit
from latentearth.inversion.downscaling import generate
from latentearth.inversion.staged_fit import Stage, StagedFit, decode
from latentearth.networks.kernels.precision import Products
from latentearth.networks.wgan_gp import Generator, load_image_generator
from support.settings import take


def image_generator(weights: str | os.PathLike, card: str | os.PathLike) -> Generator | CurveFlow:
    """The generator of a file, by its card: a WGAN-GP, or a curve flow.

    Either maps latent vectors (batch, latent) to grey images (batch, side, side), can be
    differentiated, and has `latent`, `side` and `to`.
    """
    if "generator" not in io.read_json(card):
        return load_image_generator(weights, card)
    return curve_flow_generator(weights, card)


def curve_flow_generator(weights: str | os.PathLike, card: str | os.PathLike) -> CurveFlow:
    """The curve flow of a file."""
    found = base.load(weights, card)
    if not isinstance(found, CurveFlow):
        raise io.InputError(card, "generator", type(found).__name__, "CurveFlow")
    return found


def staged_fit(section: Mapping[str, Any]) -> StagedFit:
    """The search of a curve flow's closest fits, from its section."""
    stages = tuple(take(Stage, stage) for stage in section["stages"])
    return take(StagedFit, {**section, "stages": stages})


def closest_images(
    generator: Generator | CurveFlow,
    goals: np.ndarray,
    section: Mapping[str, Any],
    seed: np.random.SeedSequence,
    products: Products,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The images closest to given ones that a generator makes, by the search that suits it.

    Parameters
    ----------
    generator, goals
        The generator, and images (image, side, side).
    section
        Settings of the search, of the kind that the generator has.
    seed
        Of the draws that it starts from.
    products
        Of a network.

    Returns
    -------
    images : numpy.ndarray
        (image, side, side).
    first, last : numpy.ndarray
        (image,) mean squared distances of the nearest draw and of these images.
    """
    if isinstance(generator, CurveFlow):
        nearest, best = (
            decode(generator, scores) for scores in staged_fit(section)(generator, goals, seed)
        )
        first, last = (np.square(x - goals).mean(axis=(1, 2)) for x in (nearest, best))
        return best, first, last
    search = take(ClosestFit, section)
    z, first, last = search(generator, goals, generator.latent, seed, products)
    return generate(generator, z), first, last


def milliseconds(generator: Generator | CurveFlow, count: int = 32) -> dict[str, float]:
    """Processor time of an image, and of one with its derivative, as columns of a table."""
    z = torch.from_numpy(np.random.default_rng(0).normal(size=(count, generator.latent)))
    z = z.float()

    def derived() -> None:
        generator(z.requires_grad_()).sum().backward()

    found = {}
    for name, work in (("ms_image", lambda: generator(z)), ("ms_with_derivative", derived)):
        work()  # compiles
        start = time.process_time()
        work()
        found[name] = 1e3 * (time.process_time() - start) / count
    return found
