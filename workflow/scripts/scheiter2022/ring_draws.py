"""Draw from the trained GANs of the ring."""

import xarray as xr

from latentearth import io, seeds
from latentearth.networks.mlp_gan import StackSampler
from latentearth.training.ensemble_gans import load_ensemble_generator
from support import job, provenance
from support.settings import gan_settings

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    card = io.read_json(snakemake.input.card)
    generator = load_ensemble_generator(
        snakemake.input.weights, card["dimensions"], gan_settings(p.settings)[0]
    )
    seeds = [seeds.stream(p.seed, "scheiter2022", "draw", name) for name in card["networks"]]
    drawn = StackSampler(generator, seeds, copies=1, block=2048).draw(p.draws).numpy()
    shape = (len(p.sizes), -1, *drawn.shape[1:])
    result = xr.Dataset(
        {"x": (("size", "chain", "sample", "coordinate"), drawn.reshape(shape), {"units": "1"})},
        {"size": p.sizes},
    )
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("Samples of the GANs of the ring", p.settings, p.seed, p.scale),
    )
