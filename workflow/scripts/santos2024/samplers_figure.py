"""Samplers of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    curves = io.read_dataset(snakemake.input.curves)
    rows = read_table(snakemake.input.table)
    figure = santos2024_inversion.samplers(
        curves.time.values, curves.autocorrelation.values, rows, words.GENERATOR[p.weights]
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Samplers, Santos et al. (2024)", {}, p.seed, p.scale),
    )
