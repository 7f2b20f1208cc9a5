"""Posteriors by several laws of errors and kinds of data, scored against what is true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from latentearth.images.pixels import correct_share
from latentearth.inversion import linear_downscaling
from latentearth.inversion.downscaling import elements
from latentearth.inversion.error_covariance import (
    ErrorCovariance,
    draw_media,
    expected_log_density,
    fit_error_covariance,
    log_norm,
)
from latentearth.samples import Samples

KINDS = {"anisotropic": list(range(6)), "isotropic": [0]}  # coefficients that are inverted
LARGE = {"large": [0, 1, 2, 3]}  # C11, C22, C33, C12: nearly one number four times
LEVELS = (0.68, 0.95)

Law = tuple[np.ndarray, np.ndarray]  # covariances of the generator's error and of all errors


def error_laws(
    errors: xr.Dataset, residuals: np.ndarray, media: np.ndarray
) -> tuple[ErrorCovariance, dict[str, Law], dict[str, float]]:
    """The law of errors at a cutoff; laws by name: the paper's, this one, and observation alone.

    Parameters
    ----------
    errors
        ``sigma_o`` and ``sigma_g``, (coefficient,), GPa: the paper's, of the principal cutoff.
    residuals, media
        As :func:`latentearth.inversion.error_covariance.fit_error_covariance` asks for.

    Returns
    -------
    tuple
        The law; covariances by name; and mean log densities of an image's errors, by the law that
        does not know the image, and by the paper's, which does.
    """
    points, sigma_o = residuals.shape[-1], errors.sigma_o.values
    noise, alone = (
        np.diag(np.repeat(np.square(errors[name].values), points**2))
        for name in ("sigma_o", "sigma_g")
    )
    law, score = fit_error_covariance(residuals, media, sigma_o)
    laws = {
        "independent": (alone, noise + alone),
        "correlated": (law.of_generator(points), law.matrix(points)),
        "observation": (0 * noise, noise),
    }
    paper = [expected_log_density(one, noise + alone, sigma_o) for one in residuals]
    return law, laws, {"independent": float(np.mean(paper)), "correlated": score}


def posterior_row(
    found: Samples,
    images: np.ndarray,
    media: np.ndarray,
    truth: xr.Dataset,
    law: Law,
    components: list[int],
    rng: np.random.Generator,
) -> dict:
    """What a posterior says and how much of it is true.

    Parameters
    ----------
    found
        The posterior.
    images, media
        Of its draws: grey, (draw, y, x), and predicted, (draw, 6, row, column), GPa.
    truth
        ``image``, ``medium`` and ``observed`` of the target.
    law
        Of the errors.
    components
        Coefficients that were inverted.
    rng
        Random numbers.
    """
    used = elements(components, media.shape[-1])
    root = np.linalg.cholesky(law[1][np.ix_(used, used)])
    white, mean = (images > 0.5).mean(0), images.mean(0)
    draws = draw_media(media.reshape(len(media), -1), truth.observed.values.ravel(), law, used, rng)
    tails = [np.quantile(draws, [(1 - p) / 2, (1 + p) / 2], axis=0) for p in LEVELS]
    medium = truth.medium.values.ravel()
    return {
        "pixels_right": correct_share(mean, truth.image.values),
        "pixels_stated": float(np.maximum(white, 1 - white).mean()),
        "mean_deviation": float(images.std(0).mean()),
        **{
            f"held_{100 * p:.0f}": float(np.mean((low <= medium) & (medium <= high)))
            for p, (low, high) in zip(LEVELS, tails, strict=True)
        },
        "nats": float(found.log_likelihood.mean()) - found.log_evidence,
        "log_evidence": found.log_evidence + log_norm(root),
        "ancestors": found.independent,
        "cpu_s": found.cpu_s,
    }


def linear_rows(
    images: np.ndarray, media: np.ndarray, data: xr.Dataset, laws: dict[str, Law], count: int
) -> Iterator[dict]:
    """The same by a Wiener filter of the prior's draws, for several targets.

    Parameters
    ----------
    images, media
        Draws of the prior, (draw, y, x), and (draw, 6, row, column), GPa.
    data
        ``image`` and ``observed`` of the targets.
    laws
        Of errors, by name.
    count
        Targets.
    """
    flat = media.reshape(len(media), -1).astype(float)
    for name, (_, covariance) in laws.items():
        for kind, components in (KINDS | LARGE).items():
            used = elements(components, media.shape[-1])
            part = covariance[np.ix_(used, used)]
            inverse = np.linalg.inv(np.linalg.cholesky(part))
            scaled = (flat[:, used] @ inverse.T)[..., None, None]
            nats = linear_downscaling.linear_information(flat[:, used], part)
            for target in range(count):
                observed = inverse @ data.observed.values[target].ravel()[used]
                image = linear_downscaling.wiener_image(
                    images, scaled, observed[:, None, None], np.ones(len(used))
                )
                right = correct_share(image, data.image.values[target])
                head = {"errors": name, "data": kind, "method": "linear", "target": target}
                yield head | {"pixels_right": right, "nats": nats}


def shown_dataset(
    shown: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]],
    scores: dict[str, float],
    law: ErrorCovariance,
    data: xr.Dataset,
) -> xr.Dataset:
    """Mean and deviation of images, (y, x), by errors and kind of data, and the law of errors."""
    values = np.array([[shown[name, kind] for kind in KINDS] for name in scores])
    plane, one = ("errors", "data", "y", "x"), {"units": "1"}
    return xr.Dataset(
        {
            "mean": (plane, values[:, :, 0], one),
            "deviation": (plane, values[:, :, 1], one),
            "log_density": ("errors", [*scores.values()], one),
            "neighbour": ((), law.neighbour, one),
            "shrinkage": ((), law.shrinkage, one),
            "generator": (("coefficient", "other"), law.generator, {"units": "GPa^2"}),
            "true_image": (("y", "x"), data.image.values[0], one),
            "waves": data.waves,
        },
        {"errors": [*scores], "data": [*KINDS]},
    )
