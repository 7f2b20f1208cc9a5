"""Figure 7 of Lopez-Alvis et al. (2021)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    drawing = lopez_alvis2021.truths_and_encoded(io.read_dataset(snakemake.input.encoded))
    attributes = provenance.attributes("Figure 7, Lopez-Alvis et al. (2021)", {}, p.seed, p.scale)
    style.save(drawing, snakemake.output[0], attributes)
