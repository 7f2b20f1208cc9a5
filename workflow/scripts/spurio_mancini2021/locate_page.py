"""One event: position, mechanism, and its records beside those predicted."""

import pandas as pd

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021_locate as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    row = pd.read_csv(snakemake.input.table).set_index("quantity").loc["magnitude"]
    size = float(row["mean"]), float(row["deviation"])
    style.save(
        figures.event_page(io.read_dataset(snakemake.input.event), size),
        snakemake.output[0],
        provenance.attributes("One event", {}, p.seed, p.scale),
    )
