"""With and without anisotropy, by independent and by correlated errors."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_likelihoods
from support.published_values import read_table

with job.logged(snakemake.log[0], snakemake.threads):
    p, numbers = snakemake.params, io.read_dataset(snakemake.input.numbers)
    rows = read_table(snakemake.input.table)
    figure = santos2024_likelihoods.likelihoods(numbers, [*rows], words.GENERATOR[p.weights])
    about = provenance.attributes("Likelihoods, Santos et al. (2024)", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], about)
