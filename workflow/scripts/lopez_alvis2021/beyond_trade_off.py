"""What alpha and beta trade: errors of encode-decode against those of inversion."""

from pathlib import Path

from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_beyond as figures
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    figure = figures.trade_off(read_table(Path(snakemake.input.table)))
    attributes = provenance.attributes("Trade-off of alpha and beta", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
