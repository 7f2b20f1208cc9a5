"""Standard GANs and WGANs by dimension, on profiles of two phases."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_appendix_b

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    style.save(
        scheiter2022_appendix_b.appendix_b(io.read_dataset(snakemake.input.trainings)),
        snakemake.output[0],
        provenance.attributes("Standard GANs and WGANs", {}, p.seed, p.scale),
    )
