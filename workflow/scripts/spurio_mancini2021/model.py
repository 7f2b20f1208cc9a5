"""The velocity model: synthetic, a user's, or the published one."""

from latentearth import io, seeds
from latentearth.earth import marine
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    if snakemake.input.given:
        model = marine.read_model(snakemake.input.given)
        print(f"{snakemake.input.given}: {dict(model.sizes)}")
    else:
        stream = seeds.stream(p.seed, "spurio_mancini2021", "model")
        model = marine.check_model(
            marine.synthetic(stream, sea_bed=p.settings["sea_bed"]), "synthetic"
        )
    title = "Density and velocities of P and S waves"
    attributes = provenance.attributes(title, p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], model, attributes)
