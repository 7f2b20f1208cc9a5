"""Jumps along paths through the latent spaces (poster of Lopez-Alvis et al.)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    drawing = lopez_alvis2021.jumps(io.read_dataset(snakemake.input.jumps))
    attributes = provenance.attributes("Poster, VAE jumps", {}, p.seed, p.scale)
    style.save(drawing, snakemake.output[0], attributes)
