"""Figure 1 of Scheiter et al. (2022)."""

from latentearth import io, job, provenance
from latentearth.figures import scheiter2022, style

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
