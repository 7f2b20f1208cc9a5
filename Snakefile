# Latent Earth: four papers on generative models in geophysical inversion, from raw data to figures.
#     . ./activate && snakemake --cores 8
from snakemake.utils import min_version

min_version("9.0")


configfile: workflow.source_path("config.yaml")


include: "workflow/rules/common.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/scheiter2022.smk"
include: "workflow/rules/scheiter2022_cmb.smk"
include: "workflow/rules/claims.smk"


localrules:
    all,
    scheiter2022,


rule all:
    default_target: True
    input:
        SCHEITER2022,
        CLAIMS,


rule scheiter2022:
    input:
        SCHEITER2022,
