"""Samples of priors beside each other (beyond the paper)."""

from pathlib import Path

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_beyond as figures
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    samples = io.read_dataset(given.priors).sample_model
    figure = figures.priors(samples, read_table(Path(given.table)))
    attributes = provenance.attributes("Samples of priors", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
