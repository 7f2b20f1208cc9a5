"""Rings of every generator, learnt from the smallest ensembles."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_generators

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.shown)
    samples = {str(name): r.x.sel(generator=name).values for name in r.generator.values}
    style.save(
        scheiter2022_generators.rings(samples),
        snakemake.output[0],
        provenance.attributes("Generators of the ring", {}, p.seed, p.scale),
    )
