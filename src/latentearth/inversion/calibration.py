"""Posteriors of images whose truth is known, scored: pixels, coefficients and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from latentearth.diagnostics.coverage import LEVELS
from latentearth.diagnostics.ranks import ranks, reliability
from latentearth.images.scores import coarse
from latentearth.inversion.error_covariance import draw_media


@dataclass(frozen=True)
class ErrorLaw:
    """Errors of an observed medium, (n, n) with n = 6 points^2 in the order of its elements, GPa^2.

    Attributes
    ----------
    model
        Covariance of what a prior and its images leave of a medium.
    everything
        The same with the observation's errors.
    """

    model: np.ndarray
    everything: np.ndarray

    @cached_property
    def whitening(self) -> np.ndarray:
        """(n, n), which makes errors independent and of size 1."""
        return np.linalg.inv(np.linalg.cholesky(self.everything))

    def log_likelihood(self, media: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """Of media, (image, 6, row, column) to (image,), given an observed one, GPa."""
        rest = (media - observed).reshape(len(media), -1) @ self.whitening.T
        return -0.5 * np.square(rest).sum(-1)

    def draw(self, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Errors of the model, and of the observation, each of a medium's shape, GPa."""
        value, vector = np.linalg.eigh(self.model)
        model = vector @ (np.sqrt(np.maximum(value, 0.0)) * rng.standard_normal(len(value)))
        noise = np.sqrt(np.diag(self.everything - self.model)) * rng.standard_normal(len(value))
        return model.reshape(shape), noise.reshape(shape)


@dataclass(frozen=True)
class KnownTruth:
    """What is true of one case, and what was observed of it.

    Attributes
    ----------
    image
        (y, x).
    medium, observed
        (6, row, column), GPa.
    position
        In the space of the prior, (coordinate,); None where the prior did not make the image.
    """

    image: np.ndarray
    medium: np.ndarray
    observed: np.ndarray
    position: np.ndarray | None = None


@dataclass(frozen=True)
class Components:
    """Leading principal components of coarse images, as numbers that any image has.

    Attributes
    ----------
    mean
        (block,), of images of ``side`` by ``side`` blocks.
    directions
        (component, block).
    """

    mean: np.ndarray
    directions: np.ndarray

    @classmethod
    def of(cls, images: np.ndarray, count: int) -> Components:
        """Those of a set of images, (image, y, x)."""
        blocks = coarse(images)
        mean = blocks.mean(0)
        return cls(mean, np.linalg.svd(blocks - mean, full_matrices=False)[2][:count])

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """(image, y, x) to (image, component)."""
        return (coarse(images) - self.mean) @ self.directions.T


def scores_of(
    draws: tuple[np.ndarray, np.ndarray, np.ndarray],
    truth: KnownTruth,
    law: ErrorLaw,
    components: Components,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """How a posterior stands to what is true.

    Parameters
    ----------
    draws
        Of the posterior: positions, (draw, coordinate); grey images, (draw, y, x); and media that
        they predict, (draw, 6, row, column), GPa.
    truth, law
        The case, and the errors that it was inverted with.
    components
        Numbers of images whose ranks are taken.
    rng
        Random numbers.

    Returns
    -------
    dict
        ``pixels`` (3, bin), see :func:`latentearth.diagnostics.ranks.reliability`; ``held``
        (level, 6): share of the true coefficients within intervals of 68 and 95 per cent;
        ``component_ranks`` (component,); ``position_ranks`` (coordinate,), NaN where the truth has
        no position.
    """
    position, images, media = draws
    count, everything = len(media), np.arange(truth.medium.size)
    possible = draw_media(
        media.reshape(count, -1),
        truth.observed.ravel(),
        (law.model, law.everything),
        everything,
        rng,
    ).reshape(media.shape)
    tails = [np.quantile(possible, [(1 - p) / 2, (1 + p) / 2], axis=0) for p in LEVELS]
    inside = [(low <= truth.medium) & (truth.medium <= high) for low, high in tails]
    unknown = np.full(position.shape[1], np.nan)
    return {
        "pixels": reliability((images > 0.5).mean(0), truth.image),
        "held": np.mean(inside, axis=(2, 3)),
        "component_ranks": ranks(components(images), components(truth.image[None])[0], rng),
        "position_ranks": unknown
        if truth.position is None
        else ranks(position, truth.position, rng),
    }
