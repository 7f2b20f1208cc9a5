"""Figure 16 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.lines)
    spaces = {
        name: {key: r[key].sel(space=name).values for key in ("image", "distance")}
        for name in ("latent", "physical")
    }
    style.save(
        santos2024.continuity(spaces, r.shown.values, r.along.values, words.GENERATOR[p.weights]),
        snakemake.output[0],
        provenance.attributes("Figure 16, Santos et al. (2024)", {}, p.seed, p.scale),
    )
