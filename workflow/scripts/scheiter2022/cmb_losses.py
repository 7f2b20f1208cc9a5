"""Loss curves and validation distances of the WGANs and DCGANs."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_cmb

with job.logged(snakemake.log[0], snakemake.threads):
    p, trainings = snakemake.params, {}
    for name, path in zip(p.names, snakemake.input.histories, strict=True):
        history = io.read_dataset(path)
        trainings[name] = {key: history[key].values for key in history.variables}
    style.save(
        scheiter2022_cmb.losses(trainings),
        snakemake.output[0],
        provenance.attributes("Trainings of section 4", {}, p.seed, p.scale),
    )
