"""One posterior of latent vectors, described in pixels, in data and in numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from latentearth.diagnostics.mixing import bulk_ess, rank_rhat
from latentearth.images import pixels
from latentearth.samples import Samples

EXAMPLES = 10  # Figure 10


def describe_solution(
    samples: Samples,
    generate: Callable[[np.ndarray], np.ndarray],
    homogenize: Callable[[np.ndarray], np.ndarray],
    observed: np.ndarray,
    sigma: np.ndarray,
    image: np.ndarray | None,
    count: int,
    seed: np.random.SeedSequence,
) -> xr.Dataset:
    """Describe the chains of one target.

    Parameters
    ----------
    samples
        Latent vectors.
    generate, homogenize
        Latent vectors (n, latent) to grey images (n, y, x), and these to media (n, 6, row, column).
    observed, sigma
        Data, (6, row, column), and their errors, (6,).
    image
        The true image, (y, x), if it is known.
    count
        Images for the statistics in pixels.
    seed
        For the choice of examples.

    Returns
    -------
    xarray.Dataset
        Images: mean, deviation, white (share of white samples), of_mean (image of the mean latent
        vector), of_mode (of the sample of highest posterior density), example. Media predicted
        by the mean image and the mode. Numbers: misfits as root-mean-square over sigma, shares of
        correct pixels, mean deviation, numbers of chains and of samples in each, spread of latent
        coordinates, and R-hat and ESS of each.
    """
    position = samples.position
    chosen = pixels.thin(position, count)
    mean, deviation, white = pixels.pixel_statistics(generate, chosen)
    flat = samples.flat
    best = flat[samples.log_density.argmax()]
    of_mean, of_mode = generate(np.stack([flat.mean(axis=0), best]))
    picks = np.random.default_rng(seed).choice(
        len(chosen), EXAMPLES, replace=len(chosen) < EXAMPLES
    )
    media = homogenize(np.stack([mean, of_mode]).astype(np.float32))
    scaled = (media - observed) / sigma[:, None, None]
    plane, grid, one = ("y", "x"), ("coefficient", "row", "column"), {"units": "1"}
    found = {
        "mean": (plane, mean),
        "deviation": (plane, deviation),
        "white": (plane, white),
        "of_mean": (plane, of_mean),
        "of_mode": (plane, of_mode),
        "example": (("example", *plane), generate(chosen[picks])),
        "misfit_of_mean": ((), np.sqrt(np.square(scaled[0]).mean())),
        "misfit_of_mode": ((), np.sqrt(np.square(scaled[1]).mean())),
        "misfit_by_coefficient": ("coefficient", np.sqrt(np.square(scaled[0]).mean(axis=(1, 2)))),
        "mean_log_likelihood": ((), samples.log_likelihood.mean()),
        "mean_deviation": ((), deviation.mean()),
        "chains": ((), len(position)),
        "samples": ((), position.shape[1]),
        "latent_deviation": ("latent", flat.std(axis=0)),
        "latent_mean": ("latent", flat.mean(axis=0)),
    }
    if position.shape[1] >= 4:
        found["r_hat"] = ("latent", rank_rhat(position))
        found["effective_samples"] = ("latent", bulk_ess(position))
    if image is not None:
        found["true_image"] = (plane, image)
        for name, shown in (("mean", mean), ("of_mean", of_mean), ("of_mode", of_mode)):
            found[f"correct_{name}"] = ((), pixels.correct_share(shown, image))
        each = [pixels.correct_share(one_of, image) for one_of in generate(chosen[:200])]
        found["correct_samples"] = ((), float(np.mean(each)))
    result = xr.Dataset({name: (dims, values, one) for name, (dims, values) in found.items()})
    result["predicted"] = (grid, media[0], {"units": "GPa"})
    result["observed"] = (grid, observed, {"units": "GPa"})
    return result
