"""Models of all truths by each method (beyond the paper)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021_beyond as figures

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    found = {}
    for label, file in zip(p.labels, given.networks, strict=True):
        runs = io.read_dataset(file)
        found[label] = runs[["model", "misfit", "error"]].isel(start=runs.misfit.argmin("start"))
    without = io.read_dataset(given.regularized).sel(noise=0.0)
    found |= {str(name): without.sel(penalty=name) for name in without.penalty.values}
    figure = figures.methods(io.read_dataset(given.truths).model, found)
    attributes = provenance.attributes("Models by each method", {}, p.seed, p.scale)
    style.save(figure, snakemake.output[0], attributes)
