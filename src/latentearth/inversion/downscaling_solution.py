"""One posterior of latent vectors, described in pixels, in data and in numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from latentearth.diagnostics.mixing import bulk_ess, rank_rhat
from latentearth.images import pixels
from latentearth.samples import Samples

EXAMPLES = 10  # Figure 10
PLANE = ("y", "x")


def describe_solution(
    samples: Samples,
    generate: Callable[[np.ndarray], np.ndarray],
    homogenize: Callable[[np.ndarray], np.ndarray],
    *,
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
    chosen, grid = pixels.thin(samples.position, count), ("coefficient", "row", "column")
    mean, deviation, white = pixels.pixel_statistics(generate, chosen)
    best = samples.flat[samples.log_density.argmax()]
    of_mean, of_mode = generate(np.stack([samples.flat.mean(axis=0), best]))
    random, few = np.random.default_rng(seed), len(chosen) < EXAMPLES
    example = generate(chosen[random.choice(len(chosen), EXAMPLES, replace=few)])
    media = homogenize(np.stack([mean, of_mode]).astype(np.float32))
    shown = {"mean": mean, "of_mean": of_mean, "of_mode": of_mode}
    found = {name: (PLANE, value) for name, value in shown.items()} | {
        "deviation": (PLANE, deviation),
        "white": (PLANE, white),
        "example": (("example", *PLANE), example),
        "mean_deviation": ((), deviation.mean()),
        **_of_chains(samples),
        **_misfits((media - observed) / sigma[:, None, None]),
    }
    if image is not None:
        each = [pixels.correct_share(one, image) for one in generate(chosen[:200])]
        found |= {
            "true_image": (PLANE, image),
            "correct_samples": ((), float(np.mean(each))),
            **{f"correct_{k}": ((), pixels.correct_share(v, image)) for k, v in shown.items()},
        }
    one = {"units": "1"}
    result = xr.Dataset({name: (dims, values, one) for name, (dims, values) in found.items()})
    result["predicted"] = (grid, media[0], {"units": "GPa"})
    result["observed"] = (grid, observed, {"units": "GPa"})
    return result


def _of_chains(samples: Samples) -> dict[str, tuple]:
    """Dimensions and values of what chains tell of themselves."""
    position = samples.position
    found = {
        "mean_log_likelihood": ((), samples.log_likelihood.mean()),
        "chains": ((), len(position)),
        "samples": ((), position.shape[1]),
        "latent_deviation": ("latent", samples.flat.std(axis=0)),
        "latent_mean": ("latent", samples.flat.mean(axis=0)),
    }
    if position.shape[1] >= 4:
        found["r_hat"] = ("latent", rank_rhat(position))
        found["effective_samples"] = ("latent", bulk_ess(position))
    return found


def _misfits(scaled: np.ndarray) -> dict[str, tuple]:
    """Root-mean-squares of residuals over sigma, (of mean | of mode, 6, row, column)."""
    squares = np.square(scaled)
    return {
        "misfit_of_mean": ((), np.sqrt(squares[0].mean())),
        "misfit_of_mode": ((), np.sqrt(squares[1].mean())),
        "misfit_by_coefficient": ("coefficient", np.sqrt(squares[0].mean(axis=(1, 2)))),
    }
