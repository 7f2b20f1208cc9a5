"""Targets that the generator made, and what is observed of them: nothing is foreign to it."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import downscaling
from support import job, provenance
from support.homogenization import homogenization
from support.image_generators import image_generator

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    generator = image_generator(snakemake.input.weights, snakemake.input.card)
    errors = io.read_dataset(snakemake.input.errors)
    random = np.random.default_rng(seeds.stream(p.seed, "santos2024", "twins"))
    z = random.standard_normal((p.targets, generator.latent))
    images = downscaling.generate(generator, z)
    operator = homogenization(generator.side, p.waves, p)
    media = downscaling.homogenize(operator, images)
    observed = [
        downscaling.observe(
            medium, errors.sigma_o.values, seeds.stream(p.seed, "santos2024", "twin_noise", k)
        )
        for k, medium in enumerate(media)
    ]
    gpa, grid = {"units": "GPa"}, ("row", "column")
    result = xr.Dataset(
        {
            "image": (("target", "y", "x"), images, {"units": "1"}),
            "latent_vector": (("target", "latent"), z, {"units": "1"}),
            "medium": (("target", "coefficient", *grid), media, gpa),
            "observed": (("target", "coefficient", *grid), observed, gpa),
            "waves": ((), p.waves, {"units": "1", "long_name": "L / lambda_0"}),
        },
        {"coefficient": errors.coefficient},
    ).assign(sigma=errors.sigma, sigma_o=errors.sigma_o)
    title = f"Generated targets observed at lambda_0 = L / {p.waves:g}"
    attributes = provenance.attributes(title, {"waves": p.waves}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, attributes)
