"""How posteriors of new truths are calibrated (beyond the paper)."""

from latentearth import io
from support import job, provenance
from support.tables.lopez_alvis2021 import posterior_rows

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    rows = posterior_rows(io.read_dataset(snakemake.input[0]))
    attributes = provenance.attributes("Calibration of posteriors", {}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes)
