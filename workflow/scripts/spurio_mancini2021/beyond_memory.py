"""Error of traces against bytes stored for a receiver, and time in a large batch."""

import pandas as pd

from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021_memory as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    table = pd.read_csv(snakemake.input.table)
    style.save(
        figures.memory(table.to_dict("list")),
        snakemake.output[0],
        provenance.attributes("Error against bytes stored", {}, p.seed, p.scale),
    )
