"""Figure 5 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from latentearth.figures.projections import Region
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.statistics)
    moments = ("mean", "std", "skewness", "kurtosis")
    rows = {
        name: {m: r[m].sel(source=source).values for m in moments}
        for name, source in (("McMC", "mcmc"), ("GAN", "gan"))
    }
    style.save(
        scheiter2022_cmb.regional_moments(rows, Region(**p.region)),
        snakemake.output[0],
        provenance.attributes("Figure 5, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
