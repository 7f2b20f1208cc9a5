"""Accuracy of every emulator with either model of the peaks, and the errors of those."""

import pandas as pd
from latentearth import io, job, provenance
from latentearth.figures import spurio_mancini2021_emulators as figures
from latentearth.figures import style

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    table = pd.read_csv(snakemake.input.table)
    peaks = io.read_dataset(snakemake.input.peaks)
    style.save(
        figures.accuracy(table.to_dict("list"), peaks),
        snakemake.output[0],
        provenance.attributes("Accuracy of the emulators", {}, p.seed, p.scale),
    )
