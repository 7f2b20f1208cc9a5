"""Samples of the paper's networks of the core-mantle boundary, for the table of generators."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentearth import io
from latentearth.earth import sphere
from latentearth.networks import dcgan, weights
from latentearth.training.ensemble_gans import load_ensemble_generator
from latentearth.training.map_dcgan import draw_grids
from latentearth.training.patch_wgans import draw_velocities
from support.generators import network_cost
from support.settings import gan_settings

Drawn = tuple[np.ndarray, float, int]  # samples (sample, point), seconds, numbers


def draw_dcgan(files: Any, lat, lon, section: dict, count: int, seed) -> Drawn:
    """Samples of the DCGAN of `files.weights` on the Australian grid."""
    generator = dcgan.Generator(np.random.SeedSequence(0), section["latent"], section["width"])
    weights.load_into(files.weights, "generator", generator)
    blocks = draw_grids(generator, count, seed)
    return np.concatenate(list(blocks)), *network_cost(io.read_json(files.card))


def draw_wgans(files: Any, lat, lon, section: dict, count: int, seed) -> Drawn:
    """Samples of the WGANs of all patches; each patch draws its own, independent numbers."""
    drawn, cost = np.empty((count, lat.size), np.float32), (0.0, 0)
    patches = None
    for path, card_path in zip(files.weights, files.card, strict=True):
        card = io.read_json(card_path)
        generator = load_ensemble_generator(path, card["dimensions"], gan_settings(section)[0])
        patches = patches or sphere.regions(lat, lon, section["patches"])
        for network, patch in enumerate(card["patches"]):
            own = [np.arange(len(patches[patch]))]
            (child,) = np.random.SeedSequence(
                seed.entropy, spawn_key=(*seed.spawn_key, patch)
            ).spawn(1)
            one, reference = generator.select([network]), section["reference"]
            blocks = draw_velocities(one, own, count, [child], copies=4, reference=reference)
            drawn[:, patches[patch]] = np.concatenate(list(blocks))
        seconds, numbers = network_cost(card)
        cost = cost[0] + seconds, cost[1] + numbers
    return drawn, *cost
