"""Slowness as a sum of principal components of known models, found by least squares.

What learns nothing but a mean and a covariance, beside a generator with as many numbers: encoding
is a projection, the data are linear in the numbers, and the misfit has one minimum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse


@dataclass(frozen=True)
class PrincipalComponents:
    """Mean model and components.

    Attributes
    ----------
    mean
        (cell,), ns/m.
    components
        Orthonormal (component, cell).
    deviations
        Of the known models along the components (component,), ns/m.
    """

    mean: np.ndarray
    components: np.ndarray
    deviations: np.ndarray

    def first(self, count: int) -> PrincipalComponents:
        """The `count` components of greatest variance."""
        return PrincipalComponents(self.mean, self.components[:count], self.deviations[:count])

    def project(self, models: np.ndarray) -> np.ndarray:
        """The nearest models (model, cell) that the components make: encode and decode."""
        return self.mean + (models - self.mean) @ self.components.T @ self.components

    def invert(
        self, lengths: scipy.sparse.csr_array, times: np.ndarray, error: float
    ) -> np.ndarray:
        """Means of the posterior, slownesses (model, cell) in ns/m.

        Parameters
        ----------
        lengths
            Of rays in cells (ray, cell), m.
        times
            (model, ray), ns.
        error
            Standard deviation of independent errors of the times, ns.
        """
        seen = (lengths @ self.components.T) * self.deviations / error  # (ray, component)
        residuals = (times - lengths @ self.mean) / error
        numbers = np.linalg.solve(seen.T @ seen + np.eye(seen.shape[1]), seen.T @ residuals.T)
        return self.mean + (numbers.T * self.deviations) @ self.components


def learn_components(models: np.ndarray, count: int) -> PrincipalComponents:
    """The `count` greatest principal components of models (model, cell).

    Raises
    ------
    ValueError
        If there are not more models than components.
    """
    if len(models) <= count:
        raise ValueError(f"{len(models)} models for {count} components; more are needed")
    mean = models.mean(0)
    centred = models - mean
    squares, vectors = np.linalg.eigh(centred @ centred.T)  # fewer models than cells
    chosen = np.argsort(squares)[::-1][:count]
    components = vectors[:, chosen].T @ centred / np.sqrt(squares[chosen])[:, None]
    return PrincipalComponents(mean, components, np.sqrt(squares[chosen] / (len(models) - 1)))
