"""New truths: floor of encode-decode against error of inversion (beyond the paper)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_inversion as figures
from support.tables.lopez_alvis2021 import new_truths, new_truths_summary

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    runs = io.read_dataset(snakemake.input.runs)
    (found,) = new_truths_summary(new_truths(runs))
    share = found["low_percent"] / 100, found["high_percent"] / 100
    figure = figures.new_truths(runs, (found["all_starts_accepted"], found["truths"], *share))
    attributes = provenance.attributes("New truths", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
