"""Figure 14 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024_inversion

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    results = {}
    for name in ("anisotropic", "isotropic"):
        found = io.read_dataset(snakemake.input[name]).isel(target=0)
        results[name] = found["mean"].values, found.deviation.values
    note = words.solution(found, p.weights)
    figure = santos2024_inversion.anisotropy(found.true_image.values, results, note)
    style.save(
        figure,
        snakemake.output[0],
        provenance.attributes("Figure 14, Santos et al. (2024)", {}, p.seed, p.scale),
    )
