"""Moment tensors of random events, true and found (beyond the paper)."""

import pandas as pd

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021_mechanisms as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    table = pd.read_csv(snakemake.input.table)
    tensors = io.read_dataset(snakemake.input.tensors)
    style.save(
        figures.mechanisms(table.to_dict("list"), tensors),
        snakemake.output[0],
        provenance.attributes("Moment tensors of random events", {}, p.seed, p.scale),
    )
