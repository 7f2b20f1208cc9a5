"""A target and what is observed of it: Figures 8 and 13 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    data = io.read_dataset(snakemake.input.observed)
    figure = santos2024_inversion.medium(
        data.image.values[0],
        data.observed.values[0, 0],
        data.effective.values,
        float(data.waves),
        ("target $m_t$", "observed $C_{11}$"),
    )
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes(f"{p.figure}, Santos et al. (2024)", {}, p.seed, p.scale),
    )
