"""Correlation against distance, within patches and across their borders."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_generators

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.shown)
    curves = {str(n): r.correlation.sel(generator=n).values for n in r.generator.values}
    places = tuple(map(str, r.place.values))
    style.save(
        scheiter2022_generators.seams(curves, r.edge.values, places),
        snakemake.output[0],
        provenance.attributes("Seams between patches", {}, p.seed, p.scale),
    )
