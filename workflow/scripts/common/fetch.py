"""Bring one of the authors' published files to data/published, verified.

Params: ``sources`` (data/sources.csv), ``name``. Output: the file. It is taken from
data/supplied where a user has put it there, else from the folder named by LATENTEARTH_MIRROR,
else from its public address.
"""

import os

from support import job, published_files

with job.logged(snakemake.log[0], snakemake.threads):
    name = snakemake.params.name
    published_files.fetch(
        name,
        snakemake.output[0],
        published_files.read_sources(snakemake.params.sources),
        mirror=os.environ.get("LATENTEARTH_MIRROR") or None,
        # Not the output itself: Snakemake removes an output before it runs the rule for it.
        supplied="data/supplied",
    )
    print(f"{name}: verified")
