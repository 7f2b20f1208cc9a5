"""Figure 6 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from latentearth.figures.projections import Region
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.statistics)
    style.save(
        scheiter2022_cmb.regional_marginals(
            r.emd.values,
            r.emd_gaussian.values,
            r.histogram.values,
            r.edge.values,
            Region(**p.region),
        ),
        snakemake.output[0],
        provenance.attributes("Figure 6, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
