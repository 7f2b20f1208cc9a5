"""Error, coverage and cost of each way to locate events, by depth."""

from latentearth import io
from support import job, provenance
from support.tables import spurio_mancini2021_methods as tables

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = {
        name: io.read_dataset(path)
        for name, path in zip(p.names, snakemake.input.methods, strict=True)
    }
    rows = [row for name, one in found.items() for row in tables.methods_rows(name, one)]
    title = "Ways to locate events of another grid: error, coverage, cost"
    attributes = provenance.attributes(title, {}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes | {"hardware": job.hardware()})
