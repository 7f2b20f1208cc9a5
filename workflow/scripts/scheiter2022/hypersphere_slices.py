"""Samples near the x1-x2 plane: of the ensemble, and of the GAN by streaming (Figure 4)."""

import xarray as xr

from latentearth import io, seeds
from latentearth.ensembles.slices import collect_slice, within_slice
from latentearth.networks.mlp_gan import StackSampler
from latentearth.progress import report_every
from latentearth.training.ensemble_gans import load_ensemble_generator
from support import job, provenance
from support.settings import gan_settings

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    dimension = int(snakemake.wildcards.dimension)
    card = io.read_json(snakemake.input.card)
    architecture, _ = gan_settings(s["gan"])
    network = card["dimensions"].index(dimension)
    generator = load_ensemble_generator(
        snakemake.input.weights, card["dimensions"], architecture, [network]
    )
    seed = seeds.stream(p.seed, "scheiter2022", "slice", dimension)
    sampler = StackSampler(generator, [seed])
    gan = sampler.draw(s["projected"])[0].numpy()
    report = report_every(f"slice in {dimension}-D")
    found = collect_slice(
        lambda: sampler.draw_block()[0].numpy(),
        s["half_width"],
        s["slice_samples"],
        s["maximum_draws"],
        lambda drawn, inside: report(drawn=drawn, found=inside),
    )
    x = io.read_dataset(snakemake.input.ensemble).x.values
    ensemble = x.reshape(-1, dimension)
    some = ensemble[:: max(1, len(ensemble) // s["projected"])]
    real = within_slice(ensemble, s["half_width"])
    units = {"units": "1"}
    result = xr.Dataset(
        {
            "ensemble": (("projected", "coordinate"), some, units),
            "ensemble_slice": (("real", "plane"), real[:, :2], units),
            "gan": (("fake", "coordinate"), gan, units),
            "gan_slice": (("found", "plane"), found.samples[:, :2], units),
            "ensemble_size": ((), len(ensemble), units),
            "gan_drawn": ((), found.drawn, units),
            "gan_found": ((), found.found, units),
            "gan_seconds": ((), found.seconds, {"units": "s"}),
        },
        attrs={"dimension": dimension, "half_width": s["half_width"]},
    )
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes(f"Slices of the {dimension}-D shell", s, p.seed, p.scale),
    )
