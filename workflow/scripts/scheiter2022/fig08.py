"""Figure 8 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from latentearth.figures.projections import Region
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    parts = {
        percent: io.read_dataset(path)
        for percent, path in zip(p.percent, snakemake.input.statistics, strict=True)
    }
    figure = scheiter2022_cmb.limited_samples(
        {f"first {percent}%": part.emd.values for percent, part in parts.items()},
        {f"{n}% (GAN)": part.covariance.sel(source="gan").values for n, part in parts.items()}
        | {"100% (McMC)": parts[p.percent[0]].covariance.sel(source="mcmc").values},
        Region(**p.region),
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 8, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
