"""Coverage of pixels and coefficients, and ranks, by priors and laws of errors."""

import numpy as np

from latentearth import io
from support import job, provenance
from support.tables.santos2024_calibration import calibration_rows, null_row

with job.logged(snakemake.log[0], snakemake.threads):
    p, rows = snakemake.params, []
    for name, file in zip(p.priors, snakemake.input.runs, strict=True):
        rows += calibration_rows(io.read_dataset(file), name)
    white = io.read_dataset(snakemake.input.prior).image.values.mean(0, dtype=np.float64)
    cakes = io.read_dataset(snakemake.input.held_out).image.values[-p.cakes :]
    rows.append(null_row(white, cakes, rows[0]))
    for row in rows:
        print(row)
    about = provenance.attributes("Calibration of priors of images", {}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, about)
