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

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax

SCALES = np.geomspace(1 / 32, 32, 21)  # of variances, in units of the mean
EM_ROUNDS = 100  # of expectation and maximisation, for how likely each is
HALVES = slice(0, None, 2), slice(1, None, 2)  # of models in no order
LEAST_SHARE = 1e-3  # of a scale that is kept
LEAST_VARIANCE = 1e-9  # of a direction, in units of the largest
_COMPONENTS = 80  # of times, for the regression of vectors
RIDGE = 1e-2  # of a kernel of 1 at no distance
GAUSS_NEWTON_STEPS = 9  # of Gauss and Newton; the RMSE of models falls no more
DIFFERENCE = 0.02  # of vectors, for slopes; standard deviations of the prior
HALVED = 0.5 ** np.arange(5)  # steps tried
LEAST_GAIN = 0.01  # of a step, in log density


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

    def log_densities(self, along: np.ndarray) -> np.ndarray:
        """Log densities with each scale of misfits along the axes, less a constant.

        (sample, direction) in ns to (sample, scale).
        """
        totals = self.totals()
        norm = np.log(self.shares) - 0.5 * np.log(totals).sum(1)
        return norm - 0.5 * along**2 @ (1 / totals).T


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
class Remainder:
    """What misfits tell of the part of a model that a generator cannot make: a linear regression.

    Attributes
    ----------
    data
        Of observed minus computed times.
    mean, gain
        Of the numbers that describe a model, true minus generated, (number,), and their covariance
        with times along the axes at scale 1, (number, direction), ns.
    """

    data: DataError
    mean: np.ndarray
    gain: np.ndarray

    def __call__(self, misfits: np.ndarray) -> np.ndarray:
        """Numbers (sample, number) to add, given observed minus computed times (sample, datum)."""
        along = (misfits - self.data.mean) @ self.data.axes
        share = along / (self.data.variances + self.data.noise**2)
        return self.mean + share.astype(self.gain.dtype) @ self.gain.T


def learn_remainder(numbers: np.ndarray, residuals: np.ndarray, noise: float) -> Remainder:
    """The regression of numbers that describe models on what times leave, from known models.

    Numbers (model, number) and times (model, datum), ns, are those of true minus generated models.
    Their covariances are shrunk by the share of those of the times (:func:`learn_error`). Numbers
    keep their type, as there may be many.

    Raises
    ------
    ValueError
        If there are fewer than six models.
    """
    shares, inverse = _scales(residuals, noise)
    data, share = _law(residuals, shares, inverse, noise)
    mean = (inverse @ numbers / inverse.sum()).astype(numbers.dtype)
    along = (residuals - data.mean) * inverse[:, None] @ data.axes
    gain = (1 - share) / len(along) * ((numbers - mean).T @ along.astype(numbers.dtype))
    return Remainder(data, mean, gain)


@dataclass(frozen=True)
class VectorRegression:
    """Latent vectors by kernel ridge regression on the principal components of times.

    Attributes
    ----------
    mean, axes
        Of times: (datum,) ns, and directions (datum, component).
    known, weights
        Components of the known times (model, component), ns, and what each adds (model, latent).
    width
        Twice the square of the kernel's width, ns^2.
    """

    mean: np.ndarray
    axes: np.ndarray
    known: np.ndarray
    weights: np.ndarray
    width: float

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Vectors (sample, latent) of observed times (sample, datum), ns."""
        apart = cdist((times - self.mean) @ self.axes, self.known, "sqeuclidean")
        return np.exp(-apart / self.width) @ self.weights


def learn_vectors(times: np.ndarray, vectors: np.ndarray) -> VectorRegression:
    """The regression of vectors (model, latent) on times with noise (model, datum), ns."""
    mean = times.mean(0)
    axes = np.linalg.svd(times - mean, full_matrices=False)[2][:_COMPONENTS].T
    known = (times - mean) @ axes
    apart = cdist(known, known, "sqeuclidean")
    width = 2 * float(np.median(apart))
    weights = np.linalg.solve(np.exp(-apart / width) + RIDGE * np.eye(len(known)), vectors)
    return VectorRegression(mean, axes, known, weights, width)


@dataclass(frozen=True)
class NormalPosterior:
    """A normal density around the likeliest latent vector (Laplace's approximation).

    Attributes
    ----------
    mode
        (latent,).
    root
        Of the covariance, (latent, latent).
    """

    mode: np.ndarray
    root: np.ndarray

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Vectors (draw, latent)."""
        return self.mode + rng.standard_normal((count, len(self.mode))) @ self.root.T


def gauss_newton(
    times: Callable[[np.ndarray], np.ndarray],
    observed: np.ndarray,
    error: DataError,
    start: np.ndarray,
    iterations: int = GAUSS_NEWTON_STEPS,
) -> NormalPosterior:
    """What observed times say of a latent vector, whose prior is standard normal.

    Each step solves the linearised problem with the scales as likely as misfits show them, and is
    halved until the posterior rises.

    Parameters
    ----------
    times
        Of vectors (sample, latent), (sample, datum), ns.
    observed
        (datum,), ns.
    error
        Of the times, given the vector.
    start
        (latent,).
    iterations
        At most.
    """
    position, eye = np.asarray(start, float), np.eye(len(start))

    def along(vectors: np.ndarray) -> np.ndarray:
        return (times(vectors) - observed + error.mean) @ error.axes

    for _ in range(iterations):
        ends = along(np.concatenate([position[None], position + DIFFERENCE * eye]))
        misfit, slopes = ends[0], (ends[1:] - ends[0]) / DIFFERENCE
        logs = error.log_densities(misfit[None])[0]
        precision = softmax(logs) @ (1 / error.totals())
        curvature = slopes * precision @ slopes.T + eye
        step = np.linalg.solve(curvature, slopes * precision @ misfit + position)
        tried = position - HALVED[:, None] * step
        found = logsumexp(error.log_densities(along(tried)), axis=1) - 0.5 * (tried**2).sum(1)
        best = found.argmax()
        if found[best] <= logsumexp(logs) - 0.5 * position @ position + LEAST_GAIN:
            break
        position = tried[best]
    return NormalPosterior(position, np.linalg.inv(np.linalg.cholesky(curvature)).T)
