"""Inversion of a user's own traveltimes."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_inversion as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    figure = figures.own_data(io.read_dataset(snakemake.input.runs))
    style.save(figure, snakemake.output[0], provenance.attributes("Own data", {}, p.seed, p.scale))
