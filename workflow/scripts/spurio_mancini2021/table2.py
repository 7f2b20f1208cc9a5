"""Table 2 of Spurio Mancini et al. (2021)."""

from latentearth import io, samples
from support import job, provenance
from support.published_values import published
from support.tables import spurio_mancini2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    truth = io.read_dataset(snakemake.input.observation).event.values
    beside = {p.rival: "d18", p.main: "direct", "edt": "edt"}
    theirs, rows = published("spurio_mancini2021", "table2"), []
    for name, path in zip(p.names, snakemake.input.posteriors, strict=True):
        found = samples.read(path)
        row = spurio_mancini2021.table2_row(name, found, truth, theirs, beside.get(name, ""))
        rows.append(row)
    title = "Table 2, Spurio Mancini et al. (2021)"
    io.write_table(snakemake.output[0], rows, provenance.attributes(title, {}, p.seed, p.scale))
