# Lopez-Alvis et al. (2021): inversion in the latent space, Figures 6, 8, 9, 10, Tables 1 to 4. The
# poster's inversions, truths beyond the paper's six and a user's data stand in
# lopez_alvis2021_beyond.smk.
LOPEZ_INVERSION = settings.lopez_alvis2021.inversion
# The columns of Tables 3 and 4: the cases of Table 1, and the last with noise.
LOPEZ_COLUMNS = [*LOPEZ_INVERSION.cases, "VSbrd_noise"]
LOPEZ_CASES = {name: LOPEZ_INVERSION.cases[name.removesuffix("_noise")] for name in LOPEZ_COLUMNS}
LOPEZ_OWN_SURVEY = bool(LOPEZ_INVERSION.own.survey) and not LOPEZ_INVERSION.own.elsewhere
# a config value may stand for a user's file
LOPEZ_SURVEY = LOPEZ_INVERSION.own.survey if LOPEZ_OWN_SURVEY else []
LOPEZ_STARTS = {
    "vae": f"{LOPEZ_PUBLISHED}/zinitVAE500.npy",
    "sgan": f"{LOPEZ_PUBLISHED}/zinitSGAN500.npy",
}

TARGETS["lopez_alvis2021"] += [
    *expand(f"{LOPEZ_RESULTS}/table{{number}}.csv", number=[1, 2, 3, 4]),
    f"{LOPEZ_RESULTS}/table_nonlinear.csv",
    f"{LOPEZ_RESULTS}/table_new_truths.csv",
    f"{LOPEZ_RESULTS}/table_methods.csv",
    f"{LOPEZ_RESULTS}/table_posterior.csv",
]


wildcard_constraints:
    case="|".join(LOPEZ_COLUMNS),
    network="vae|sgan",
    noisiness="clean|noisy",


rule lopez_alvis2021_truths:
    "The six true models: crops of the training image and models of the VAE."
    input:
        image=f"{LOPEZ_RESULTS}/training_image.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
        published=LOPEZ_PUBLISHED_TRUTHS,
    output:
        f"{LOPEZ_RESULTS}/truths.nc",
    log:
        "logs/lopez_alvis2021/truths.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(complexity=LOPEZ_INVERSION.complexity),
    script:
        "../scripts/lopez_alvis2021/truths.py"


rule lopez_alvis2021_crosshole_data:
    "Traveltimes through the truths, noise, and the error of encode-decode (Table 2)."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
        survey=LOPEZ_SURVEY,
        noise=(
            f"{LOPEZ_PUBLISHED}/noiserealz.npy"
            if settings.data.published and not LOPEZ_OWN_SURVEY
            else []
        ),
    output:
        f"{LOPEZ_RESULTS}/crosshole_data.nc",
    log:
        "logs/lopez_alvis2021/crosshole_data.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            curved=section(LOPEZ_INVERSION.nonlinear, "secondary", "data_secondary", "engine"),
        ),
    script:
        "../scripts/lopez_alvis2021/crosshole_data.py"


rule lopez_alvis2021_three_minima:
    "Noisy descent among three minima (Figure 6)."
    output:
        f"{LOPEZ_RESULTS}/three_minima.nc",
    log:
        "logs/lopez_alvis2021/three_minima.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(LOPEZ_INVERSION.toy)),
    script:
        "../scripts/lopez_alvis2021/three_minima.py"


rule lopez_alvis2021_linear_case:
    "All inversions of one case of Table 1, straight rays."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        weights=lambda wildcards: f"{LOPEZ_RESULTS}/{LOPEZ_CASES[wildcards.case].network}.safetensors",
        card=lambda wildcards: f"{LOPEZ_RESULTS}/{LOPEZ_CASES[wildcards.case].network}.json",
        survey=LOPEZ_SURVEY,
        starts=lambda wildcards: (
            LOPEZ_STARTS[LOPEZ_CASES[wildcards.case].network] if settings.data.published else []
        ),
    output:
        f"{LOPEZ_RESULTS}/linear/{{case}}.nc",
    log:
        "logs/lopez_alvis2021/linear_{case}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources), gpu=gpus()),
    params:
        **common(
            case=lambda wildcards: section(LOPEZ_CASES[wildcards.case]),
            runs=lambda wildcards: section(
                LOPEZ_INVERSION.linear[LOPEZ_CASES[wildcards.case].network]
            ),
            group=lambda wildcards: LOPEZ_INVERSION.group[LOPEZ_CASES[wildcards.case].network],
            noise=lambda wildcards: (
                LOPEZ_INVERSION.noise if wildcards.case.endswith("_noise") else 0.0
            ),
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            products=LOPEZ_INVERSION.products,
            checkpoint_every=aside(LOPEZ_INVERSION.checkpoint_every),
            device=aside(settings.device),
        ),
    script:
        "../scripts/lopez_alvis2021/linear_case.py"


rule lopez_alvis2021_nonlinear:
    "Inversions with shortest paths, without and with noise (Figure 10)."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
        survey=LOPEZ_SURVEY,
        starts=LOPEZ_STARTS["vae"] if settings.data.published else [],
    output:
        f"{LOPEZ_RESULTS}/nonlinear/{{noisiness}}.nc",
    log:
        "logs/lopez_alvis2021/nonlinear_{noisiness}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources)),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.nonlinear),
            noise=lambda wildcards: (
                LOPEZ_INVERSION.noise if wildcards.noisiness == "noisy" else 0.0
            ),
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            products=LOPEZ_INVERSION.products,
        ),
    script:
        "../scripts/lopez_alvis2021/nonlinear.py"


rule lopez_alvis2021_inversion_tables:
    "Tables 1 to 4, nonlinear inversions and new truths, beside the published values."
    input:
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        linear=expand(f"{LOPEZ_RESULTS}/linear/{{case}}.nc", case=LOPEZ_COLUMNS),
        curved=expand(f"{LOPEZ_RESULTS}/nonlinear/{{kind}}.nc", kind=["clean", "noisy"]),
        new=f"{LOPEZ_RESULTS}/new_truths.nc",
    output:
        table1=shown(f"{LOPEZ_RESULTS}/table1.csv", "Table 1"),
        table2=shown(f"{LOPEZ_RESULTS}/table2.csv", "Table 2"),
        table3=shown(f"{LOPEZ_RESULTS}/table3.csv", "Table 3"),
        table4=shown(f"{LOPEZ_RESULTS}/table4.csv", "Table 4"),
        table_nonlinear=f"{LOPEZ_RESULTS}/table_nonlinear.csv",
        table_new_truths=f"{LOPEZ_RESULTS}/table_new_truths.csv",
        table_new_truths_summary=f"{LOPEZ_RESULTS}/table_new_truths_summary.csv",
    log:
        "logs/lopez_alvis2021/inversion_tables.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(),
    params:
        **common(
            columns=LOPEZ_COLUMNS,
            noise=LOPEZ_INVERSION.noise,
            cases={k: section(v) for k, v in LOPEZ_INVERSION.cases.items()},
        ),
    script:
        "../scripts/lopez_alvis2021/inversion_tables.py"


FIGURES["lopez_alvis2021"] |= {
    "fig06": figure(
        "Descent among three minima (Figure 6).",
        env="train",
        toy=f"{LOPEZ_RESULTS}/three_minima.nc",
    ),
    "fig08": figure(
        "Inversions of mc2 in all cases (Figure 8).",
        env="train",
        params=dict(cases=list(LOPEZ_INVERSION.cases)),
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        runs=expand(f"{LOPEZ_RESULTS}/linear/{{case}}.nc", case=list(LOPEZ_INVERSION.cases)),
    ),
    "fig09": figure(
        "Inversions of all truths with straight rays (Figure 9).",
        env="train",
        script="all_truths",
        # top: ns, as in the paper
        params=dict(noise=LOPEZ_INVERSION.noise, operator="straight", figure="Figure 9", top=8),
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        clean=f"{LOPEZ_RESULTS}/linear/VSbrd.nc",
        noisy=f"{LOPEZ_RESULTS}/linear/VSbrd_noise.nc",
    ),
    "fig10": figure(
        "Inversions of all truths with shortest paths (Figure 10).",
        env="train",
        script="all_truths",
        params=dict(noise=LOPEZ_INVERSION.noise, operator="curved", figure="Figure 10", top=5),
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        clean=f"{LOPEZ_RESULTS}/nonlinear/clean.nc",
        noisy=f"{LOPEZ_RESULTS}/nonlinear/noisy.nc",
    ),
}
