"""The posterior of a latent vector given traveltimes, with an error for what no vector can make.

A generator makes few of the models that there are: the data of a true model and those of its
nearest generated one differ by more than noise. That difference is learned from models whose codes
are known (encode, decode, compare the data), with mean and covariance, and added to the noise
(Hansen, Cordua, Jacobsen and Mosegaard 2014, Geophysics 79, H1; Kaipio and Somersalo 2007, J.
Comput. Appl. Math. 198, 493). Some models are made well and others badly. So a model's difference
has a scale of its own: the covariance is multiplied by one of several numbers, which are as likely
as they are among models that it was not learned from, and data tell which (a mixture of scales, as
Student's t is one; Andrews and Mallows 1974, J. R. Statist. Soc. B 36, 99; its likeliest law:
Laird 1978, J. Am. Statist. Assoc. 73, 805).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from latentearth.inversion.latent_descent import Decode, Operator, slowness
from latentearth.samplers.targets import Normal, Posterior

SCALES = np.geomspace(1 / 32, 32, 21)  # of variances, in units of the mean
EM_ROUNDS = 100  # of expectation and maximisation, for how likely each is
HALVES = slice(0, None, 2), slice(1, None, 2)  # of models in no order
LEAST_SHARE = 1e-3  # of a scale that is kept
LEAST_VARIANCE = 1e-9  # of a direction, in units of the largest


@dataclass(frozen=True)
class DataError:
    """A mixture of normal densities of observed minus computed times.

    Given a scale s the covariance is s A diag(variances) A' + noise^2 1.

    Attributes
    ----------
    mean
        (datum,), ns.
    axes, variances
        Of what cannot be made at scale 1: directions A (datum, direction), and ns^2 along them.
    scales, shares
        (scale,), and how likely they are.
    noise
        Independent errors of the data, ns.
    """

    mean: np.ndarray
    axes: np.ndarray
    variances: np.ndarray
    scales: np.ndarray
    shares: np.ndarray
    noise: float

    def totals(self) -> np.ndarray:
        """Variances of what cannot be made and noise along the axes, (scale, direction), ns^2."""
        return np.outer(self.scales, self.variances) + self.noise**2

    def log_weights(self, along: torch.Tensor) -> torch.Tensor:
        """Log densities with each scale of misfits along the axes, less a constant.

        (sample, direction) in ns to (sample, scale).
        """
        totals = self.totals()
        inverse = torch.from_numpy(1 / totals).to(along)
        norm = torch.from_numpy(np.log(self.shares) - 0.5 * np.log(totals).sum(1)).to(along)
        return norm - 0.5 * along.square() @ inverse.T


def learn_error(residuals: np.ndarray, noise: float) -> DataError:
    """Error of the data from residuals of known models (model, datum), and independent noise, ns.

    Few models tell little of many covariances: the sample's are shrunk towards none, by the share
    that makes the least mean square error (Schaefer and Strimmer 2005, Stat. Appl. Genet. Mol.
    Biol. 4, 32, target D). Scales are those of each half of the models in the covariance of the
    other half; the final covariance is of all models, each as light as its scale is large.

    Raises
    ------
    ValueError
        If there are fewer than six models.
    """
    shares, inverse = _scales(residuals, noise)
    return _law(residuals, shares, inverse, noise)[0]


def _law(
    residuals: np.ndarray, shares: np.ndarray, inverse: np.ndarray, noise: float
) -> tuple[DataError, float]:
    """The error from models with a mean of 1 / s each, and the share of shrinking."""
    mean = inverse @ residuals / inverse.sum()
    axes, variances, share = _shrunk((residuals - mean) * np.sqrt(inverse)[:, None])
    kept = shares > LEAST_SHARE
    return DataError(mean, axes, variances, SCALES[kept], shares[kept], noise), share


def _shrunk(residuals: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Directions, variances, and the share by which covariances are shrunk, about a mean of 0."""
    count = len(residuals)
    product = residuals.T @ residuals / count
    squares = (residuals**2).T @ residuals**2 / count - product**2  # variance of each covariance
    off = ~np.eye(len(product), dtype=bool)
    scatter, size = squares[off].sum() / (count - 1), (product[off] ** 2).sum()
    share = float(min(1.0, scatter / max(size, 1e-300)))
    variances, axes = np.linalg.eigh(np.where(off, (1 - share) * product, product))
    return axes, np.maximum(variances, LEAST_VARIANCE * variances[-1]), share


def _scales(residuals: np.ndarray, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """How likely each scale is, (scale,), and the mean of 1 / s of each model, (model,).

    In the covariance of the other half; the likeliest law, by expectation and maximisation.
    """
    if len(residuals) < 6:
        raise ValueError(f"{len(residuals)} models: six at least tell of scales and covariances")
    fits = np.zeros((len(residuals), len(SCALES)))
    for own, other in (HALVES, HALVES[::-1]):
        mean = residuals[other].mean(0)
        axes, variances, _ = _shrunk(residuals[other] - mean)
        totals = np.outer(SCALES, variances) + noise**2
        squares = ((residuals[own] - mean) @ axes) ** 2 + noise**2  # expected with noise on them
        fits[own] = -0.5 * (squares @ (1 / totals).T + np.log(totals).sum(1))
    likely = np.exp(fits - fits.max(1, keepdims=True))
    shares = np.full(len(SCALES), 1 / len(SCALES))
    for _ in range(EM_ROUNDS):
        each = likely * shares
        each /= each.sum(1, keepdims=True)
        shares = each.mean(0)
    return shares, each @ (1 / SCALES)


@dataclass(frozen=True)
class ModelError:
    """What a generator cannot make of a model, given what the data say of it.

    Errors of known models, brought to the scale that the data show and moved to the data: a random
    one of them plus a regression of what its times leave of those that there are (Hoffman and
    Ribak 1991, Astrophys. J. 380, L5, as in ensemble Kalman filters). The regression was learned
    from other models, so that what it leaves of the known is what it leaves of new ones.

    Attributes
    ----------
    data
        Of observed minus computed times, as the regression's models have it.
    mean, gain
        Of the numbers that describe a model, true minus generated, (number,), and their covariance
        with times along the axes at scale 1, (number, direction), ns.
    numbers, along
        Of the known models at scale 1, without means: (model, number), and times along the axes
        (model, direction), ns.
    """

    data: DataError
    mean: np.ndarray
    gain: np.ndarray
    numbers: np.ndarray
    along: np.ndarray

    def draw(self, misfits: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Errors (sample, draw, number), given observed minus computed times (sample, datum)."""
        seen = (misfits - self.data.mean) @ self.data.axes
        weights = self.data.log_weights(torch.from_numpy(seen)).softmax(1).numpy()
        levels = weights.cumsum(1)[:, None] < rng.random((len(seen), count, 1))
        chosen = np.minimum(levels.sum(-1), len(self.data.scales) - 1)
        scale = self.data.scales[chosen][..., None]
        known = rng.integers(len(self.along), size=chosen.shape)
        noise = self.data.noise * rng.standard_normal((*chosen.shape, seen.shape[1]))
        left = seen[:, None] - np.sqrt(scale) * self.along[known] - noise
        share = scale / self.data.totals()[chosen]
        regressed = (left * share).astype(self.gain.dtype) @ self.gain.T
        return self.mean + np.sqrt(scale).astype(regressed.dtype) * self.numbers[known] + regressed


def learn_model_error(
    numbers: np.ndarray, residuals: np.ndarray, noise: float
) -> tuple[ModelError, ModelError]:
    """Error of numbers that describe models, from known ones, jointly with that of their times.

    Numbers (model, number) and times (model, datum), ns, are those of true minus generated models.
    Their covariances are shrunk by the share of those of the times (:func:`learn_error`). Numbers
    keep their type, as there may be many. The two errors have their regressions from one half of
    the models and known ones from the other.

    Raises
    ------
    ValueError
        If there are fewer than six models.
    """
    shares, inverse = _scales(residuals, noise)
    root, found = np.sqrt(inverse)[:, None], []
    for own, other in (HALVES, HALVES[::-1]):
        data, share = _law(residuals[own], shares, inverse[own], noise)
        mean = (inverse[own] @ numbers[own] / inverse[own].sum()).astype(numbers.dtype)
        along = (residuals - data.mean) * root @ data.axes
        others = ((numbers - mean) * root).astype(numbers.dtype)
        gain = (1 - share) / len(along[own]) * (others[own].T @ along[own].astype(numbers.dtype))
        found.append(ModelError(data, mean, gain, others[other], along[other]))
    return found[0], found[1]


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
    axes = torch.from_numpy(error.axes).float()
    observed = torch.from_numpy(np.asarray(times) - error.mean).float()

    def log_likelihood(z: torch.Tensor) -> torch.Tensor:
        recorded = operator(slowness(decode(z.float()), velocities))
        return error.log_weights((recorded - observed) @ axes).logsumexp(1).double()

    def value(z: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return log_likelihood(z)

    def gradient(z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        z = z.detach().requires_grad_(True)
        found = log_likelihood(z)
        (slope,) = torch.autograd.grad(found.sum(), z)
        return found.detach(), slope

    return Posterior(value, Normal(latent), gradient, identity)
