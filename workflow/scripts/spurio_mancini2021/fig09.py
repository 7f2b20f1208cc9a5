"""Figure 9 of Spurio Mancini et al. (2021)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    style.save(
        spurio_mancini2021.observation(io.read_dataset(snakemake.input.observation)),
        snakemake.output[0],
        provenance.attributes("Figure 9, Spurio Mancini et al. (2021)", {}, p.seed, p.scale),
    )
