"""What the generator's closest fits leave at each cutoff: sizes, and how they hang together."""

from latentearth import io
from latentearth.inversion import downscaling
from latentearth.operators.homogenization_elastic import COEFFICIENTS
from support import job, provenance
from support.homogenization import homogenization
from support.tables.santos2024 import cutoff_rows

with job.logged(snakemake.log[0], snakemake.threads):
    p, errors, rows = snakemake.params, io.read_dataset(snakemake.input.errors), []
    images = io.read_dataset(snakemake.input.held_out).image[: p.images].values
    for waves in p.waves:
        operator = homogenization(images.shape[-1], waves, p)
        spread = downscaling.spread(downscaling.homogenize(operator, images))
        goals, fits = (
            downscaling.homogenize(operator, errors[name].values) for name in ("goal", "fit")
        )
        principal = {"sigma_o": errors.sigma_o.values, "sigma_g": errors.sigma_g.values}
        rows += cutoff_rows(COEFFICIENTS, waves, spread, goals - fits, principal)
    for row in rows:
        print(row)
    about = provenance.attributes("Errors of the generator at each cutoff", {}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, about)
