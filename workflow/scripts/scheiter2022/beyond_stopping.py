"""When chains may stop: distances of generators of their halves, and R-hat (section 4.3)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_generators

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    style.save(
        scheiter2022_generators.stopping(io.read_dataset(snakemake.input.stopping)),
        snakemake.output[0],
        provenance.attributes("When chains may stop", {}, p.seed, p.scale),
    )
