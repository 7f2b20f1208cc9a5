"""One table of all generators: networks, nulls, and what goes beyond the paper."""

import pandas as pd

from latentearth import io
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    # or pandas would take the kind "null" for nothing
    rows = pd.concat(
        [
            pd.read_csv(path, keep_default_na=False, na_values=[""])
            for path in snakemake.input.scores
        ]
    )
    io.write_table(
        snakemake.output.table,
        rows.to_dict("records"),
        provenance.attributes("Generators and their scores", {}, p.seed, p.scale),
    )
