"""The posterior of a latent vector given traveltimes, with an error for what no vector can make.

A generator makes few of the models that there are: the data of a true model and those of its
nearest generated one differ by more than noise. That difference is learned from models whose codes
are known (encode, decode, compare the data), as a normal error with mean and covariance, and added
to the noise (Hansen, Cordua, Jacobsen and Mosegaard 2014, Geophysics 79, H1; Kaipio and Somersalo
2007, J. Comput. Appl. Math. 198, 493).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import torch

from latentearth.inversion.latent_descent import Decode, Operator, slowness
from latentearth.samplers.targets import Normal, Posterior


@dataclass(frozen=True)
class DataError:
    """A normal density of observed minus computed times.

    Attributes
    ----------
    mean, covariance
        (datum,) in ns, (datum, datum) in ns^2.
    """

    mean: np.ndarray
    covariance: np.ndarray

    def independent(self) -> DataError:
        """The same with variances alone, as if data erred independently."""
        return DataError(self.mean, np.diag(np.diag(self.covariance)))


def learn_error(residuals: np.ndarray, noise: float) -> DataError:
    """Error of the data from residuals of known models (model, datum), and independent noise, ns.

    Few models tell little of many covariances: the sample's are shrunk towards none, by the share
    that makes the least mean square error (Schaefer and Strimmer 2005, Stat. Appl. Genet. Mol.
    Biol. 4, 32, target D).

    Raises
    ------
    ValueError
        If there are fewer than three models.
    """
    count = len(residuals)
    if count < 3:
        raise ValueError(f"{count} models: three at least tell how sure a covariance is")
    mean = residuals.mean(0)
    centred = residuals - mean
    product = centred.T @ centred / count
    squares = (centred**2).T @ centred**2 / count - product**2
    scatter = squares * count / (count - 1) ** 3 * count  # variance of each covariance
    covariance = product * count / (count - 1)
    off = ~np.eye(len(mean), dtype=bool)
    share = min(1.0, scatter[off].sum() / max((covariance[off] ** 2).sum(), 1e-300))
    covariance = np.where(off, (1 - share) * covariance, covariance)
    return DataError(mean, covariance + noise**2 * np.eye(len(mean)))


def traveltime_posterior(
    decode: Decode,
    operator: Operator,
    velocities: tuple[float, float],
    times: np.ndarray,
    error: DataError,
    *,
    latent: int,
    identity: str = "",
) -> Posterior:
    """What observed times (datum,) in ns say of a latent vector, whose prior is standard normal.

    Parameters
    ----------
    decode, operator, velocities
        As of :func:`latentearth.inversion.latent_descent.descend`.
    times
        Observed, ns.
    error
        Of the times, given the latent vector.
    latent
        Length of a vector.
    identity
        As of :class:`latentearth.samplers.targets.Target`.
    """
    root = scipy.linalg.cholesky(error.covariance, lower=True)
    unit = np.eye(len(root))
    white = torch.from_numpy(scipy.linalg.solve_triangular(root, unit, lower=True)).float()
    observed = torch.from_numpy(np.asarray(times) - error.mean).float()

    def log_likelihood(z: torch.Tensor) -> torch.Tensor:
        recorded = operator(slowness(decode(z.float()), velocities))
        return -0.5 * ((recorded - observed) @ white.T).square().sum(1).double()

    def value(z: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return log_likelihood(z)

    def gradient(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z = z.detach().requires_grad_(True)
        found = log_likelihood(z)
        (slope,) = torch.autograd.grad(found.sum(), z)
        return found.detach(), slope

    return Posterior(value, Normal(latent), gradient, identity)
