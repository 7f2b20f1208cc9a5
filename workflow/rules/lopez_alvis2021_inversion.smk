# Lopez-Alvis et al. (2021): inversion in the latent space, Figures 6, 8, 9, 10, Tables 1 to 4. The
# poster's inversions, truths beyond the paper's six and a user's data stand in
# lopez_alvis2021_beyond.smk.
INV = settings.lopez_alvis2021.inversion
L21 = "results/lopez_alvis2021"
L21_PUBLISHED = "data/published/jlalvis/VAE_SGD/test_models"
# The columns of Tables 3 and 4: the cases of Table 1, and the last with noise.
INV_COLUMNS = [*INV.cases, "VSbrd_noise"]
INV_CASES = {name: INV.cases[name.removesuffix("_noise")] for name in INV_COLUMNS}
INV_OWN = bool(INV.own.survey) and not INV.own.elsewhere
# a config value may stand for a user's file
INV_SURVEY = INV.own.survey if INV_OWN else []
L21_STARTS = {
    "vae": f"{L21_PUBLISHED}/zinitVAE500.npy",
    "sgan": f"{L21_PUBLISHED}/zinitSGAN500.npy",
}

TARGETS["lopez_alvis2021"] += [
    *expand(f"{L21}/table{{number}}.csv", number=[1, 2, 3, 4]),
    f"{L21}/table_nonlinear.csv",
    f"{L21}/table_new_truths.csv",
]


wildcard_constraints:
    case="|".join(INV_COLUMNS),
    network="vae|sgan",
    noisiness="clean|noisy",


rule lopez_alvis2021_truths:
    "The six true models: crops of the training image and models of the VAE."
    input:
        image=f"{L21}/training_image.nc",
        weights=f"{L21}/vae.safetensors",
        card=f"{L21}/vae.json",
        published=(
            expand(
                f"{L21_PUBLISHED}/{{name}}.npy",
                name=["mc1", "mc2", "mc3", "mv1", "mv2", "mv3"],
            )
            if settings.data.published
            else []
        ),
    output:
        f"{L21}/truths.nc",
    log:
        "logs/lopez_alvis2021/truths.log",
    benchmark:
        "benchmarks/lopez_alvis2021/truths.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(complexity=INV.complexity),
    script:
        "../scripts/lopez_alvis2021/truths.py"


rule lopez_alvis2021_crosshole_data:
    "Traveltimes through the truths, noise, and the error of encode-decode (Table 2)."
    input:
        truths=f"{L21}/truths.nc",
        weights=f"{L21}/vae.safetensors",
        card=f"{L21}/vae.json",
        survey=INV_SURVEY,
        noise=(f"{L21_PUBLISHED}/noiserealz.npy" if settings.data.published and not INV_OWN else []),
    output:
        f"{L21}/crosshole_data.nc",
    log:
        "logs/lopez_alvis2021/crosshole_data.log",
    benchmark:
        "benchmarks/lopez_alvis2021/crosshole_data.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(
            survey=section(INV.survey),
            velocities=INV.velocities,
            # not all of the section, or each of its settings would make all linear cases anew
            curved={
                key: section(INV.nonlinear)[key]
                for key in ("secondary", "data_secondary", "engine")
            },
        ),
    script:
        "../scripts/lopez_alvis2021/crosshole_data.py"


rule lopez_alvis2021_three_minima:
    "Noisy descent among three minima (Figure 6)."
    output:
        f"{L21}/three_minima.nc",
    log:
        "logs/lopez_alvis2021/three_minima.log",
    benchmark:
        "benchmarks/lopez_alvis2021/three_minima.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(INV.toy)),
    script:
        "../scripts/lopez_alvis2021/three_minima.py"


rule lopez_alvis2021_linear_case:
    "All inversions of one case of Table 1, straight rays."
    input:
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        weights=lambda wildcards: f"{L21}/{INV_CASES[wildcards.case].network}.safetensors",
        card=lambda wildcards: f"{L21}/{INV_CASES[wildcards.case].network}.json",
        survey=INV_SURVEY,
        starts=lambda wildcards: (
            L21_STARTS[INV_CASES[wildcards.case].network] if settings.data.published else []
        ),
    output:
        f"{L21}/linear/{{case}}.nc",
    log:
        "logs/lopez_alvis2021/linear_{case}.log",
    benchmark:
        "benchmarks/lopez_alvis2021/linear_{case}.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(INV.resources), gpu=gpus()),
    params:
        **common(
            case=lambda wildcards: section(INV_CASES[wildcards.case]),
            runs=lambda wildcards: section(INV.linear[INV_CASES[wildcards.case].network]),
            group=lambda wildcards: INV.group[INV_CASES[wildcards.case].network],
            noise=lambda wildcards: (INV.noise if wildcards.case.endswith("_noise") else 0.0),
            survey=section(INV.survey),
            velocities=INV.velocities,
            products=INV.products,
            checkpoint_every=aside(INV.checkpoint_every),
            device=aside(settings.device),
        ),
    script:
        "../scripts/lopez_alvis2021/linear_case.py"


rule lopez_alvis2021_nonlinear:
    "Inversions with shortest paths, without and with noise (Figure 10)."
    input:
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        weights=f"{L21}/vae.safetensors",
        card=f"{L21}/vae.json",
        survey=INV_SURVEY,
        starts=L21_STARTS["vae"] if settings.data.published else [],
    output:
        f"{L21}/nonlinear/{{noisiness}}.nc",
    log:
        "logs/lopez_alvis2021/nonlinear_{noisiness}.log",
    benchmark:
        "benchmarks/lopez_alvis2021/nonlinear_{noisiness}.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(INV.resources)),
    params:
        **common(
            settings=section(INV.nonlinear),
            noise=lambda wildcards: (INV.noise if wildcards.noisiness == "noisy" else 0.0),
            survey=section(INV.survey),
            velocities=INV.velocities,
            products=INV.products,
        ),
    script:
        "../scripts/lopez_alvis2021/nonlinear.py"


rule lopez_alvis2021_inversion_tables:
    "Tables 1 to 4, nonlinear inversions and new truths, beside the published values."
    input:
        data=f"{L21}/crosshole_data.nc",
        linear=expand(f"{L21}/linear/{{case}}.nc", case=INV_COLUMNS),
        curved=expand(f"{L21}/nonlinear/{{kind}}.nc", kind=["clean", "noisy"]),
        new=f"{L21}/new_truths.nc",
    output:
        table1=shown(f"{L21}/table1.csv", "Table 1"),
        table2=shown(f"{L21}/table2.csv", "Table 2"),
        table3=shown(f"{L21}/table3.csv", "Table 3"),
        table4=shown(f"{L21}/table4.csv", "Table 4"),
        table_nonlinear=f"{L21}/table_nonlinear.csv",
        table_new_truths=f"{L21}/table_new_truths.csv",
        table_new_truths_summary=f"{L21}/table_new_truths_summary.csv",
    log:
        "logs/lopez_alvis2021/inversion_tables.log",
    benchmark:
        "benchmarks/lopez_alvis2021/inversion_tables.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(),
    params:
        **common(
            columns=INV_COLUMNS,
            noise=INV.noise,
            cases={k: section(v) for k, v in INV.cases.items()},
        ),
    script:
        "../scripts/lopez_alvis2021/inversion_tables.py"


FIGURES["lopez_alvis2021"] |= {
    "fig06": figure(
        "Descent among three minima (Figure 6).",
        toy=f"{L21}/three_minima.nc",
    ),
    "fig08": figure(
        "Inversions of mc2 in all cases (Figure 8).",
        params=dict(cases=list(INV.cases)),
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        runs=expand(f"{L21}/linear/{{case}}.nc", case=list(INV.cases)),
    ),
    "fig09": figure(
        "Inversions of all truths with straight rays (Figure 9).",
        script="all_truths",
        params=dict(noise=INV.noise, operator="straight", figure="Figure 9"),
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        clean=f"{L21}/linear/VSbrd.nc",
        noisy=f"{L21}/linear/VSbrd_noise.nc",
    ),
    "fig10": figure(
        "Inversions of all truths with shortest paths (Figure 10).",
        script="all_truths",
        params=dict(noise=INV.noise, operator="curved", figure="Figure 10"),
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        clean=f"{L21}/nonlinear/clean.nc",
        noisy=f"{L21}/nonlinear/noisy.nc",
    ),
}
