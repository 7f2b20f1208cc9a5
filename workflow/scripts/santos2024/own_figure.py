"""A user's own medium, by the method of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.solution).isel(target=0)
    figure = santos2024_inversion.own(
        found.observed.values[0],
        found.predicted.values[0],
        found["mean"].values,
        found.deviation.values,
        found.example.values,
        words.solution(found, p.weights),
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Own medium, after Santos et al. (2024)", {}, p.seed, p.scale),
    )
