"""Inversions of all truths: Figures 9 and 10 of Lopez-Alvis et al. (2021)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_inversion as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    clean, noisy = io.read_dataset(given.clean), io.read_dataset(given.noisy)
    names = clean.truth.values
    figure = figures.all_truths(
        io.read_dataset(given.truths).model.sel(truth=names).values,
        names,
        clean,
        noisy,
        io.read_dataset(given.data).threshold.sel(operator=p.operator, truth=names).values,
        p.noise,
        p.top,
    )
    attributes = provenance.attributes(
        f"{p.figure}, Lopez-Alvis et al. (2021)", {}, p.seed, p.scale
    )
    style.save(figure, snakemake.output[0], attributes)
