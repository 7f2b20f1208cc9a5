"""Priors of images as spaces of few numbers, and their posterior given an effective medium.

Whatever turns numbers into images can be inverted by one sampler: the parameters of a flow that
stirs, or the latent vectors of a learned generator. No derivative is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from latentearth.inversion.downscaling import homogenize
from latentearth.operators.homogenization import Homogenization
from latentearth.samplers.targets import Chart, Posterior, Prior
from latentearth.samples import Samples, even_weights

ImagesOf = Callable[[np.ndarray], np.ndarray]  # (image, coordinate) to grey (image, y, x)


@dataclass(frozen=True)
class ImagePrior:
    """A density of positions, and the image at each.

    Attributes
    ----------
    positions
        The density.
    images
        (image, coordinate) to grey images, (image, y, x).
    coarse
        The same on fewer pixels, for less: it screens proposals. None: they are not screened.
    identity
        What all this is, for checkpoints.
    chart
        Coordinates in which posteriors are nearly normal; None: the positions themselves.
    """

    positions: Prior
    images: ImagesOf
    coarse: ImagesOf | None = None
    identity: str = ""
    chart: Chart | None = None


@dataclass(frozen=True)
class Observation:
    """An observed effective medium.

    Attributes
    ----------
    medium
        (6, row, column), GPa.
    sigma
        Standard deviations of its errors, (6,), GPa.
    """

    medium: np.ndarray
    sigma: np.ndarray

    def log_likelihood(self, media: np.ndarray, more: np.ndarray | float = 0.0) -> np.ndarray:
        """Of media, (image, 6, row, column) to (image,): eq. 15 of Santos et al. (2024).

        Parameters
        ----------
        media
            GPa.
        more
            Standard deviations of errors of `media` themselves, (6,), GPa.
        """
        sigma = np.hypot(self.sigma, more)[:, None, None]
        return -0.5 * np.square((media - self.medium) / sigma).sum(axis=(-3, -2, -1))

    def least(self, probability: float) -> float:
        """Log likelihood of the truth, which is lower with this probability (chi-square)."""
        return -0.5 * float(chi2.isf(probability, self.medium.size))


def image_posterior(
    prior: ImagePrior,
    observation: Observation,
    operator: Homogenization,
    coarse_operator: Homogenization | None = None,
    coarse_error: np.ndarray | float = 0.0,
    identity: str = "",
) -> Posterior:
    """The posterior of positions given an effective medium.

    Parameters
    ----------
    prior
        Of images.
    observation
        The data.
    operator, coarse_operator
        The homogenization, of images of both sizes.
    coarse_error
        By which media of coarse images err, see :func:`coarse_errors`, (6,), GPa.
    identity
        What operators and data are, for checkpoints.
    """

    def value(x: np.ndarray) -> np.ndarray:
        return observation.log_likelihood(homogenize(operator, prior.images(x)))

    screen, coarse = None, prior.coarse
    if coarse is not None and coarse_operator is not None:

        def screen(x: np.ndarray) -> np.ndarray:
            media = homogenize(coarse_operator, coarse(x))
            return observation.log_likelihood(media, coarse_error)

    name = f"{prior.identity} {identity}"
    return Posterior(value, prior.positions, identity=name, screen=screen, chart=prior.chart)


def coarse_errors(
    prior: ImagePrior, positions: np.ndarray, media: np.ndarray, operator: Homogenization
) -> np.ndarray:
    """Root-mean-square error of media of coarse images, (6,), GPa.

    Parameters
    ----------
    prior
        With coarse images.
    positions, media
        (image, coordinate), and their media by fine images, (image, 6, row, column), GPa.
    operator
        Of the coarse images.
    """
    if prior.coarse is None:
        raise TypeError("expected a prior with coarse images")
    rest = homogenize(operator, prior.coarse(positions)) - media
    return np.sqrt(np.square(rest.astype(float)).mean(axis=(0, 2, 3)))


def bank_of(positions: np.ndarray, log_likelihood: np.ndarray) -> Samples:
    """Draws of a prior, (draw, coordinate), with their log likelihoods, (draw,), to begin from."""
    return Samples(
        positions[None],
        log_likelihood[None],
        log_likelihood[None],
        even_weights(1, len(positions)),
        np.array([np.nan]),
        len(positions),
        cpu_s=0.0,
    )
