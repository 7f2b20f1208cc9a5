"""A moment tensor at a given place and time: its prior, and its Gaussian posterior in closed form.

A trace is a sum of six, one for each number of the tensor (Tarantola 2005, section 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from latentearth.inversion.tensor_types import DOUBLED

# of what the data tell of one tensor: less than this of another one is rounding of double precision
LEAST_TOLD = 1e-11


@dataclass(frozen=True)
class TensorPrior:
    """What is known of the tensor before.

    Attributes
    ----------
    deviations
        Of each of the nine numbers of the matrix, in the unit of the elementary tensors; equally
        likely ones, usually by a factor apart from each other.
    basis
        (6, unknown), the tensors that are possible: sums of these columns; by default all.
    """

    deviations: Sequence[float]
    basis: np.ndarray = field(default_factory=lambda: np.eye(6))

    @property
    def precision(self) -> np.ndarray:
        """Of the unknowns at a deviation of 1, (unknown, unknown)."""
        return self.basis.T @ (DOUBLED[:, None] * self.basis)


@dataclass(frozen=True)
class Conditional:
    """Gaussian posterior of the unknowns of a tensor at given positions and origin times.

    Attributes
    ----------
    mean
        (point, deviation, unknown).
    covariance
        (point, deviation, unknown, unknown).
    log_evidence
        (point, deviation), of the data.
    """

    mean: np.ndarray
    covariance: np.ndarray
    log_evidence: np.ndarray


def condition_tensor(
    left: np.ndarray, right: np.ndarray, energy: np.ndarray | float, prior: TensorPrior
) -> Conditional:
    """Posterior of the unknowns of a linear problem with a normal prior, and the evidence.

    Parameters
    ----------
    left, right
        G^T C^-1 G (point, unknown, unknown) and G^T C^-1 d (point, unknown).
    energy
        d^T C^-1 d, of all points or (point,).
    prior
        Of the tensor.

    Returns
    -------
    Conditional
        ``log_evidence`` without the data's own constant, -log det(2 pi C) / 2.
    """
    values, turn = principal_tensors(left, prior)
    along = seen_along(values, np.einsum("pij,pj->pi", turn, right))
    certain = values[:, None] + 1 / np.square(prior.deviations)[:, None]
    mean = np.einsum("psi,pij->psj", along[:, None] / certain, turn)
    covariance = np.einsum("pij,psi,pik->psjk", turn, 1 / certain, turn, optimize=True)
    return Conditional(mean, covariance, tensor_evidence(values, along, energy, prior))


def principal_tensors(left: np.ndarray, prior: TensorPrior) -> tuple[np.ndarray, np.ndarray]:
    """What the data tell of tensors apart: in the prior's metric G^T C^-1 G is diagonal.

    Parameters
    ----------
    left
        G^T C^-1 G, (..., unknown, unknown).
    prior
        Of the tensor.

    Returns
    -------
    values
        (..., unknown), rising; 0 where data tell so little that rounding stands in for it.
    turn
        (..., unknown, unknown), rows are the directions.
    """
    white = np.linalg.inv(np.linalg.cholesky(prior.precision))
    values, vectors = np.linalg.eigh(white @ left @ white.T)
    values = np.where(values > LEAST_TOLD * values[..., -1:], values, 0.0)
    return values, vectors.swapaxes(-1, -2) @ white


def seen_along(values: np.ndarray, along: np.ndarray) -> np.ndarray:
    """G^T C^-1 d along the principal directions, without what is rounding alone.

    Parameters
    ----------
    values
        Of :func:`principal_tensors`, (..., unknown).
    along
        G^T C^-1 d along its directions, (..., unknown).
    """
    return np.where(values > 0, along, 0.0)


def tensor_evidence(
    values: np.ndarray, along: np.ndarray, energy: np.ndarray | float, prior: TensorPrior
) -> np.ndarray:
    """Log evidence (..., deviation), without the data's own constant.

    Parameters
    ----------
    values
        Of :func:`principal_tensors`, (..., unknown).
    along
        G^T C^-1 d along its directions, (..., unknown).
    energy
        d^T C^-1 d, one or (...).
    prior
        Of the tensor.
    """
    squared = np.square(prior.deviations)[:, None]
    values, along = values[..., None, :], along[..., None, :]
    told = (along**2 / (values + 1 / squared) - np.log1p(squared * values)).sum(-1)
    return 0.5 * (told - np.asarray(energy)[..., None])
