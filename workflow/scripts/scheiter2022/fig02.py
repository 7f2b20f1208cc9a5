"""Figure 2 of Scheiter et al. (2022)."""

from latentearth import io, job, provenance
from latentearth.figures import scheiter2022, style

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    ensembles = [io.read_dataset(path).x.values[0] for path in snakemake.input.ensembles]
    draws = io.read_dataset(snakemake.input.draws).x.values[:, 0]
    figure = scheiter2022.rings(ensembles, draws)
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 2, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
