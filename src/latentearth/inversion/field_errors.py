"""Errors of a stored wave field, learned from events of another grid, for any moment tensor.

Of further events on the nodes of another grid, all six elementary traces are known from both
grids. What differs is linear in the tensor like the traces themselves, so that a few events in the
neighbourhood of a source say how its traces err, whatever its tensor. The errors count as Gaussian
about zero: what both grids have in common is not corrected, it is only not believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth.inversion.moment_tensor import Elementary

NEIGHBOURING = 40  # events in the neighbourhood; some of them on all sides


@dataclass(frozen=True)
class FieldErrors:
    """Errors of elementary traces at positions.

    Attributes
    ----------
    positions
        (event, 3), m.
    errors
        (event, receiver, 6, sample), Pa.
    elementary
        The stored traces.
    """

    positions: np.ndarray
    errors: np.ndarray
    elementary: Elementary

    @classmethod
    def of(
        cls, elementary: Elementary, positions: np.ndarray, traces: Sequence[np.ndarray]
    ) -> FieldErrors:
        """Of stored traces, at events whose traces are known.

        Parameters
        ----------
        elementary
            The stored traces.
        positions
            (event, 3), m.
        traces
            Of each receiver the true ones, (event, 6, sample), Pa.
        """
        return cls(positions, np.stack(traces, axis=1) - elementary(positions), elementary)

    def neighbours(
        self, position: np.ndarray, without: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which events are around a position (3,), and their weights, which add up to 1.

        Of events that are known, one may be left out: what the others tell of it.
        """
        distance = np.linalg.norm(self.positions - position, axis=1)
        if without is not None:
            distance[without] = np.inf
        rows = np.argsort(distance)[: NEIGHBOURING + 1]
        # no jump where one neighbour takes the place of another
        weights = (1 - (distance[rows] / distance[rows[-1]]) ** 2) ** 2
        return rows, weights / weights.sum()

    def near(
        self, position: np.ndarray, tensor: np.ndarray, without: int | None = None
    ) -> np.ndarray:
        """Errors (error, receiver, sample) whose squares add up to the covariance, Pa.

        Parameters
        ----------
        position
            (3,), m, of a source.
        tensor
            (6,), its tensor.
        without
            As of :meth:`neighbours`.
        """
        rows, weights = self.neighbours(position, without)
        found = np.einsum("erkt,k->ert", self.errors[rows], tensor)
        return np.sqrt(weights)[:, None, None] * found
