"""Target images and their observed effective media at one cutoff wavelength (section 5)."""

import xarray as xr

from latentearth import io, seeds
from latentearth.earth.stirring import FLOW_PARAMETERS, Distributions, Flow, sample_parameters, stir
from latentearth.inversion import downscaling
from latentearth.operators.homogenization import Homogenization
from support import job, provenance
from support.homogenization import two_phases

with job.logged(snakemake.log[0], snakemake.threads):
    p, stirring = snakemake.params, snakemake.params.stirring
    errors, waves = io.read_dataset(snakemake.input.errors), float(snakemake.wildcards.waves)
    size, extra = errors.sizes["x"], {}
    if snakemake.input.own:  # a prior of own images: some of those held out are the targets
        images = io.read_dataset(snakemake.input.own).image.values[-p.targets :]
    else:
        flow = Flow(stirring["speed"], stirring["duration"], stirring["steps"])
        laws = Distributions(*(stirring[k] for k in ("centre", "amplitude", "frequency", "phase")))
        seed = seeds.stream(p.seed, "santos2024", "targets")
        parameters = sample_parameters(laws, p.targets, seed)
        images = stir(parameters, size, flow)
        extra["parameters"] = (("target", "parameter"), parameters)
    phases = two_phases(p.black, p.white)
    media = downscaling.homogenize(Homogenization(size, waves, phases, p.iterations), images)
    fine = Homogenization(size, waves, phases, p.iterations, points=size)
    effective = downscaling.homogenize(fine, images[:1])[0]
    # the same stream at every cutoff: a coarser grid takes its first numbers
    observed = [
        downscaling.observe(
            medium, errors.sigma_o.values, seeds.stream(p.seed, "santos2024", "noise", k)
        )
        for k, medium in enumerate(media)
    ]
    gpa, grid = {"units": "GPa"}, ("row", "column")
    result = xr.Dataset(
        {
            "image": (("target", "y", "x"), images, {"units": "1"}),
            "medium": (("target", "coefficient", *grid), media, gpa),
            "observed": (("target", "coefficient", *grid), observed, gpa),
            "local": (("coefficient", "y", "x"), downscaling.local(phases, images[0]), gpa),
            "effective": (("coefficient", "y", "x"), effective, gpa),
            "local_vs": (("y", "x"), phases.grey(images[0], "vs"), {"units": "km s-1"}),
            "waves": ((), waves, {"units": "1", "long_name": "L / lambda_0"}),
            **extra,
        },
        {"coefficient": errors.coefficient, "parameter": list(FLOW_PARAMETERS)},
    ).assign(sigma=errors.sigma, sigma_o=errors.sigma_o)
    title = f"Targets observed at lambda_0 = L / {waves:g}"
    attributes = provenance.attributes(title, {"waves": waves, **stirring}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, attributes)
