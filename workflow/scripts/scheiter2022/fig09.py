"""Figure 9 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.maps)
    rows = {
        name: {
            moment: scheiter2022_cmb.to_map_grid(
                r.lat.values, r.lon.values, r[moment].sel(source=source).values
            )
            for moment in ("mean", "std")
        }
        for name, source in (("McMC", "mcmc"), ("GAN", "gan"))
    }
    style.save(
        scheiter2022_cmb.global_maps(rows),
        snakemake.output[0],
        provenance.attributes("Figure 9, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
