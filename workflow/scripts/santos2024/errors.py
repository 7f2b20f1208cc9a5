"""sigma_o, sigma_G and the variability of the effective medium (section 4.2)."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import downscaling
from latentearth.operators import homogenization_elastic as elastic
from support import job, provenance
from support.homogenization import homogenization
from support.image_generators import closest_images, image_generator
from support.tables.santos2024 import errors_rows

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    generator = image_generator(snakemake.input.weights, snakemake.input.card)
    held_out = io.read_dataset(snakemake.input.held_out).image[: s["images"]].values
    operator = homogenization(generator.side, p.waves, p)
    media = downscaling.homogenize(operator, held_out)

    goals = held_out[: s["closest_fit"]["images"]]
    seed = seeds.stream(p.seed, "santos2024", "closest_fit")
    fits, first, last = closest_images(generator, goals, p.closest_fit, seed, p.products)
    random = np.random.default_rng(seeds.stream(p.seed, "santos2024", "prior_statistics"))
    draws = downscaling.generate(generator, random.standard_normal((len(media), generator.latent)))

    spread = downscaling.spread(media)
    fitted = downscaling.homogenize(operator, fits)
    sigma_g = downscaling.generator_error(media[: len(goals)], fitted)
    sigma_o = s["observation"] * spread
    gpa, one = {"units": "GPa"}, {"units": "1"}
    sigmas = {
        "spread": spread,
        "sigma_o": sigma_o,
        "sigma_g": sigma_g,
        "sigma": downscaling.combine(sigma_o, sigma_g),
        "mean": media.mean(axis=(0, 2, 3)),
        "generated_spread": downscaling.spread(downscaling.homogenize(operator, draws)),
    }
    result = xr.Dataset(
        {name: ("coefficient", values, gpa) for name, values in sigmas.items()}
        | {name: ("image", values, one) for name, values in (("first", first), ("last", last))}
        | {"goal": (("image", "y", "x"), goals, one), "fit": (("image", "y", "x"), fits, one)}
        | {"prior_mean": (("y", "x"), draws.mean(0), one)}
        | {"prior_deviation": (("y", "x"), draws.std(0), one)},
        {"coefficient": list(elastic.COEFFICIENTS)},
    )
    about = provenance.attributes("Errors of data and generator", s, p.seed, p.scale)
    io.write_dataset(snakemake.output.errors, result, about)
    rows = errors_rows(elastic.COEFFICIENTS, sigmas)
    io.write_table(snakemake.output.table, rows, about)
