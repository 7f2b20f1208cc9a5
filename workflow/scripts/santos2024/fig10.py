"""Figure 10 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.solution).isel(target=0)
    note = words.solution(found, p.weights)
    figure = santos2024_inversion.examples(found.example.values, found.true_image.values, note)
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 10, Santos et al. (2024)", {}, p.seed, p.scale),
    )
