"""One sample and the moments of every generator around Australia."""

from latentearth import io
from latentearth.figures import style
from latentearth.figures.projections import Region
from support import job, provenance
from support.figures import scheiter2022_generators

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.shown)
    names = ("sample", "mean", "std", "skewness", "kurtosis")
    rows = {
        str(name): {what: r[what].sel(generator=name).values for what in names}
        for name in r.generator.values
    }
    style.save(
        scheiter2022_generators.regional_generators(rows, Region(**p.region)),
        snakemake.output[0],
        provenance.attributes("Generators around Australia", {}, p.seed, p.scale),
    )
