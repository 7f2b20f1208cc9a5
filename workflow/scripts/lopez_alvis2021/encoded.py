"""Encode and decode the true models (Figure 7)."""

import torch

from latentearth import io
from latentearth.networks import generators
from support import job, provenance, words

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    files = snakemake.input.weights, snakemake.input.card
    data = io.read_dataset(snakemake.input.truths)[["model"]]
    models = torch.from_numpy(data.model.values.astype("float32"))
    again = generators.load(*files)(generators.load_encoder(*files)(models)[0]).numpy()
    data["encoded"] = (("truth", "z", "x"), again, {"units": "1"})
    attributes = provenance.attributes("truths, encoded and decoded", {}, p.seed, p.scale)
    attributes["title_of_network"] = f"VAE, {words.network_history(io.read_json(files[1]))}"
    io.write_dataset(snakemake.output[0], data, attributes)
