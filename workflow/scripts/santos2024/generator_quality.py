"""How good the generator is, in numbers: nearest images, coverage, losses of its training."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.assessment)
    card = io.read_json(snakemake.input.card)
    names = ("precision", "recall", "coverage")
    scores = {k: {n: float(r[n].sel(source=k)) for n in names} for k in r.source.values}
    nearest = {k: r.nearest.sel(compared=k).values for k in r.compared.values}
    style.save(
        santos2024.quality(nearest, scores, card.get("losses"), words.GENERATOR[p.weights]),
        snakemake.output[0],
        provenance.attributes("Quality of the generator", {}, p.seed, p.scale),
    )
