"""How likely a cell is a channel where a model is only nearly right, and draws that say so.

A cell is of one facies or the other, so that no error around a grey is honest. A logistic
regression from models whose truth is known turns greys into probabilities; what few rays cross is
trusted less. Draws with these probabilities cell by cell err alike in neighbours, as a Gaussian
field is cut where they say (truncated Gaussian simulation with local proportions: Matheron et al.
1987, SPE 16753; Galli et al. 1994, in Armstrong & Dowd, Geostatistical Simulations, 217).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import expit, ndtr

REACH = 2.0  # cells, of the neighbours that count
MOST_RAYS = 2.0  # times the mean; more tell no more
ALIKE = 3.0, 12.0  # cells down and across, over which errors are alike
RIDGE, ROUNDS = 1e-3, 12  # of the regression


@dataclass(frozen=True)
class Reliability:
    """Probabilities of facies 1 from two greys of each cell.

    Attributes
    ----------
    weights
        Of a constant, of either grey less 1/2, of the second around the cell; the same times the
        rays, (8,).
    rays
        What crosses a cell, in units of the mean, less 1, (row, column).
    """

    weights: np.ndarray
    rays: np.ndarray

    def __call__(self, made: np.ndarray, refined: np.ndarray) -> np.ndarray:
        """Probabilities (model, row, column); `refined` is what data tell beyond the `made`."""
        return expit(_features(made, refined, self.rays) @ self.weights)


def _features(made: np.ndarray, refined: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """(model, row, column, 8)."""
    refined = refined.clip(0, 1)
    around = gaussian_filter(refined, (0, REACH, REACH))
    greys = [np.ones_like(refined), *(each - 0.5 for each in (made, refined, around))]
    return np.stack([*greys, *(each * rays for each in greys)], -1)


def learn_reliability(
    made: np.ndarray, refined: np.ndarray, truths: np.ndarray, lengths: np.ndarray
) -> Reliability:
    """The regression from models whose truth is known, (model, row, column) each.

    `lengths` of rays in cells, (row, column) in m, are summed over the data.
    """
    rays = gaussian_filter(np.minimum(lengths / lengths.mean(), MOST_RAYS), REACH) - 1
    x = _features(made, refined, rays).reshape(-1, 8).astype(float)
    weights, true = np.zeros(8), truths.ravel()
    for _ in range(ROUNDS):  # Newton's
        chance = expit(x @ weights)
        curvature = (x * (chance * (1 - chance))[:, None]).T @ x + RIDGE * np.eye(8)
        weights = weights + np.linalg.solve(curvature, x.T @ (true - chance) - RIDGE * weights)
    return Reliability(weights, rays)


def facies_levels(count: int, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Fields (draw, row, column), uniform in each cell over the draws and alike in neighbours.

    Where they are below the probability of facies 1, a draw has it.
    """
    field = gaussian_filter(rng.standard_normal((count, *shape), np.float32), (0, *ALIKE))
    return ndtr(field / field.std(0))
