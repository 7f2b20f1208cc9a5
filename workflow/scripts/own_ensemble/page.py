"""A page of figures of the generators of an ensemble that somebody brings."""

import pandas as pd

from latentearth import io
from latentearth.figures import style
from support import job, provenance
from support.figures import own_ensemble

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    scores = pd.read_csv(snakemake.input.scores, keep_default_na=False, na_values=[""])
    style.save(
        own_ensemble.page(io.read_dataset(snakemake.input.shown), scores.to_dict("records")),
        snakemake.output[0],
        provenance.attributes("Generators of an own ensemble", {}, p.seed, p.scale),
    )
