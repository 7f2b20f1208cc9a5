"""Accuracy of every emulator with either model of the peaks, and the errors of those."""

import pandas as pd

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021_emulators as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    table = pd.read_csv(snakemake.input.table)
    peaks = io.read_dataset(snakemake.input.peaks)
    style.save(
        figures.accuracy(table.to_dict("list"), peaks),
        snakemake.output[0],
        provenance.attributes("Accuracy of the emulators", {}, p.seed, p.scale),
    )
