"""Figure 6 of Santos et al. (2024)."""

from latentearth import io
from latentearth.figures import style
from support import job, provenance, words
from support.figures import santos2024

with job.logged(snakemake.log[0], snakemake.threads):
    p, r = snakemake.params, io.read_dataset(snakemake.input.assessment)
    style.save(
        santos2024.images(
            r.training_image.values, r.generated_image.values, words.GENERATOR[p.weights]
        ),
        snakemake.output[0],
        provenance.attributes("Figure 6, Santos et al. (2024)", {}, p.seed, p.scale),
    )
