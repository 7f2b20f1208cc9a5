"""Figure 1 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    samples = io.read_dataset(snakemake.input.samples)
    figure = scheiter2022.gaussian(
        samples.observed.values,
        float(samples["mean"]),
        float(samples.standard_deviation),
        samples.drawn.values,
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 1, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
