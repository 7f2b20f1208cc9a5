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
    mean, covariance, _ = _shrunk(residuals)
    return DataError(mean, covariance + noise**2 * np.eye(len(mean)))


def _shrunk(residuals: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean, covariance, and the share by which covariances are shrunk towards none."""
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
    return mean, np.where(off, (1 - share) * covariance, covariance), share


@dataclass(frozen=True)
class ModelError:
    """A normal density of what a generator cannot make of a model, given what the data say of it.

    Attributes
    ----------
    data
        Of observed minus computed times.
    mean, gain, covariance
        Of numbers that describe a model, true minus generated: mean (number,) where the data are
        as expected, what each datum adds (number, datum), and the covariance that is left.
    """

    data: DataError
    mean: np.ndarray
    gain: np.ndarray
    covariance: np.ndarray

    def draw(self, misfits: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Errors (sample, draw, number), given observed minus computed times (sample, datum)."""
        centre = self.mean + (misfits - self.data.mean) @ self.gain.T
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0))
        normal = rng.standard_normal((len(misfits), count, len(self.mean)))
        return centre[:, None] + normal @ root.T


def learn_model_error(numbers: np.ndarray, residuals: np.ndarray, noise: float) -> ModelError:
    """Error of numbers that describe models, from known ones, jointly with that of their times.

    Numbers (model, number) and times (model, datum) are those of true minus generated models; both
    are taken to be normal together, so that times tell of numbers by a linear regression. Their
    covariances are shrunk by the share of those of the times (:func:`learn_error`).

    Raises
    ------
    ValueError
        If there are fewer than three models.
    """
    mean, covariance, share = _shrunk(residuals)
    data = DataError(mean, covariance + noise**2 * np.eye(len(mean)))
    centred, others = numbers - numbers.mean(0), residuals - mean
    own = centred.T @ centred / (len(numbers) - 1)
    own = np.where(np.eye(len(own), dtype=bool), own, (1 - share) * own)
    cross = (1 - share) * centred.T @ others / (len(numbers) - 1)
    gain = np.linalg.solve(data.covariance, cross.T).T
    return ModelError(data, numbers.mean(0), gain, own - gain @ cross.T)


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
