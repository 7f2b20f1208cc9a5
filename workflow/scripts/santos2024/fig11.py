"""Figure 11 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.solution).isel(target=0)
    panels = {
        r"$G(z_m)$: sample of highest density": found.of_mode.values,
        r"$G(\bar{z})$: mean latent vector": found.of_mean.values,
        r"$G(z)_m$: most frequent phase": (found.white.values > 0.5).astype(float),
        r"$\overline{G(z)}$: mean image": found["mean"].values,
    }
    note = words.solution(found, p.weights)
    figure = santos2024_inversion.characteristic(panels, found.true_image.values, note)
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 11, Santos et al. (2024)", {}, p.seed, p.scale),
    )
