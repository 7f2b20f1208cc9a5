# Santos et al. (2024): homogenization and the inverse problem (sections 2.2, 4 and 5).
SANTOS_INVERSION = SANTOS.inversion
SANTOS_INVERSION_RESULTS = f"{SANTOS_RESULTS}/inversion"
SANTOS_ERRORS = f"{SANTOS_INVERSION_RESULTS}/errors.nc"
SANTOS_OWN = SANTOS_INVERSION.own.observed or []

# The generator whose latent vectors are sampled, and how its closest fits are sought.
SANTOS_INVERTED, SANTOS_CLOSEST_FIT = {
    "wgan_gp": (
        {"weights": SANTOS_GENERATOR, "card": SANTOS_CARD},
        SANTOS_INVERSION.errors.closest_fit,
    ),
    "curve_flow": (SANTOS_CURVE_FLOW, SANTOS.curve_flow.closest_fit),
}[SANTOS_INVERSION.prior]

# Which data each experiment inverts (targets: a slice of them), and with what chains.
SANTOS_EXPERIMENTS = {
    "principal": {"waves": SANTOS_INVERSION.waves, "plan": SANTOS_INVERSION.principal},
    **{
        f"cutoff_{w:g}": {"waves": w, "plan": SANTOS_INVERSION.others}
        for w in SANTOS_INVERSION.cutoffs
    },
    "isotropic": {
        "waves": SANTOS_INVERSION.anisotropy_waves,
        "plan": SANTOS_INVERSION.others,
        "components": [0],
    },
    "targets": {
        "waves": SANTOS_INVERSION.waves,
        "plan": SANTOS_INVERSION.further,
        "targets": [1, 1 + SANTOS_INVERSION.targets],
    },
    # targets that the generator made, with the observation's error alone and with sigma_G too
    "twins": {
        "observed": "twins",
        "plan": SANTOS_INVERSION.twins,
        "targets": [0, SANTOS_INVERSION.twins.count],
        "sigma": "sigma_o",
    },
    "twins_with_sigma_g": {
        "observed": "twins",
        "plan": SANTOS_INVERSION.further,
        "targets": [0, SANTOS_INVERSION.twins.count],
    },
    **({"own": {"observed": "own", "plan": SANTOS_INVERSION.others}} if SANTOS_OWN else {}),
}
SANTOS_CUTOFFS = ["principal", *[f"cutoff_{w:g}" for w in SANTOS_INVERSION.cutoffs]]
SANTOS_TABLED = [name for name in SANTOS_EXPERIMENTS if name != "own"]
SANTOS_ROCKS = {
    "black": section(SANTOS_INVERSION.black),
    "white": section(SANTOS_INVERSION.white),
    "products": SANTOS_INVERSION.products,
}

# A user's own images come without the curves that a curve flow learns.
if not SANTOS.prior.own:
    TARGETS["santos2024"].append("results/santos2024/table_generators.csv")
TARGETS["santos2024"] += [
    *expand("figures/santos2024/figA{number}.png", number=range(1, 6)),
    *expand(
        "results/santos2024/table_{name}.csv",
        name=["errors", "errors_by_cutoff", "targets", "twins", "experiments"],
    ),
]


wildcard_constraints:
    waves=r"[\d.]+",


rule santos2024_errors:
    "Errors of the data and of the generator: sigma_o and sigma_G (section 4.2)."
    input:
        **SANTOS_INVERTED,
        held_out=SANTOS_HELD_OUT,
    output:
        errors=SANTOS_ERRORS,
        table=shown("results/santos2024/table_errors.csv", "Beyond: errors"),
    log:
        "logs/santos2024/errors.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(
            settings=section(SANTOS_INVERSION.errors),
            closest_fit=section(SANTOS_CLOSEST_FIT),
            waves=SANTOS_INVERSION.waves,
            iterations=SANTOS_INVERSION.iterations.targets,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/errors.py"


rule santos2024_errors_by_cutoff:
    "Errors of the generator at each cutoff: sizes and correlations."
    input:
        errors=SANTOS_ERRORS,
        held_out=SANTOS_HELD_OUT,
    output:
        shown("results/santos2024/table_errors_by_cutoff.csv", "Beyond: errors by cutoff"),
    log:
        "logs/santos2024/errors_by_cutoff.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(),
    params:
        **common(
            images=SANTOS_INVERSION.errors.images,
            waves=[SANTOS_INVERSION.waves, *SANTOS_INVERSION.cutoffs],
            iterations=SANTOS_INVERSION.iterations.targets,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/errors_by_cutoff.py"


rule santos2024_generators:
    "Generators side by side: closest fits, coverage, what they leave of the data, time."
    input:
        held_out=SANTOS_HELD_OUT,
        prior=SANTOS_PRIOR,
        wgan_gp=[SANTOS_GENERATOR, SANTOS_CARD, SANTOS_ASSESSMENT],
        curve_flow=[*SANTOS_CURVE_FLOW.values(), SANTOS_CURVE_FLOW_ASSESSMENT],
    output:
        table=shown("results/santos2024/table_generators.csv", "Beyond: generators"),
        fits=f"{SANTOS_INVERSION_RESULTS}/closest_fits.nc",
    log:
        "logs/santos2024/generators.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(6000, 120),
    params:
        **common(
            images=SANTOS.curve_flow.compared,
            errors=section(SANTOS_INVERSION.errors, "images"),
            closest_fits={
                "wgan_gp": section(SANTOS_INVERSION.errors.closest_fit),
                "curve_flow": section(SANTOS.curve_flow.closest_fit),
            },
            waves=SANTOS_INVERSION.waves,
            iterations=SANTOS_INVERSION.iterations.targets,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/generators.py"


rule santos2024_observed:
    "Target images and what tomography sees of them at a cutoff (sections 2.2 and 5)."
    input:
        errors=SANTOS_ERRORS,
        own=SANTOS_HELD_OUT if SANTOS.prior.own else [],
    output:
        f"{SANTOS_INVERSION_RESULTS}/observed_{{waves}}.nc",
    log:
        "logs/santos2024/observed_{waves}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(),
    params:
        **common(
            stirring=section(SANTOS.stirring),
            targets=1 + SANTOS_INVERSION.targets,
            iterations=SANTOS_INVERSION.iterations.targets,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/observed.py"


rule santos2024_twins:
    "Targets that the generator made itself, and what tomography sees of them."
    input:
        **SANTOS_INVERTED,
        errors=SANTOS_ERRORS,
    output:
        f"{SANTOS_INVERSION_RESULTS}/observed_twins.nc",
    log:
        "logs/santos2024/observed_twins.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(),
    params:
        **common(
            targets=SANTOS_INVERSION.twins.count,
            waves=SANTOS_INVERSION.waves,
            iterations=SANTOS_INVERSION.iterations.targets,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/twins.py"


rule santos2024_own_medium:
    "Check a user's own effective medium."
    input:
        errors=SANTOS_ERRORS,
        own=SANTOS_OWN,
    output:
        f"{SANTOS_INVERSION_RESULTS}/observed_own.nc",
    log:
        "logs/santos2024/observed_own.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(SANTOS_INVERSION.own)),
    script:
        "../scripts/santos2024/own_medium.py"


rule santos2024_chains:
    "Sample the posterior of latent vectors with many chains (section 4.3)."
    input:
        **SANTOS_INVERTED,
        observed=lambda wildcards: "{}/observed_{}.nc".format(
            SANTOS_INVERSION_RESULTS,
            SANTOS_EXPERIMENTS[wildcards.inversion].get("observed")
            or f"{SANTOS_EXPERIMENTS[wildcards.inversion]['waves']:g}",
        ),
    output:
        f"{SANTOS_INVERSION_RESULTS}/chains/{{inversion}}.nc",
    log:
        "logs/santos2024/chains/{inversion}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SANTOS_INVERSION.resources), gpu=gpus()),
    params:
        **common(
            settings=lambda wildcards: {
                "targets": [0, 1],
                "components": list(range(6)),
                "sigma": "sigma",
                **SANTOS_EXPERIMENTS[wildcards.inversion],
                **section(SANTOS_EXPERIMENTS[wildcards.inversion]["plan"]),
                "plan": "",
            },
            iterations=SANTOS_INVERSION.iterations.sampling,
            device=aside(settings.device),
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/chains.py"


rule santos2024_solution:
    "What the chains of an experiment say in pixels, data and numbers (section 5)."
    input:
        **SANTOS_INVERTED,
        observed=lambda wildcards: "{}/observed_{}.nc".format(
            SANTOS_INVERSION_RESULTS,
            SANTOS_EXPERIMENTS[wildcards.inversion].get("observed")
            or f"{SANTOS_EXPERIMENTS[wildcards.inversion]['waves']:g}",
        ),
        chains=f"{SANTOS_INVERSION_RESULTS}/chains/{{inversion}}.nc",
    output:
        f"{SANTOS_INVERSION_RESULTS}/solution/{{inversion}}.nc",
    log:
        "logs/santos2024/solution/{inversion}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 30),
    params:
        **common(
            images=SANTOS_INVERSION.images,
            sigma=lambda wildcards: SANTOS_EXPERIMENTS[wildcards.inversion].get("sigma", "sigma"),
            closest_fit=section(SANTOS_CLOSEST_FIT),
            iterations=SANTOS_INVERSION.iterations.sampling,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/solution.py"


rule santos2024_samplers:
    "The samplers side by side on the data of the principal experiment."
    input:
        **SANTOS_INVERTED,
        observed=f"{SANTOS_INVERSION_RESULTS}/observed_{SANTOS_INVERSION.waves:g}.nc",
    output:
        table=f"{SANTOS_INVERSION_RESULTS}/samplers.csv",
        curves=f"{SANTOS_INVERSION_RESULTS}/samplers.nc",
    log:
        "logs/santos2024/samplers.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SANTOS_INVERSION.resources)),
    params:
        **common(
            settings=section(SANTOS_INVERSION.comparison),
            iterations=SANTOS_INVERSION.iterations.sampling,
            **SANTOS_ROCKS,
        ),
    script:
        "../scripts/santos2024/samplers.py"


rule santos2024_tables:
    "Distances of targets from the training images; tables of misfits and recovery."
    input:
        prior=SANTOS_PRIOR,
        errors=SANTOS_ERRORS,
        solutions=expand(
            f"{SANTOS_INVERSION_RESULTS}/solution/{{inversion}}.nc", inversion=SANTOS_TABLED
        ),
    output:
        targets=shown("results/santos2024/table_targets.csv", "Figure 15: table"),
        twins=shown("results/santos2024/table_twins.csv", "Beyond: twins"),
        experiments=shown("results/santos2024/table_experiments.csv", "Beyond: experiments"),
    log:
        "logs/santos2024/tables.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(6000, 20),
    params:
        **common(experiments=SANTOS_TABLED),
    script:
        "../scripts/santos2024/tables.py"
