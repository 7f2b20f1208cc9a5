# Latent Earth: four papers on generative models in geophysical inversion, from raw data to figures.
#     . ./activate && snakemake --cores 8
from snakemake.utils import min_version

min_version("9.0")


configfile: workflow.source_path("config.yaml")


report: "workflow/report/gallery.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/scheiter2022.smk"
include: "workflow/rules/scheiter2022_cmb.smk"
include: "workflow/rules/scheiter2022_cmb_figures.smk"
include: "workflow/rules/scheiter2022_generators.smk"
include: "workflow/rules/scheiter2022_appendix_b.smk"
include: "workflow/rules/own_ensemble.smk"
include: "workflow/rules/santos2024.smk"
include: "workflow/rules/santos2024_inversion.smk"
include: "workflow/rules/santos2024_inversion_figures.smk"
include: "workflow/rules/santos2024_recovery.smk"
include: "workflow/rules/lopez_alvis2021.smk"
include: "workflow/rules/lopez_alvis2021_inversion.smk"
include: "workflow/rules/lopez_alvis2021_beyond.smk"
include: "workflow/rules/lopez_alvis2021_trade_off.smk"
include: "workflow/rules/spurio_mancini2021.smk"
include: "workflow/rules/spurio_mancini2021_emulators.smk"
include: "workflow/rules/spurio_mancini2021_inference.smk"
include: "workflow/rules/spurio_mancini2021_methods.smk"
include: "workflow/rules/spurio_mancini2021_mechanisms.smk"
include: "workflow/rules/spurio_mancini2021_locate.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"


localrules:
    all,
    scheiter2022,
    santos2024,
    lopez_alvis2021,
    spurio_mancini2021,
    own_ensemble,


rule all:
    "Every figure, table and claim of the four papers."
    default_target: True
    input:
        TARGETS["scheiter2022"],
        TARGETS["santos2024"],
        TARGETS["lopez_alvis2021"],
        TARGETS["spurio_mancini2021"],
        CLAIMS,


rule scheiter2022:
    "Figures and tables of Scheiter et al. (2022)."
    input:
        TARGETS["scheiter2022"],


rule santos2024:
    "Figures and tables of Santos et al. (2024)."
    input:
        TARGETS["santos2024"],


rule lopez_alvis2021:
    "Figures and tables of Lopez-Alvis et al. (2021)."
    input:
        TARGETS["lopez_alvis2021"],


rule spurio_mancini2021:
    "Figures and tables of Spurio Mancini et al. (2021)."
    input:
        TARGETS["spurio_mancini2021"],


rule own_ensemble:
    "Generators of an ensemble of yours: weights, card, scores and a page of figures."
    input:
        OWN_ENSEMBLE_MADE,


complete_rules()


onstart:
    at_the_start()


onsuccess:
    at_the_end()


onerror:
    at_the_end()
