"""Published McMC, published WGAN and ours side by side (Figure 9)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.maps)
    columns = {
        title: {moment: r[moment].sel(ensemble=name).values for moment in scheiter2022_cmb.GLOBAL}
        for title, name in (
            ("McMC (published)", "published McMC"),
            ("WGAN (published)", "published WGAN"),
            ("our WGAN", "our WGAN"),
        )
    }
    style.save(
        scheiter2022_cmb.compared_maps(columns),
        snakemake.output[0],
        provenance.attributes("Figure 9 with the published maps", {}, p.seed, p.scale),
    )
