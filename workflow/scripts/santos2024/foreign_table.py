"""Does the fit say that a medium is no marble cake? A row for each foreign one."""

from latentearth import io
from support import job, provenance
from support.tables.santos2024_recovery import fit_row

with job.logged(snakemake.log[0], snakemake.threads):
    p, data = snakemake.params, io.read_dataset(snakemake.input.observed)
    rows = [
        fit_row(io.read_dataset(file), data, target)
        for target, file in enumerate(snakemake.input.runs)
    ]
    for row in rows:
        print(row)
    about = provenance.attributes("Fit of foreign media", {}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, about)
