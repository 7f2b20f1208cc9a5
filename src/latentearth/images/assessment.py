"""A generator of images against its training images and against held-out ones (section 3.3)."""

from __future__ import annotations

import numpy as np
import xarray as xr

from latentearth.images.scores import (
    binarity,
    coarse,
    nearest_images,
    prdc_scores,
    sliced_wasserstein,
)
from latentearth.images.spectra import shell_spectrum, spectral_slope

SETS = ("training", "held_out", "generated")


def assess(
    training: np.ndarray,
    held_out: np.ndarray,
    generated: np.ndarray,
    seed: np.random.SeedSequence,
    count_nearest: int = 256,
    side: int = 16,
    neighbours: int = 5,
    directions: int = 512,
) -> xr.Dataset:
    """Compare generated images with those learned from and with those never seen.

    Every score of the generated images is also given for as many training images, which are
    independent of the held-out ones and of the same distribution: no generator can do better.

    Parameters
    ----------
    training, held_out, generated
        (image, size, size) with values in [0, 1]; no more generated than held-out images.
    seed
        Of the directions.
    count_nearest
        Images whose nearest training image is looked for.
    side, neighbours, directions
        See :mod:`latentearth.images.scores`.

    Returns
    -------
    xarray.Dataset
        ``spectrum`` (set, wavenumber) and ``slope`` (set) over the wavenumbers 2 to 60 (or to
        the largest); ``binarity`` (set); ``white`` (set), mean share of white; ``nearest`` (set,
        number), D_min of eq. 17, for held-out and generated images; and of generated
        (``generated``) and of training images (``training``) against the held-out ones:
        ``precision``, ``recall``, ``density``, ``coverage``, ``sliced_wasserstein`` (source).
    """
    count = len(generated)
    real, first = held_out[:count], training[:count]
    spectra, slopes = [], []
    for images in (first, held_out, generated):
        wavenumber, power = shell_spectrum(images)
        spectra.append(power)
        slopes.append(spectral_slope(wavenumber, power))
    share = {"units": "1"}
    result = xr.Dataset(coords={"set": list(SETS), "source": ["training", "generated"]})
    result = result.assign_coords(wavenumber=("wavenumber", wavenumber, {"units": "1/box side"}))
    result["spectrum"] = (("set", "wavenumber"), np.stack(spectra), share)
    result["slope"] = ("set", slopes, share)
    sets = (first, held_out, generated)
    result["binarity"] = ("set", [binarity(images) for images in sets], share)
    result["white"] = ("set", [float(np.mean(images)) for images in sets], share)
    found = [nearest_images(e[:count_nearest], training) for e in (held_out, generated)]
    result = result.assign_coords(compared=["held_out", "generated"])
    result["nearest"] = (("compared", "number"), np.stack([f[0] for f in found]), share)
    result["nearest_index"] = (("compared", "number"), np.stack([f[1] for f in found]))
    points = [coarse(images, side) for images in (real, first, generated)]
    scores = [prdc_scores(points[0], other, neighbours) for other in points[1:]]
    for name in scores[0]:
        result[name] = ("source", [score[name] for score in scores], share)
    distances = [sliced_wasserstein(points[0], p, seed, directions) for p in points[1:]]
    result["sliced_wasserstein"] = ("source", distances, share)
    return result
