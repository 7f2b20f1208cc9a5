"""Draws of a prior of images and their effective media: where populations begin, and nulls."""

import time

import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import downscaling
from latentearth.inversion.image_priors import coarse_errors
from latentearth.operators.homogenization_elastic import COEFFICIENTS
from support import job, provenance
from support.homogenization import homogenization
from support.image_priors import first_draws, image_prior

FEW = 200  # draws that tell how coarse images err

with job.logged(snakemake.log[0], snakemake.threads):
    p, w = snakemake.params, snakemake.wildcards
    waves, clock = float(w.waves), time.process_time()
    prior = image_prior(w.prior, p, snakemake.input)
    seed = seeds.stream(p.seed, "santos2024", "bank", w.prior)
    position, images = first_draws(w.prior, prior, p.settings["bank"], snakemake.input, seed)
    media = downscaling.homogenize(homogenization(images.shape[-1], waves, p), images)
    coarse = homogenization(p.settings["coarse"]["size"], waves, p)
    error = coarse_errors(prior, position[:FEW], media[:FEW], coarse)
    gpa = {"units": "GPa"}
    result = xr.Dataset(
        {
            "position": (("image", "coordinate"), position, {"units": "1"}),
            "medium": (("image", "coefficient", "row", "column"), media, gpa),
            "coarse_error": ("coefficient", error, gpa),
            "cpu_s": ((), time.process_time() - clock, {"units": "s"}),
        },
        {"coefficient": list(COEFFICIENTS)},
    )
    print(f"{len(media)} media, {float(result.cpu_s):.0f} CPU-s; coarse errors {error} GPa")
    about = provenance.attributes(f"Bank of {w.prior}", p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, about)
