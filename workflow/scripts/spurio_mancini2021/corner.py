"""Posteriors of the position in one corner plot (Figures 10 and 11, and beyond)."""

from latentearth import io, samples
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.observation)
    posteriors = {
        name: samples.read(path)
        for name, path in zip(p.names, snakemake.input.posteriors, strict=True)
    }
    title = f"{p.title}, Spurio Mancini et al. (2021)"
    style.save(
        spurio_mancini2021.corner(posteriors, found.event.values, found.bounds.values),
        snakemake.output[0],
        provenance.attributes(title, {}, p.seed, p.scale),
    )
