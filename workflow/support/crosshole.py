"""What the scripts of crosshole inversions share: survey, starting points, random streams."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from latentearth import seeds
from latentearth.inversion.crosshole_survey import Survey, between_boreholes, own_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.networks.generators import TrainedGenerator
from support import published_files
from support.settings import take

PAPER = "lopez_alvis2021"


def survey(section: dict, own: str | os.PathLike | None = None) -> Survey:
    """The survey of the section ``inversion.survey``, or a user's file if there is one."""
    if own:
        return own_survey(own)
    count = round((section["last"] - section["first"]) / section["every"]) + 1
    depths = section["first"] + section["every"] * np.arange(count)
    return between_boreholes(depths, section["straight_x"], section["curved_x"])


def descent(case: dict, iterations: int) -> Descent:
    """A row of Table 1, from its section."""
    return take(Descent, case | {"iterations": iterations})


def starting_points(
    generator: TrainedGenerator,
    count: int,
    seed: int,
    published: str | os.PathLike | None = None,
) -> np.ndarray:
    """Initial latent vectors (start, latent) of a generator's prior, or the authors' file.

    The first ones are the same for every count.
    """
    if published:
        return published_files.starts(published, generator.latent, count)
    return generator.draw(count, seeds.stream(seed, PAPER, "starts", generator.kind))


def streams(seed: int, names: Sequence[str], count: int) -> list[np.random.SeedSequence]:
    """A stream for each truth and start, starts fastest: the same whatever else runs."""
    return [seeds.stream(seed, PAPER, "batches", n, start) for n in names for start in range(count)]
