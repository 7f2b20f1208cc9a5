"""Figure 3 of Scheiter et al. (2022)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    r = io.read_dataset(snakemake.input.integrals)
    published = None
    if "published" in r:
        published = r.published.values, r.published_size.values
    figure = scheiter2022.integrals(
        p.examples,
        r.frequency.values,
        r["size"].values,
        r.error_spread.values,
        r.floor.values,
        r.gan_floor.values,
        r.attrs["draws"],
        published,
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 3, Scheiter et al. (2022)", {}, p.seed, p.scale),
    )
