# Santos et al. (2024): homogenization and the inverse problem (sections 2.2, 4 and 5).
S24_INV = S24.inversion
S24_INVERSION = f"{S24_RESULTS}/inversion"
S24_ERRORS = f"{S24_INVERSION}/errors.nc"
S24_OWN = S24_INV.own.observed or []

# Which data each experiment inverts (targets: a slice of them), and with what chains.
S24_EXPERIMENTS = {
    "principal": {"waves": S24_INV.waves, "plan": S24_INV.principal},
    **{f"cutoff_{w:g}": {"waves": w, "plan": S24_INV.others} for w in S24_INV.cutoffs},
    "isotropic": {
        "waves": S24_INV.anisotropy_waves,
        "plan": S24_INV.others,
        "components": [0],
    },
    "targets": {
        "waves": S24_INV.waves,
        "plan": S24_INV.further,
        "targets": [1, 1 + S24_INV.targets],
    },
    # targets that the generator made, with the observation's error alone and with sigma_G too
    "twins": {
        "observed": "twins",
        "plan": S24_INV.further,
        "targets": [0, S24_INV.twins],
        "sigma": "sigma_o",
    },
    "twins_with_sigma_g": {
        "observed": "twins",
        "plan": S24_INV.further,
        "targets": [0, S24_INV.twins],
    },
    **({"own": {"observed": "own", "plan": S24_INV.others}} if S24_OWN else {}),
}
S24_CUTOFFS = ["principal", *[f"cutoff_{w:g}" for w in S24_INV.cutoffs]]
S24_TABLED = [name for name in S24_EXPERIMENTS if name != "own"]
S24_ROCKS = {
    "black": section(S24_INV.black),
    "white": section(S24_INV.white),
    "products": S24_INV.products,
}

TARGETS["santos2024"] += [
    *expand("figures/santos2024/figA{number}.png", number=range(1, 6)),
    *expand(
        "results/santos2024/table_{name}.csv", name=["errors", "targets", "twins", "experiments"]
    ),
]


wildcard_constraints:
    waves=r"[\d.]+",


rule santos2024_errors:
    "Errors of the data and of the generator: sigma_o and sigma_G (section 4.2)."
    input:
        weights=S24_GENERATOR,
        card=S24_CARD,
        held_out=S24_HELD_OUT,
    output:
        errors=S24_ERRORS,
        table=shown("results/santos2024/table_errors.csv", "Beyond: errors"),
    log:
        "logs/santos2024/errors.log",
    benchmark:
        "benchmarks/santos2024/errors.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(
            settings=section(S24_INV.errors),
            waves=S24_INV.waves,
            iterations=S24_INV.iterations.targets,
            **S24_ROCKS,
        ),
    script:
        "../scripts/santos2024/errors.py"


rule santos2024_observed:
    "Target images and what tomography sees of them at a cutoff (sections 2.2 and 5)."
    input:
        errors=S24_ERRORS,
        own=S24_HELD_OUT if S24.prior.own else [],
    output:
        f"{S24_INVERSION}/observed_{{waves}}.nc",
    log:
        "logs/santos2024/observed_{waves}.log",
    benchmark:
        "benchmarks/santos2024/observed_{waves}.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(),
    params:
        **common(
            stirring=section(S24.stirring),
            targets=1 + S24_INV.targets,
            iterations=S24_INV.iterations.targets,
            **S24_ROCKS,
        ),
    script:
        "../scripts/santos2024/observed.py"


rule santos2024_twins:
    "Targets that the generator made itself, and what tomography sees of them."
    input:
        weights=S24_GENERATOR,
        card=S24_CARD,
        errors=S24_ERRORS,
    output:
        f"{S24_INVERSION}/observed_twins.nc",
    log:
        "logs/santos2024/observed_twins.log",
    benchmark:
        "benchmarks/santos2024/observed_twins.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(),
    params:
        **common(
            targets=S24_INV.twins,
            waves=S24_INV.waves,
            iterations=S24_INV.iterations.targets,
            **S24_ROCKS,
        ),
    script:
        "../scripts/santos2024/twins.py"


rule santos2024_own_medium:
    "Check a user's own effective medium."
    input:
        errors=S24_ERRORS,
        own=S24_OWN,
    output:
        f"{S24_INVERSION}/observed_own.nc",
    log:
        "logs/santos2024/observed_own.log",
    benchmark:
        "benchmarks/santos2024/observed_own.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(
            settings=section(S24_INV.own),
        ),
    script:
        "../scripts/santos2024/own_medium.py"


rule santos2024_chains:
    "Sample the posterior of latent vectors with many chains (section 4.3)."
    input:
        weights=S24_GENERATOR,
        card=S24_CARD,
        observed=lambda wildcards: "{}/observed_{}.nc".format(
            S24_INVERSION,
            S24_EXPERIMENTS[wildcards.inversion].get("observed")
            or f"{S24_EXPERIMENTS[wildcards.inversion]['waves']:g}",
        ),
    output:
        f"{S24_INVERSION}/chains/{{inversion}}.nc",
    log:
        "logs/santos2024/chains/{inversion}.log",
    benchmark:
        "benchmarks/santos2024/chains/{inversion}.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(S24_INV.resources), gpu=gpus()),
    params:
        **common(
            settings=lambda wildcards: {
                "targets": [0, 1],
                "components": list(range(6)),
                "sigma": "sigma",
                **S24_EXPERIMENTS[wildcards.inversion],
                **section(S24_EXPERIMENTS[wildcards.inversion]["plan"]),
                "plan": "",
            },
            iterations=S24_INV.iterations.sampling,
            device=aside(settings.device),
            **S24_ROCKS,
        ),
    script:
        "../scripts/santos2024/chains.py"


rule santos2024_solution:
    "What the chains of an experiment say in pixels, data and numbers (section 5)."
    input:
        weights=S24_GENERATOR,
        card=S24_CARD,
        observed=lambda wildcards: "{}/observed_{}.nc".format(
            S24_INVERSION,
            S24_EXPERIMENTS[wildcards.inversion].get("observed")
            or f"{S24_EXPERIMENTS[wildcards.inversion]['waves']:g}",
        ),
        chains=f"{S24_INVERSION}/chains/{{inversion}}.nc",
    output:
        f"{S24_INVERSION}/solution/{{inversion}}.nc",
    log:
        "logs/santos2024/solution/{inversion}.log",
    benchmark:
        "benchmarks/santos2024/solution/{inversion}.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 30),
    params:
        **common(
            images=S24_INV.images,
            sigma=lambda wildcards: S24_EXPERIMENTS[wildcards.inversion].get("sigma", "sigma"),
            closest_fit=section(S24_INV.errors.closest_fit),
            iterations=S24_INV.iterations.sampling,
            **S24_ROCKS,
        ),
    script:
        "../scripts/santos2024/solution.py"


rule santos2024_samplers:
    "The samplers side by side on the data of the principal experiment."
    input:
        weights=S24_GENERATOR,
        card=S24_CARD,
        observed=f"{S24_INVERSION}/observed_{S24_INV.waves:g}.nc",
    output:
        table=f"{S24_INVERSION}/samplers.csv",
        curves=f"{S24_INVERSION}/samplers.nc",
    log:
        "logs/santos2024/samplers.log",
    benchmark:
        "benchmarks/santos2024/samplers.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(S24_INV.resources)),
    params:
        **common(
            settings=section(S24_INV.comparison),
            iterations=S24_INV.iterations.sampling,
            **S24_ROCKS,
        ),
    script:
        "../scripts/santos2024/samplers.py"


rule santos2024_tables:
    "Distances of targets from the training images; tables of misfits and recovery."
    input:
        prior=S24_PRIOR,
        errors=S24_ERRORS,
        solutions=expand(f"{S24_INVERSION}/solution/{{inversion}}.nc", inversion=S24_TABLED),
    output:
        targets=shown("results/santos2024/table_targets.csv", "Figure 15: table"),
        twins=shown("results/santos2024/table_twins.csv", "Beyond: twins"),
        experiments=shown("results/santos2024/table_experiments.csv", "Beyond: experiments"),
    log:
        "logs/santos2024/tables.log",
    benchmark:
        "benchmarks/santos2024/tables.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(6000, 20),
    params:
        **common(
            experiments=S24_TABLED,
        ),
    script:
        "../scripts/santos2024/tables.py"
