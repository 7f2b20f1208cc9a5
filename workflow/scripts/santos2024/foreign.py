"""Media that the prior cannot give, and one that it can, observed as the targets are."""

from dataclasses import replace

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth.stirring import Distributions, Flow, sample_parameters, stir
from latentearth.images.pictures import PICTURES
from latentearth.inversion import downscaling
from support import job, provenance
from support.homogenization import homogenization
from support.settings import take

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    errors, size = io.read_dataset(snakemake.input.errors), p.stirring["size"]
    flow, laws = take(Flow, p.stirring), take(Distributions, p.stirring)
    wilder = replace(laws, amplitude=tuple(s["amplitude"]))
    kinds = {
        "marble_cake": (laws, flow),
        "amplitude": (wilder, flow),
        "duration": (laws, replace(flow, duration=s["duration"])),
    }
    images = {name: draw(size) for name, draw in PICTURES.items()}
    for name, (law, by) in kinds.items():
        seed = seeds.stream(p.seed, "santos2024", "foreign", name)
        images[name] = stir(sample_parameters(law, 1, seed), size, by)[0]
    stack = np.stack([*images.values()])
    media = downscaling.homogenize(homogenization(size, p.waves, p), stack)
    observed = [
        downscaling.observe(
            medium, errors.sigma_o.values, seeds.stream(p.seed, "santos2024", "foreign_noise", k)
        )
        for k, medium in enumerate(media)
    ]
    gpa, grid = {"units": "GPa"}, ("target", "coefficient", "row", "column")
    result = xr.Dataset(
        {
            "image": (("target", "y", "x"), stack, {"units": "1"}),
            "medium": (grid, media, gpa),
            "observed": (grid, observed, gpa),
            "waves": ((), p.waves, {"units": "1", "long_name": "L / lambda_0"}),
        },
        {"coefficient": errors.coefficient, "kind": ("target", list(images))},
    ).assign(sigma_o=errors.sigma_o)
    about = provenance.attributes("Foreign media", s | p.stirring, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, about)
