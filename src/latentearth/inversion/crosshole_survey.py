"""Forward operators of a survey that settings or a user's file describe."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import torch

from latentearth.earth import crosshole
from latentearth.inversion.latent_descent import slowness
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid, StraightRays

GRID = Grid()


def pairs(
    survey: dict, kind: str, own: str | os.PathLike | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Sources and receivers (pair, 2) of the built-in survey or of a user's file.

    Parameters
    ----------
    survey
        ``first``, ``last``, ``every`` (depths, m), ``straight_x``, ``curved_x``.
    kind
        ``straight`` or ``curved``: the authors have the antennas 1 cm inside for straight rays.
    own
        A survey file, which takes the place of the built-in one for both kinds.
    """
    if own is not None:
        return crosshole.read_survey(own, GRID.width, GRID.depth)
    count = round((survey["last"] - survey["first"]) / survey["every"]) + 1
    depths = survey["first"] + survey["every"] * np.arange(count)
    return crosshole.all_pairs(depths, tuple(survey[f"{kind}_x"]))


def straight(
    survey: dict, own: str | os.PathLike | None = None, device: torch.device | str = "cpu"
) -> StraightRays:
    """The linear operator."""
    return StraightRays(GRID, *pairs(survey, "straight", own), device)


def curved(
    survey: dict, settings: dict, own: str | os.PathLike | None = None, threads: int = 1
) -> ShortestPath:
    """The nonlinear operator with `settings` ``secondary`` and ``engine``."""
    ends = pairs(survey, "curved", own)
    return ShortestPath(GRID, *ends, settings["secondary"], settings["engine"], threads)


def times(operator: Callable, models: np.ndarray, velocities: tuple[float, float]) -> np.ndarray:
    """Traveltimes (model, datum) in ns through models of facies (model, row, column)."""
    with torch.no_grad():
        facies = torch.as_tensor(np.asarray(models), dtype=torch.float32)
        return operator(slowness(facies, velocities)).numpy()
