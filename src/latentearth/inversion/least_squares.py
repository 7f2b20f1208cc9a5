"""Damped and smoothed least squares for slowness along known rays, exactly and for any weight.

What tomography does without a learned prior, as a null for inversions with one. The slowness s
minimises

    |F s - t|^2 + weight (s - c)' A (s - c),

F ray lengths, t times, c the constant that fits best. On a grid with reflecting edges cosines
diagonalise A (damping: 1; smoothing: squares of second differences), so that A^-1 is two cosine
transforms, and everything else a matter of the data's small matrix K = F A^-1 F' (Tarantola 2005,
Inverse Problem Theory, eq. 3.38):

    s = c + A^-1 F' (K + weight)^-1 (t - F c).

With the eigenvectors of K the residual is known for every weight, and the weight of the discrepancy
principle (Morozov 1966: a residual as large as the errors, no smaller) is the root of one function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
import scipy.linalg
import scipy.sparse

Penalty = Literal["damping", "smoothing", "splitting"]
BISECTIONS = 60  # of the logarithm's interval that holds a weight
WEIGHT_RANGE = 1e-12, 1e6  # of weights, over the largest eigenvalue


def penalty_spectrum(shape: tuple[int, int], penalty: Penalty) -> np.ndarray:
    """Eigenvalues of A (row, column), in the order of the cosine transform.

    ``damping``: 1. ``smoothing``: those of squared second differences; a constant costs nothing but
    for 1e-9, which keeps A invertible. ``splitting``: 1 and squared first differences, for
    :mod:`latentearth.inversion.total_variation`.
    """
    down, across = (2 - 2 * np.cos(np.pi * np.arange(count) / count) for count in shape)
    first = down[:, None] + across
    spectra = {"damping": np.ones(shape), "smoothing": first**2 + 1e-9, "splitting": first + 1}
    return spectra[penalty]


class PenalizedRays:
    """Rays through a grid, and a quadratic penalty.

    Parameters
    ----------
    lengths
        Of rays in cells (ray, cell), m.
    shape
        Rows and columns of the grid.
    penalty
        As of :func:`penalty_spectrum`.

    Attributes
    ----------
    values, vectors
        Eigenvalues (ray,) and eigenvectors (ray, ray) of K.

    Raises
    ------
    ValueError
        If the matrix is not one of this grid.
    """

    def __init__(self, lengths: scipy.sparse.csr_array, shape: tuple[int, int], penalty: Penalty):
        if lengths.shape[1] != shape[0] * shape[1]:
            raise ValueError(f"{lengths.shape[1]} cells of rays in a grid of {shape}")
        self.lengths, self.shape = lengths, shape
        self._adjoint = lengths.T.tocsr()
        self._spectrum = penalty_spectrum(shape, penalty)
        matrix = lengths @ self.inverse(lengths.toarray()).T
        self.values, self.vectors = scipy.linalg.eigh(
            (matrix + matrix.T) / 2, overwrite_a=True, check_finite=False
        )
        self.values = np.maximum(self.values, 0)  # rounding

    def times(self, models: np.ndarray) -> np.ndarray:
        """F of models (model, cell): (model, ray)."""
        return (self.lengths @ models.T).T

    def inverse(self, models: np.ndarray) -> np.ndarray:
        """A^-1 of models (model, cell)."""
        images = models.reshape(-1, *self.shape)
        waves = scipy.fft.dctn(images, axes=(1, 2), norm="ortho") / self._spectrum
        return scipy.fft.idctn(waves, axes=(1, 2), norm="ortho").reshape(models.shape)

    def fit(self, centre: np.ndarray, times: np.ndarray, weight: np.ndarray | float) -> np.ndarray:
        """The minimiser (model, cell) about `centre` (model, cell), for times (model, ray).

        `weight` is one number, or one per model (model, 1).
        """
        residual = (times - self.times(centre)) @ self.vectors / (self.values + weight)
        return centre + self.inverse((self._adjoint @ (residual @ self.vectors.T).T).T)

    def discrepancy(self, residual: np.ndarray, error: float) -> np.ndarray:
        """Weights (model, 1) that leave as much of residuals (model, ray) as the errors are.

        Where the residual is smaller from the beginning, or never gets so small, the weight is at
        an end of `WEIGHT_RANGE`.
        """
        parts = residual @ self.vectors
        ends = np.log(np.array(WEIGHT_RANGE) * self.values[-1])
        low, high = (np.full((len(parts), 1), end) for end in ends)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            left = parts * (np.exp(middle) / (self.values + np.exp(middle)))
            above = np.sqrt((left**2).mean(1, keepdims=True)) > error
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return np.exp(low)


@dataclass(frozen=True)
class QuadraticInversion:
    """Damped or smoothed least squares by the discrepancy principle.

    Attributes
    ----------
    penalty
        ``damping`` or ``smoothing``.
    """

    penalty: Literal["damping", "smoothing"]

    def __call__(
        self,
        lengths: scipy.sparse.csr_array,
        shape: tuple[int, int],
        times: np.ndarray,
        error: float,
        start: np.ndarray | None = None,
    ) -> np.ndarray:
        """Slownesses (model, cell), ns/m, of times (model, ray), ns.

        Parameters
        ----------
        lengths, shape
            As of :class:`PenalizedRays`.
        times
            Of several models, seen along the same rays.
        error
            Standard deviation of the times, ns.
        start
            Of no use here: there is one minimum, and it is found at once.
        """
        rays = PenalizedRays(lengths, shape, self.penalty)
        centre = constant_fit(lengths, times)
        weight = rays.discrepancy(times - rays.times(centre), error)
        return rays.fit(centre, times, weight)


def constant_fit(lengths: scipy.sparse.csr_array, times: np.ndarray) -> np.ndarray:
    """Constant models (model, cell) that fit times (model, ray) best."""
    whole = np.asarray(lengths.sum(1)).ravel()
    return np.tile((times @ whole / (whole @ whole))[:, None], lengths.shape[1])
