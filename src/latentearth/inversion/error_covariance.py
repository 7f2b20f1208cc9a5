"""Errors of an effective medium that hang together, between coefficients and in space.

Santos et al. (2024) take the errors of all coefficients at all points as independent (eq. 15).
What a generator's closest fits leave is not: C11, C22, C33 and C12 err together, at neighbouring
points too. Here it has the covariance

    S = diag(sigma_o^2) x 1 + B x R x R,    R_kl = rho^|k - l|,

with B between coefficients, (6, 6), and one correlation rho of neighbours along rows and columns.
Few closest fits are known: sizes are theirs, correlations between coefficients are shrunk towards
those of the media themselves. How far, and rho, is what describes best images that are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky

NEIGHBOURS_TRIED = np.linspace(0.0, 0.9, 10)  # rho that are tried
SHRINKAGES_TRIED = np.linspace(0.0, 1.0, 5)  # 0: correlations of the residuals, 1: of the media


@dataclass(frozen=True)
class ErrorCovariance:
    """The law of all errors at one cutoff.

    Attributes
    ----------
    observation
        sigma_o, (6,), GPa.
    generator
        B, (6, 6), GPa^2.
    neighbour
        rho.
    shrinkage
        Of the correlations in B, 0 to 1.
    """

    observation: np.ndarray
    generator: np.ndarray
    neighbour: float
    shrinkage: float

    def of_generator(self, points: int) -> np.ndarray:
        """B x R x R, (n, n) with n = 6 points^2 in the order of a medium's elements, GPa^2."""
        lag = np.abs(np.subtract.outer(np.arange(points), np.arange(points)))
        near = self.neighbour**lag
        return np.kron(self.generator, np.kron(near, near))

    def matrix(self, points: int) -> np.ndarray:
        """S, (n, n) with n = 6 points^2 in the order of a medium's elements, GPa^2."""
        noise = np.repeat(np.square(self.observation), points**2)
        return self.of_generator(points) + np.diag(noise)


def fit_error_covariance(
    residuals: np.ndarray, media: np.ndarray, sigma_o: np.ndarray
) -> tuple[ErrorCovariance, float]:
    """The law of errors that describes images left out best.

    Parameters
    ----------
    residuals
        Media of images less those of their closest fits, (image, 6, row, column), GPa.
    media
        Of many images, for the correlations that few residuals are shrunk towards.
    sigma_o
        Standard deviations of the observation's errors, (6,), GPa.

    Returns
    -------
    tuple
        The law, and the mean log density of an image's errors by a law that does not know it.

    Raises
    ------
    ValueError
        If there are fewer than two residuals.
    """
    if len(residuals) < 2:
        raise ValueError(f"{len(residuals)} residuals; expected two at least, to leave one out")
    both = np.moveaxis(np.asarray(media, dtype=float), 1, 0).reshape(media.shape[1], -1)
    of_media = np.corrcoef(both)

    def law(rest: np.ndarray, neighbour: float, shrinkage: float) -> ErrorCovariance:
        between = _between(rest)
        size = np.sqrt(np.diag(between))
        together = (1 - shrinkage) * between / np.outer(size, size) + shrinkage * of_media
        return ErrorCovariance(
            np.asarray(sigma_o), together * np.outer(size, size), neighbour, shrinkage
        )

    def left_out(neighbour: float, shrinkage: float) -> float:
        points, found = residuals.shape[-1], []
        for k, one in enumerate(residuals):
            others = np.delete(residuals, k, axis=0)
            covariance = law(others, neighbour, shrinkage).matrix(points)
            found.append(expected_log_density(one, covariance, sigma_o))
        return float(np.mean(found))

    rho = float(max(NEIGHBOURS_TRIED, key=lambda value: left_out(value, SHRINKAGES_TRIED[1])))
    scores = [left_out(rho, value) for value in SHRINKAGES_TRIED]
    best = int(np.argmax(scores))
    return law(residuals, rho, float(SHRINKAGES_TRIED[best])), scores[best]


def expected_log_density(
    residual: np.ndarray, covariance: np.ndarray, sigma_o: np.ndarray
) -> float:
    """Log density of a residual with the observation's errors on it, in their mean.

    Parameters
    ----------
    residual
        (6, row, column), GPa, without errors of observation.
    covariance
        Of both, (n, n), GPa^2.
    sigma_o
        (6,), GPa; independent.
    """
    root = cholesky(covariance, lower=True)
    flat = np.asarray(residual, dtype=float).ravel()
    noise = np.repeat(np.square(sigma_o), flat.size // len(sigma_o))
    inverse = cho_solve((root, True), np.eye(flat.size))
    square = flat @ inverse @ flat + np.diag(inverse) @ noise
    return float(-0.5 * square + log_norm(root))


def log_norm(root: np.ndarray) -> float:
    """Log density at the mean of a normal law, of the Cholesky factor of its covariance."""
    return float(-np.log(np.diag(root)).sum() - 0.5 * len(root) * np.log(2 * np.pi))


def draw_media(
    predicted: np.ndarray,
    observed: np.ndarray,
    errors: tuple[np.ndarray, np.ndarray],
    used: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """True media given what is observed and what a generator predicts.

    The medium is a prediction and the generator's error, of which the observation tells the more
    the larger it is: normal laws, conditioned.

    Parameters
    ----------
    predicted
        Media of draws of a posterior, (draw, n), GPa.
    observed
        (n,), GPa.
    errors
        Covariances of the generator's error and of all errors, (n, n), GPa^2.
    used
        Which of the n are observed.
    rng
        Random numbers.
    """
    of_generator, of_all = errors
    gain = np.linalg.solve(of_all[np.ix_(used, used)], of_generator[used]).T
    left = of_generator - gain @ of_generator[used]
    value, vector = np.linalg.eigh((left + left.T) / 2)
    random = rng.standard_normal(predicted.shape) * np.sqrt(np.maximum(value, 0.0))
    return predicted + (observed - predicted)[:, used] @ gain.T + random @ vector.T


def _between(residuals: np.ndarray) -> np.ndarray:
    """Covariance between coefficients about zero, (6, 6), of (image, 6, row, column)."""
    both = np.moveaxis(np.asarray(residuals, dtype=float), 1, 0).reshape(residuals.shape[1], -1)
    return both @ both.T / both.shape[1]
