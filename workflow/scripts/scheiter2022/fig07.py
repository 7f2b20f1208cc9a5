"""Figure 7 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from latentearth.figures.projections import Region
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.statistics)
    style.save(
        scheiter2022_cmb.covariances(r.covariance.values, p.places, Region(**p.region)),
        snakemake.output[0],
        provenance.attributes("Figure 7, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
