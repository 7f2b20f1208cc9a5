"""Standard GANs and WGANs by dimension, beside what needs no training (Appendix B)."""

from latentearth import io
from support import appendix_b, job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    found = appendix_b.trainings(s, p.seed)
    attributes = provenance.attributes("Standard GANs and WGANs", s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
