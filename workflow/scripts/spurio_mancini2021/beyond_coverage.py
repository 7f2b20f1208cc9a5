"""How often regions hold the true position, and errors by depth, of each way to locate events."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021_methods as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = {
        name: io.read_dataset(path)
        for name, path in zip(p.names, snakemake.input.methods, strict=True)
    }
    style.save(
        figures.coverage_by_method(found),
        snakemake.output[0],
        provenance.attributes(p.title, {}, p.seed, p.scale),
    )
