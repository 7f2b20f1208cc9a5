"""Where a learned prior helps: fewer and worse data, bent rays (beyond the paper)."""

from pathlib import Path

from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_beyond as figures
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    bent = [
        row
        for row in read_table(Path(given.methods))
        if row["operator"] == "curved" and row["noise_ns"] > 0 and row["truth"].startswith("mc")
    ]
    figure = figures.data(read_table(Path(given.table)), bent)
    attributes = provenance.attributes("Fewer and worse data", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
