"""What a good ensemble costs: distance against processor time and numbers stored."""

import pandas as pd

from latentearth.figures import style
from support import job, provenance
from support.figures import scheiter2022_generators

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    # or pandas would take the kind "null" for nothing
    table = pd.read_csv(snakemake.input.table, keep_default_na=False, na_values=[""])
    style.save(
        scheiter2022_generators.cost(table),
        snakemake.output[0],
        provenance.attributes("Costs of generators", {}, p.seed, p.scale),
    )
