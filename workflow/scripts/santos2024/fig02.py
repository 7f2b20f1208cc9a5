"""Figure 2 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    data = io.read_dataset(snakemake.input.observed)
    figure = santos2024_inversion.forward(
        data.image.values[0], data.local.values, data.effective.values, float(data.waves)
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 2, Santos et al. (2024)", {}, p.seed, p.scale),
    )
