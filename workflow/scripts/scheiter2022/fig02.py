"""Figure 2 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022

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
