"""Models of spherical Voronoi cells: their posterior, and how proposals are made.

What `transdimensional` samples: k cells with nuclei, velocities, and a noise level.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from latentearth.earth.cmb import PathData


@dataclass(frozen=True)
class CellPrior:
    """Uniform priors: number of cells, velocity (km/s), logarithm of the noise level (s)."""

    cells: tuple[int, int] = (50, 1000)
    vs: tuple[float, float] = (6.6, 7.7)
    noise: tuple[float, float] = (0.1, 10.0)

    def __post_init__(self) -> None:
        if not 1 <= self.cells[0] <= self.cells[1]:
            raise ValueError(f"cells: at least 1, and in order, got {self.cells}")
        for name in ("vs", "noise"):
            low, high = getattr(self, name)
            if not 0 < low < high:
                raise ValueError(f"{name}: two positive numbers in order, got {low}, {high}")


@dataclass(frozen=True)
class CellPosterior:
    """What is sampled: differential times, and the prior of models behind them."""

    data: PathData
    prior: CellPrior = field(default_factory=CellPrior)

    def log_likelihood(self, misfit: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Of models, by their root-mean-square residual and noise level, (...) each, s."""
        return -len(self.data.time) * (np.log(noise) + 0.5 * (misfit / noise) ** 2)

    def log_prior(self, n_cells: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """Density of nuclei (a steradian), velocities (a km/s) and noise (1 / s), to a constant."""
        low, high = self.prior.vs
        return -n_cells * np.log(4 * np.pi * (high - low)) - np.log(noise)


@dataclass(frozen=True)
class CellMoves:
    """How proposals are made; none of this changes the posterior.

    Attributes
    ----------
    move, noise
        Standard deviations of a change of place (degrees), a random fraction of which is used, so
        that small steps occur too, and of log sigma.
    far
        Share of velocities, newborn, moved or changed, that are drawn from the prior; the others
        are drawn from what the data say of the cell, all other cells being fixed.
    shares
        Relative frequency of birth (and of death), move, value, noise.
    near, cap
        Share of proposals within caps around path points drawn at random, and their radius
        (degrees, at most 90): more proposals where data are dense, and chains slow.
    """

    move: float = 5.0
    noise: float = 0.03
    far: float = 0.1
    shares: tuple[float, float, float, float] = (0.2, 0.25, 0.33, 0.02)
    near: float = 0.0
    cap: float = 10.0

    def __post_init__(self) -> None:
        steps = (self.move, self.noise, *self.shares)
        if min(steps) < 0 or sum(self.shares) <= 0:
            raise ValueError("steps and shares must not be negative, nor the shares all zero")
        if not 0 < self.far <= 1:
            raise ValueError(f"far: above 0, at most 1, or chains can hang, got {self.far}")
        if not (0 <= self.near <= 1 and 0 < self.cap <= 90):
            raise ValueError(f"near: 0 to 1, cap: at most 90, got {self.near}, {self.cap}")
