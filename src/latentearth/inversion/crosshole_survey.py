"""Crosshole surveys, built in or a user's, and their forward operators."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from latentearth.earth import crosshole
from latentearth.inversion.latent_descent import slowness
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid, StraightRays

GRID = Grid()
Pairs = tuple[np.ndarray, np.ndarray]  # sources and receivers, (pair, 2) each: x and z in m


@dataclass(frozen=True)
class Survey:
    """Sources and receivers of all data.

    Attributes
    ----------
    straight, curved
        For straight and for bent rays: the authors have the antennas 1 cm inside for the former.
    """

    straight: Pairs
    curved: Pairs


def between_boreholes(
    depths: np.ndarray, straight_x: tuple[float, float], curved_x: tuple[float, float]
) -> Survey:
    """Every antenna of one borehole with every one of the other.

    Parameters
    ----------
    depths
        Of the antennas in both boreholes, (antenna,), m.
    straight_x, curved_x
        Of the boreholes of sources and of receivers, m, for either kind of rays.
    """
    return Survey(crosshole.all_pairs(depths, straight_x), crosshole.all_pairs(depths, curved_x))


def own_survey(path: str | os.PathLike) -> Survey:
    """A user's survey, the same for both kinds of rays.

    Raises
    ------
    latentearth.io.InputError
        As of :func:`latentearth.earth.crosshole.read_survey`.
    """
    pairs = crosshole.read_survey(path, GRID.width, GRID.depth)
    return Survey(pairs, pairs)


def straight(survey: Survey, device: torch.device | str = "cpu") -> StraightRays:
    """The linear operator."""
    return StraightRays(GRID, *survey.straight, device)


def curved(survey: Survey, secondary: int, engine: str, threads: int = 1) -> ShortestPath:
    """The nonlinear operator; see :class:`latentearth.operators.shortest_path.ShortestPath`."""
    return ShortestPath(GRID, *survey.curved, secondary, engine, threads)


def times(operator: Callable, models: np.ndarray, velocities: tuple[float, float]) -> np.ndarray:
    """Traveltimes (model, datum) in ns through models of facies (model, row, column)."""
    with torch.no_grad():
        facies = torch.as_tensor(np.asarray(models), dtype=torch.float32)
        return operator(slowness(facies, velocities)).numpy()


def facies(slownesses: np.ndarray, velocities: tuple[float, float]) -> np.ndarray:
    """Facies (model, row, column) of slownesses (model, cell) in ns/m, the inverse of `slowness`.

    Not within 0 and 1 where a velocity is not between the two.
    """
    zero, one = velocities
    found = (1 / np.asarray(slownesses) - zero) / (one - zero)
    return found.reshape(-1, GRID.nz, GRID.nx)
