"""Samplers of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support import words as captions
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    curves = io.read_dataset(snakemake.input.curves)
    rows = captions.table(snakemake.input.table)
    figure = santos2024_inversion.samplers(
        curves.time.values, curves.autocorrelation.values, rows, captions.WORDS[p.weights]
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Samplers, Santos et al. (2024)", {}, p.seed, p.scale),
    )
