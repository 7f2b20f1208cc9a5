"""Figure 15 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.solution)
    table = read_table(snakemake.input.table)
    figure = santos2024_inversion.targets(
        found.true_image.values,
        found["mean"].values,
        found.observed.values[:, 0],
        found.predicted.values[:, 0],
        [row["d_min"] for row in table],
        words.solution(found.isel(target=0), p.weights),
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 15, Santos et al. (2024)", {}, p.seed, p.scale),
    )
