"""Generators of marble cakes side by side, and the training images in their place."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.images.files import read_images
from latentearth.images.scores import nearest_images
from latentearth.inversion import downscaling
from support import job, provenance
from support.homogenization import homogenization
from support.image_generators import closest_images, image_generator, milliseconds
from support.tables.santos2024 import generator_row

GENERATORS = ("wgan_gp", "curve_flow")

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    training, held_out = (read_images(snakemake.input[k]) for k in ("prior", "held_out"))
    operator = homogenization(held_out.shape[-1], p.waves, p)
    count = max(p.images, p.errors["images"])
    media = downscaling.homogenize(operator, held_out[:count])
    spread, goals = downscaling.spread(media), held_out[: p.images]

    def row(name, fits, assessment, source, times):
        """Scores of a generator by its closest fits, its assessment, and its times."""
        left = downscaling.generator_error(
            media[: p.images], downscaling.homogenize(operator, fits)
        )
        return generator_row(name, goals, fits, left / spread, assessment, source) | times

    _, near = nearest_images(goals, training)
    rows, found, no_time = [], [], {"ms_image": np.nan, "ms_with_derivative": np.nan}
    for name in GENERATORS:
        weights, card, scores = snakemake.input[name]
        generator, assessment = image_generator(weights, card), io.read_dataset(scores)
        if not rows:
            rows.append(row("training_images", training[near], assessment, "training", no_time))
        seed = seeds.stream(p.seed, "santos2024", "generators", name)
        fits, _, _ = closest_images(generator, goals, p.closest_fits[name], seed, p.products)
        rows.append(row(name, fits, assessment, "generated", milliseconds(generator)))
        found.append(fits)
        print(rows[-1])
    about = provenance.attributes("Generators side by side", {"images": p.images}, p.seed, p.scale)
    io.write_table(snakemake.output.table, rows, about)
    plane, one = ("image", "y", "x"), {"units": "1"}
    images = {"goal": (plane, goals, one), "fit": (("generator", *plane), np.stack(found), one)}
    closest = xr.Dataset(images, {"generator": list(GENERATORS)})
    io.write_dataset(snakemake.output.fits, closest, about)
