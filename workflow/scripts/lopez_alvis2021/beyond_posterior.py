"""Posteriors in the latent space of the VAE (beyond the paper)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_beyond as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    figure = figures.posterior(
        io.read_dataset(given.models).model,
        io.read_dataset(given.truths),
        io.read_dataset(given.events),
    )
    attributes = provenance.attributes("Latent posteriors", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
