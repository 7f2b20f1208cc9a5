"""Draw samples of VAE and SGAN for Figure 5."""

import torch
import xarray as xr

from latentearth import io, seeds
from latentearth.networks import generators
from support import job, provenance, words

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    data, titles = {}, {}
    for kind in ("vae", "sgan"):
        files = snakemake.input[kind], snakemake.input[f"{kind}_card"]
        generator = generators.load(*files)
        stream = seeds.stream(p.seed, "lopez_alvis2021", "samples", kind)
        models = generator(torch.from_numpy(generator.draw(p.samples, stream))).numpy()
        data[kind] = (("sample", "z", "x"), models, {"units": "1"})
        titles[f"{kind}_title"] = f"{kind.upper()}, {words.network_history(io.read_json(files[1]))}"
    attributes = provenance.attributes("samples", {"samples": p.samples}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], xr.Dataset(data), attributes | titles)
