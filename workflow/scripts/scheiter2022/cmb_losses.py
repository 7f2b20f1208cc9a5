"""Loss curves and validation distances of the WGANs and DCGANs."""

from latentearth import io, job, provenance
from latentearth.figures import cmb, style

with job.logged(snakemake.log[0], snakemake.threads):
    p, trainings = snakemake.params, {}
    for name, path in zip(p.names, snakemake.input.histories, strict=True):
        history = io.read_dataset(path)
        trainings[name] = {key: history[key].values for key in history.variables}
    style.save(
        cmb.losses(trainings),
        snakemake.output[0],
        provenance.attributes("Trainings of section 4", {}, p.seed, p.scale),
    )
