# Santos et al. (2024), beyond the paper: the same data inverted with other priors of images, beside
# the generator's chains and what needs no sampler. The names SANTOS_... come from santos2024.smk
# and santos2024_inversion.smk.
SANTOS_RECOVERY = SANTOS.recovery
SANTOS_RECOVERY_RESULTS = f"{SANTOS_RESULTS}/recovery"
SANTOS_RECOVERY_WAVES = [f"{w:g}" for w in SANTOS_RECOVERY.waves]
# the principal cutoff with all targets, the others with fewer
SANTOS_RECOVERY_TARGETS = {
    waves: SANTOS_RECOVERY.targets_elsewhere if number else SANTOS_RECOVERY.targets
    for number, waves in enumerate(SANTOS_RECOVERY_WAVES)
}
SANTOS_RECOVERY_RUNS = [
    f"{prior}_{waves}_{target}"
    for prior in SANTOS_RECOVERY.priors
    for waves, count in SANTOS_RECOVERY_TARGETS.items()
    for target in range(count)
]
SANTOS_RECOVERY_TABLE = f"{SANTOS_RESULTS}/table_recovery.csv"
SANTOS_RECOVERY_SAMPLERS = f"{SANTOS_RESULTS}/table_samplers.csv"
SANTOS_CALIBRATION = SANTOS_RECOVERY.calibration
SANTOS_CALIBRATION_TABLE = f"{SANTOS_RESULTS}/table_calibration.csv"
SANTOS_CALIBRATIONS = expand(
    f"{SANTOS_RECOVERY_RESULTS}/calibration/{{prior}}.nc", prior=SANTOS_CALIBRATION.priors
)
SANTOS_FOREIGN = f"{SANTOS_INVERSION_RESULTS}/observed_foreign.nc"
SANTOS_FOREIGN_TABLE = f"{SANTOS_RESULTS}/table_foreign.csv"
SANTOS_FOREIGN_KINDS = 5  # ring, layers, a marble cake, one too wild, one stirred too long
# A user's own images come without the parameters of a flow.
SANTOS_RECOVERED = not SANTOS.prior.own
SANTOS_RECOVERY_CHAINS = [
    name
    for name in [*SANTOS_CUTOFFS, "targets"]
    if f"{SANTOS_EXPERIMENTS[name]['waves']:g}" in SANTOS_RECOVERY_WAVES
]
SANTOS_RECOVERY_PARAMS = {
    "stirring": section(SANTOS.stirring),
    "iterations": SANTOS_INVERSION.iterations.sampling,
    **SANTOS_ROCKS,
}

SANTOS_LIKELIHOODS = f"{SANTOS_RESULTS}/table_likelihoods.csv"
TARGETS["santos2024"].append(SANTOS_LIKELIHOODS)
if SANTOS_RECOVERED:
    TARGETS["santos2024"] += [
        SANTOS_RECOVERY_TABLE,
        SANTOS_RECOVERY_SAMPLERS,
        SANTOS_FOREIGN_TABLE,
        SANTOS_CALIBRATION_TABLE,
    ]


wildcard_constraints:
    prior="[a-z_]+",
    target=r"\d+",


rule santos2024_recovery_bank:
    "Draws of a prior of images and their effective media."
    input:
        images=SANTOS_PRIOR,
        curve_flow=lambda wildcards: (
            [*SANTOS_CURVE_FLOW.values()] if wildcards.prior == "curve_flow" else []
        ),
    output:
        f"{SANTOS_RECOVERY_RESULTS}/bank_{{prior}}_{{waves}}.nc",
    log:
        "logs/santos2024/recovery/bank_{prior}_{waves}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 20),
    params:
        **common(
            settings=section(SANTOS_RECOVERY, "bank", "steps", "coarse"),
            **SANTOS_RECOVERY_PARAMS,
        ),
    script:
        "../scripts/santos2024/recovery_bank.py"


rule santos2024_recovery_run:
    "Recover a target by annealing in the space of a prior of images, several times."
    input:
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{{waves}}.nc",
        bank=f"{SANTOS_RECOVERY_RESULTS}/bank_{{prior}}_{{waves}}.nc",
        curve_flow=lambda wildcards: (
            [*SANTOS_CURVE_FLOW.values()] if wildcards.prior == "curve_flow" else []
        ),
    output:
        f"{SANTOS_RECOVERY_RESULTS}/{{prior}}_{{waves}}_{{target}}.nc",
    log:
        "logs/santos2024/recovery/{prior}_{waves}_{target}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SANTOS_RECOVERY.resources)),
    params:
        **common(
            settings=section(SANTOS_RECOVERY, "steps", "coarse", "sampler", "images"),
            tries=SANTOS_RECOVERY.tries,
            # several at the principal cutoff by the flow's own parameters; elsewhere one
            seeds=lambda wildcards: (
                SANTOS_RECOVERY.seeds
                if (wildcards.prior, wildcards.waves) == ("stirring", SANTOS_RECOVERY_WAVES[0])
                else 1
            ),
            **SANTOS_RECOVERY_PARAMS,
        ),
    script:
        "../scripts/santos2024/recovery.py"


rule santos2024_recovery_nulls:
    "Mean of the prior, best-fitting prior image and Wiener filter, for all targets."
    input:
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{{waves}}.nc",
        bank=f"{SANTOS_RECOVERY_RESULTS}/bank_stirring_{{waves}}.nc",
        images=SANTOS_PRIOR,
    output:
        f"{SANTOS_RECOVERY_RESULTS}/nulls_{{waves}}.nc",
    log:
        "logs/santos2024/recovery/nulls_{waves}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 20),
    params:
        **common(
            targets=1 + SANTOS_INVERSION.targets,
            iterations=SANTOS_INVERSION.iterations.sampling,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/recovery_nulls.py"


rule santos2024_recovery_table:
    "Tables of recovery by priors, samplers and seeds, and of samplers side by side."
    input:
        observed=expand(
            f"{SANTOS_INVERSION_RESULTS}/observed_{{waves}}.nc", waves=SANTOS_RECOVERY_WAVES
        ),
        nulls=expand(f"{SANTOS_RECOVERY_RESULTS}/nulls_{{waves}}.nc", waves=SANTOS_RECOVERY_WAVES),
        banks=expand(
            f"{SANTOS_RECOVERY_RESULTS}/bank_{{prior}}_{{waves}}.nc",
            prior=SANTOS_RECOVERY.priors,
            waves=SANTOS_RECOVERY_WAVES,
        ),
        runs=expand(f"{SANTOS_RECOVERY_RESULTS}/{{run}}.nc", run=SANTOS_RECOVERY_RUNS),
        solutions=expand(
            f"{SANTOS_INVERSION_RESULTS}/solution/{{inversion}}.nc",
            inversion=SANTOS_RECOVERY_CHAINS,
        ),
        chains=expand(
            f"{SANTOS_INVERSION_RESULTS}/chains/{{inversion}}.nc",
            inversion=SANTOS_RECOVERY_CHAINS,
        ),
    output:
        table=shown(SANTOS_RECOVERY_TABLE, "Beyond: recovery"),
        samplers=shown(SANTOS_RECOVERY_SAMPLERS, "Beyond: recovery by sampler"),
    log:
        "logs/santos2024/recovery/table.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(
            waves=SANTOS_RECOVERY_WAVES,
            priors=SANTOS_RECOVERY.priors,
            targets=SANTOS_RECOVERY_TARGETS,
            images=SANTOS_RECOVERY.images,
            banks=expand(
                "{prior}_{waves}", prior=SANTOS_RECOVERY.priors, waves=SANTOS_RECOVERY_WAVES
            ),
            runs=SANTOS_RECOVERY_RUNS,
        ),
    script:
        "../scripts/santos2024/recovery_table.py"


rule santos2024_likelihoods:
    "Independent and correlated errors, anisotropic and isotropic data (section 5.3)."
    input:
        **SANTOS_INVERTED,
        errors=SANTOS_ERRORS,
        prior=SANTOS_PRIOR,
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_INVERSION.anisotropy_waves:g}.nc",
    output:
        table=shown(SANTOS_LIKELIHOODS, "Beyond: likelihoods"),
        numbers=f"{SANTOS_INVERSION_RESULTS}/likelihoods.nc",
    log:
        "logs/santos2024/likelihoods.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(
            settings=section(SANTOS_INVERSION.likelihoods),
            iterations=SANTOS_INVERSION.iterations.sampling,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/likelihoods.py"


rule santos2024_calibration:
    "Held-out cakes inverted with a prior of images: are pixels, coefficients, ranks honest?"
    input:
        held_out=SANTOS_HELD_OUT,
        errors=SANTOS_ERRORS,
        fits=f"{SANTOS_INVERSION_RESULTS}/closest_fits.nc",
        curve_flow=lambda wildcards: (
            [*SANTOS_CURVE_FLOW.values()] if wildcards.prior == "curve_flow" else []
        ),
        wgan_gp=lambda wildcards: (
            [SANTOS_GENERATOR, SANTOS_CARD] if wildcards.prior == "wgan_gp" else []
        ),
    output:
        f"{SANTOS_RECOVERY_RESULTS}/calibration/{{prior}}.nc",
    log:
        "logs/santos2024/recovery/calibration_{prior}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 120),
    params:
        **common(
            settings={
                **section(SANTOS_CALIBRATION, without=("priors",)),
                "steps": SANTOS_RECOVERY.steps,
                "particles": SANTOS_INVERSION.likelihoods.particles,
            },
            images=SANTOS_INVERSION.errors.images,
            target_iterations=SANTOS_INVERSION.iterations.targets,
            **SANTOS_RECOVERY_PARAMS,
        ),
    script:
        "../scripts/santos2024/calibration.py"


rule santos2024_foreign:
    "Media that the prior cannot give, and one that it can."
    input:
        errors=SANTOS_ERRORS,
    output:
        SANTOS_FOREIGN,
    log:
        "logs/santos2024/observed_foreign.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(),
    params:
        **common(
            settings=section(SANTOS_RECOVERY.foreign, "amplitude", "duration"),
            waves=SANTOS_INVERSION.waves,
            **{**SANTOS_RECOVERY_PARAMS, "iterations": SANTOS_INVERSION.iterations.targets},
        ),
    script:
        "../scripts/santos2024/foreign.py"


use rule santos2024_recovery_run as santos2024_recovery_foreign with:
    input:
        observed=SANTOS_FOREIGN,
        bank=f"{SANTOS_RECOVERY_RESULTS}/bank_{{prior}}_{SANTOS_INVERSION.waves:g}.nc",
    output:
        f"{SANTOS_RECOVERY_RESULTS}/foreign/{{prior}}_{{target}}.nc",
    log:
        "logs/santos2024/recovery/foreign/{prior}_{target}.log",
    params:
        **common(
            settings={
                **section(SANTOS_RECOVERY, "steps", "coarse", "images"),
                "sampler": section(SANTOS_RECOVERY.foreign.sampler),
            },
            tries=1,  # a medium that is no marble cake is never fitted
            seeds=SANTOS_RECOVERY.foreign.seeds,
            **SANTOS_RECOVERY_PARAMS,
        ),


use rule santos2024_recovery_foreign as santos2024_recovery_own with:
    input:
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_own.nc",
        bank=f"{SANTOS_RECOVERY_RESULTS}/bank_{{prior}}_{SANTOS_INVERSION.own.waves:g}.nc",
    output:
        f"{SANTOS_RECOVERY_RESULTS}/own/{{prior}}_{{target}}.nc",
    log:
        "logs/santos2024/recovery/own/{prior}_{target}.log",


rule santos2024_foreign_table:
    "Does the fit say that a medium is no marble cake: foreign media, and your own."
    input:
        observed=[
            SANTOS_FOREIGN,
            *([f"{SANTOS_INVERSION_RESULTS}/observed_own.nc"] if SANTOS_OWN else []),
        ],
        banks=[
            f"{SANTOS_RECOVERY_RESULTS}/bank_stirring_{waves:g}.nc"
            for waves in [
                SANTOS_INVERSION.waves,
                *([SANTOS_INVERSION.own.waves] if SANTOS_OWN else []),
            ]
        ],
        runs=[
            *expand(
                f"{SANTOS_RECOVERY_RESULTS}/foreign/stirring_{{target}}.nc",
                target=range(SANTOS_FOREIGN_KINDS),
            ),
            *([f"{SANTOS_RECOVERY_RESULTS}/own/stirring_0.nc"] if SANTOS_OWN else []),
        ],
    output:
        shown(SANTOS_FOREIGN_TABLE, "Beyond: foreign media"),
    log:
        "logs/santos2024/recovery/foreign_table.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/santos2024/foreign_table.py"


FIGURES["santos2024"]["likelihoods_figure"] = figure(
    "With and without anisotropy, by independent and by correlated errors.",
    place="Beyond: likelihoods compared",
    to="figures/santos2024/beyond_likelihoods.png",
    params=dict(weights=SANTOS.weights),
    table=SANTOS_LIKELIHOODS,
    numbers=f"{SANTOS_INVERSION_RESULTS}/likelihoods.nc",
)
FIGURES["santos2024"]["recovery_figure"] = figure(
    "Recovery of targets by several priors, and by what needs no sampler.",
    place="Beyond: recovered images",
    to="figures/santos2024/beyond_recovery.png",
    wanted=SANTOS_RECOVERED,
    params=dict(weights=SANTOS.weights, priors=SANTOS_RECOVERY.priors),
    table=SANTOS_RECOVERY_TABLE,
    observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_RECOVERY_WAVES[0]}.nc",
    nulls=f"{SANTOS_RECOVERY_RESULTS}/nulls_{SANTOS_RECOVERY_WAVES[0]}.nc",
    runs=expand(
        f"{SANTOS_RECOVERY_RESULTS}/{{prior}}_{SANTOS_RECOVERY_WAVES[0]}_{{target}}.nc",
        prior=SANTOS_RECOVERY.priors,
        target=range(SANTOS_RECOVERY.targets),
    ),
    solutions=[
        f"{SANTOS_INVERSION_RESULTS}/solution/{name}.nc"
        for name in SANTOS_RECOVERY_CHAINS
        if f"{SANTOS_EXPERIMENTS[name]['waves']:g}" == SANTOS_RECOVERY_WAVES[0]
    ],
)
FIGURES["santos2024"]["calibration_table"] = figure(
    "Coverage of pixels and coefficients, and ranks, by priors and laws of errors.",
    place="Beyond: calibration, table",
    to=SANTOS_CALIBRATION_TABLE,
    wanted=SANTOS_RECOVERED,
    env="simulate",
    params=dict(priors=SANTOS_CALIBRATION.priors, cakes=SANTOS_CALIBRATION.cakes),
    runs=SANTOS_CALIBRATIONS,
    prior=SANTOS_PRIOR,
    held_out=SANTOS_HELD_OUT,
)
FIGURES["santos2024"]["calibration_figure"] = figure(
    "Reliability of pixels, coefficients held, ranks: held-out cakes by each prior.",
    place="Beyond: calibration",
    to="figures/santos2024/beyond_calibration.png",
    wanted=SANTOS_RECOVERED,
    params=dict(weights=SANTOS.weights, priors=SANTOS_CALIBRATION.priors),
    table=SANTOS_CALIBRATION_TABLE,
    runs=SANTOS_CALIBRATIONS,
)
