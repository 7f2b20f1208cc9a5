"""How closely arrival times at any four receivers locate the event, beside Table 2."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021_methods as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.spread)
    title = "Arrival times at any four receivers"
    style.save(
        figures.edt_receivers(found),
        snakemake.output[0],
        provenance.attributes(title, {}, p.seed, p.scale),
    )
