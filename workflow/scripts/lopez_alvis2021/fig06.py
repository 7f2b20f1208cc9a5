"""Figure 6 of Lopez-Alvis et al. (2021)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_inversion as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    figure = figures.three_minima_descent(io.read_dataset(snakemake.input.toy))
    attributes = provenance.attributes("Figure 6, Lopez-Alvis et al. (2021)", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
