"""What needs no sampler: mean of the prior, best-fitting prior image, Wiener filter."""

import time

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.inversion.downscaling import homogenize
from latentearth.inversion.image_priors import Observation
from latentearth.inversion.linear_downscaling import nearest_medium, wiener_image
from support import job, provenance
from support.homogenization import homogenization

NULLS = ("mean", "nearest_image", "wiener")

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    data, bank = (io.read_dataset(snakemake.input[name]) for name in ("observed", "bank"))
    media = bank.medium.values
    images = io.read_dataset(snakemake.input.images).image[: len(media)].values
    operator = homogenization(images.shape[-1], float(data.waves), p)
    mean, found, times, fits = images.mean(axis=0, dtype=np.float64), [], [], []
    for target in range(p.targets):
        observation = Observation(data.observed.values[target], data.sigma_o.values)
        clock = [time.process_time()]
        best = images[nearest_medium(observation.log_likelihood(media))]
        clock.append(time.process_time())
        linear = wiener_image(images, media, observation.medium, observation.sigma) > 0.5
        clock.append(time.process_time())
        found.append([mean, best, linear])
        times.append([0.0, *np.diff(clock)])
        made = homogenize(operator, np.stack(found[-1]).astype(np.float32))
        fits.append(observation.log_likelihood(made))
    both = ("target", "prior")
    result = xr.Dataset(
        {
            "mean": ((*both, "y", "x"), np.array(found, dtype=float), {"units": "1"}),
            "log_likelihood": (both, fits, {"units": "1"}),
            "cpu_s": (both, times, {"units": "s"}),
        },
        {"prior": list(NULLS)},
    )
    about = provenance.attributes("Downscaling without a sampler", {}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, about)
