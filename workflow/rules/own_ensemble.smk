# Generators of any ensemble that somebody brings: `snakemake own_ensemble --config ...`.
OWN_ENSEMBLE = "results/own_ensemble"
OWN_ENSEMBLE_MADE = [
    f"{OWN_ENSEMBLE}/card.json",
    f"{OWN_ENSEMBLE}/scores.csv",
    "figures/own_ensemble/page.png",
]


rule own_ensemble_generators:
    "Generators of an ensemble of yours, and their scores against chains held out."
    input:
        ensemble=lambda wildcards: needed_file("own_ensemble", settings.own_ensemble.file),
    output:
        weights=directory(f"{OWN_ENSEMBLE}/generators"),
        card=f"{OWN_ENSEMBLE}/card.json",
        scores=f"{OWN_ENSEMBLE}/scores.csv",
        shown=f"{OWN_ENSEMBLE}/shown.nc",
    log:
        "logs/own_ensemble/generators.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(6000, 120),
    params:
        **common(settings=section(settings.own_ensemble)),
    script:
        "../scripts/own_ensemble/generators.py"


rule own_ensemble_page:
    "A page of figures of the generators of an ensemble of yours."
    input:
        shown=f"{OWN_ENSEMBLE}/shown.nc",
        scores=f"{OWN_ENSEMBLE}/scores.csv",
    output:
        "figures/own_ensemble/page.png",
    log:
        "logs/own_ensemble/page.log",
    conda:
        "../../envs/figures.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/own_ensemble/page.py"
