"""Figure 7 of Spurio Mancini et al. (2021)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import spurio_mancini2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    model = io.read_dataset(snakemake.input.model)
    survey = io.read_dataset(snakemake.input.sources)
    style.save(
        spurio_mancini2021.model_sections(model, survey.receiver.values, survey.event.values),
        snakemake.output[0],
        provenance.attributes("Figure 7, Spurio Mancini et al. (2021)", {}, p.seed, p.scale),
    )
