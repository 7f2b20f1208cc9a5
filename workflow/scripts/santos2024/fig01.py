"""Figure 1 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import santos2024

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.stages)
    contours = [r[f"contour_{k}"].values for k in range(r.sizes["time"])]
    style.save(
        santos2024.stirring(r.image.values, contours, r.time.values, r.length.values),
        snakemake.output[0],
        provenance.attributes("Figure 1, Santos et al. (2024)", {}, p.seed, p.scale),
    )
