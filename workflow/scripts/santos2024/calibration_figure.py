"""Reliability of pixels, coefficients held, ranks: held-out cakes by each prior."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures.santos2024_calibration import calibration
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    runs = dict(zip(p.priors, map(io.read_dataset, snakemake.input.runs), strict=True))
    rows = [*read_table(snakemake.input.table)]
    note = f"{words.GENERATOR[p.weights]}; the flow's parameters know the simulator"
    figure = calibration(runs, rows, note)
    about = provenance.attributes("Calibration, Santos et al. (2024)", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], about)
