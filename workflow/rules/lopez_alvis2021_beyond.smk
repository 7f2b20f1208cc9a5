# Lopez-Alvis et al.: the poster's inversions, and what goes beyond the paper: truths that no network
# has seen, and a user's own traveltimes. The names LOPEZ_INVERSION, LOPEZ_RESULTS, LOPEZ_STARTS and LOPEZ_SURVEY come from
# lopez_alvis2021_inversion.smk.


rule lopez_alvis2021_poster_runs:
    "Inversions of one truth at two noise levels with one generator (poster)."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        weights=f"{LOPEZ_RESULTS}/{{network}}.safetensors",
        card=f"{LOPEZ_RESULTS}/{{network}}.json",
        survey=LOPEZ_SURVEY,
        starts=lambda wildcards: (
            LOPEZ_STARTS[wildcards.network] if settings.data.published else []
        ),
    output:
        f"{LOPEZ_RESULTS}/poster/{{network}}.nc",
    log:
        "logs/lopez_alvis2021/poster_{network}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources), gpu=gpus()),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.poster),
            case=lambda wildcards: section(
                LOPEZ_INVERSION.cases[LOPEZ_INVERSION.poster.cases[wildcards.network]]
            ),
            group=lambda wildcards: LOPEZ_INVERSION.group[wildcards.network],
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            products=LOPEZ_INVERSION.products,
            checkpoint_every=aside(LOPEZ_INVERSION.checkpoint_every),
            device=aside(settings.device),
        ),
    script:
        "../scripts/lopez_alvis2021/poster_runs.py"


rule lopez_alvis2021_new_truths:
    "Inversions of crops that no network has seen (beyond the paper)."
    input:
        image=f"{LOPEZ_RESULTS}/training_image.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
        survey=LOPEZ_SURVEY,
    output:
        f"{LOPEZ_RESULTS}/new_truths.nc",
    log:
        "logs/lopez_alvis2021/new_truths.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources), gpu=gpus()),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.new_truths),
            case=section(LOPEZ_INVERSION.cases["VSbrd"]),
            group=LOPEZ_INVERSION.group["vae"],
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            products=LOPEZ_INVERSION.products,
            checkpoint_every=aside(LOPEZ_INVERSION.checkpoint_every),
            device=aside(settings.device),
        ),
    script:
        "../scripts/lopez_alvis2021/new_truths.py"


rule lopez_alvis2021_regularized:
    "Inversions of the truths without a network (beyond the paper)."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        survey=LOPEZ_SURVEY,
    output:
        f"{LOPEZ_RESULTS}/regularized/{{rays}}.nc",
    log:
        "logs/lopez_alvis2021/regularized_{rays}.log",
    wildcard_constraints:
        rays="straight|curved",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.regularized),
            truths=lambda wildcards: (
                LOPEZ_INVERSION.linear["vae"].truths
                if wildcards.rays == "straight"
                else LOPEZ_INVERSION.nonlinear.truths
            ),
            levels=[0.0, LOPEZ_INVERSION.noise],
            curved=section(LOPEZ_INVERSION.nonlinear, "secondary", "data_secondary", "engine"),
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
        ),
    script:
        "../scripts/lopez_alvis2021/regularized.py"


rule lopez_alvis2021_priors:
    "Priors of models: the networks', and two laws of the VAE's codes (beyond the paper)."
    input:
        **LOPEZ_NETWORKS,
        image=f"{LOPEZ_RESULTS}/training_image.nc",
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        new=f"{LOPEZ_RESULTS}/new_truths.nc",
        survey=LOPEZ_SURVEY,
    output:
        runs=f"{LOPEZ_RESULTS}/priors.nc",
        table=f"{LOPEZ_RESULTS}/table_priors.csv",
    log:
        "logs/lopez_alvis2021/priors.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.priors),
            noise=LOPEZ_INVERSION.noise,
            regularized=section(LOPEZ_INVERSION.regularized),
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
        ),
    script:
        "../scripts/lopez_alvis2021/priors.py"


rule lopez_alvis2021_methods_table:
    "All methods beside each other: networks, and what needs none (beyond the paper)."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        linear=expand(f"{LOPEZ_RESULTS}/linear/{{case}}.nc", case=LOPEZ_COLUMNS),
        nonlinear=expand(f"{LOPEZ_RESULTS}/nonlinear/{{kind}}.nc", kind=["clean", "noisy"]),
        regularized=expand(f"{LOPEZ_RESULTS}/regularized/{{rays}}.nc", rays=["straight", "curved"]),
        priors=f"{LOPEZ_RESULTS}/priors.nc",
    output:
        f"{LOPEZ_RESULTS}/table_methods.csv",
    log:
        "logs/lopez_alvis2021/methods_table.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(),
    params:
        **common(
            columns=LOPEZ_COLUMNS,
            noise=LOPEZ_INVERSION.noise,
            networks={name: case.network for name, case in LOPEZ_INVERSION.cases.items()},
        ),
    script:
        "../scripts/lopez_alvis2021/methods_table.py"


rule lopez_alvis2021_data_table:
    "New truths from fewer and worse data, with the VAE and without (beyond the paper)."
    input:
        image=f"{LOPEZ_RESULTS}/training_image.nc",
        truths=f"{LOPEZ_RESULTS}/new_truths.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
    output:
        f"{LOPEZ_RESULTS}/table_data.csv",
    log:
        "logs/lopez_alvis2021/data_table.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources)),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.data_table),
            posterior=section(LOPEZ_INVERSION.posterior),
            case=section(LOPEZ_INVERSION.cases["VSbrd"]),
            regularized=section(LOPEZ_INVERSION.regularized),
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            products=LOPEZ_INVERSION.products,
        ),
    script:
        "../scripts/lopez_alvis2021/data_table.py"


rule lopez_alvis2021_posterior:
    "Posteriors in the latent space of the VAE (beyond the paper)."
    input:
        image=f"{LOPEZ_RESULTS}/training_image.nc",
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        new=f"{LOPEZ_RESULTS}/new_truths.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
        survey=LOPEZ_SURVEY,
    output:
        truths=f"{LOPEZ_RESULTS}/posterior/truths.nc",
        events=f"{LOPEZ_RESULTS}/posterior/events.nc",
    log:
        "logs/lopez_alvis2021/posterior.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources)),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.posterior),
            noise=LOPEZ_INVERSION.noise,
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
        ),
    script:
        "../scripts/lopez_alvis2021/posterior.py"


rule lopez_alvis2021_posterior_table:
    "How posteriors of new truths are calibrated (beyond the paper)."
    input:
        f"{LOPEZ_RESULTS}/posterior/events.nc",
    output:
        f"{LOPEZ_RESULTS}/table_posterior.csv",
    log:
        "logs/lopez_alvis2021/posterior_table.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(),
    params:
        **common(),
    script:
        "../scripts/lopez_alvis2021/posterior_table.py"


rule lopez_alvis2021_own_inversion:
    "Inversion of a user's traveltimes."
    input:
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
        survey=LOPEZ_INVERSION.own.survey or [],
        traveltimes=LOPEZ_INVERSION.own.traveltimes or [],
    output:
        f"{LOPEZ_RESULTS}/own/inversion.nc",
    log:
        "logs/lopez_alvis2021/own_inversion.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ_INVERSION.resources)),
    params:
        **common(
            settings=section(LOPEZ_INVERSION.own),
            linear=section(LOPEZ_INVERSION.cases["VSbrd"]),
            curved=section(LOPEZ_INVERSION.nonlinear),
            survey=section(LOPEZ_INVERSION.survey),
            velocities=LOPEZ_INVERSION.velocities,
            products=LOPEZ_INVERSION.products,
            checkpoint_every=aside(LOPEZ_INVERSION.checkpoint_every),
        ),
    script:
        "../scripts/lopez_alvis2021/own_inversion.py"


FIGURES["lopez_alvis2021"] |= {
    "poster_wrmse": figure(
        "Histograms of misfits of VAE and SGAN, and straight against bent rays (poster).",
        env="train",
        place="Poster: WRMSE",
        params=dict(settings=section(LOPEZ_INVERSION.poster)),
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        data=f"{LOPEZ_RESULTS}/crosshole_data.nc",
        vae=f"{LOPEZ_RESULTS}/poster/vae.nc",
        sgan=f"{LOPEZ_RESULTS}/poster/sgan.nc",
        straight=f"{LOPEZ_RESULTS}/linear/VSbrd.nc",
        curved=f"{LOPEZ_RESULTS}/nonlinear/clean.nc",
    ),
    "new_truths_figure": figure(
        "Floor of encode-decode against error of inversion for new truths.",
        env="train",
        place="New truths",
        to="figures/lopez_alvis2021/new_truths.png",
        runs=f"{LOPEZ_RESULTS}/new_truths.nc",
    ),
    "beyond_methods": figure(
        "Models of all truths by each method, with a network and without.",
        env="train",
        place="Beyond: methods",
        params=dict(labels=["VAE", "SGAN"]),
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        networks=expand(f"{LOPEZ_RESULTS}/linear/{{case}}.nc", case=["VSbrd", "SAnnn"]),
        regularized=f"{LOPEZ_RESULTS}/regularized/straight.nc",
    ),
    "beyond_data": figure(
        "Where a learned prior helps: fewer and worse data, bent rays.",
        env="train",
        place="Beyond: data",
        table=f"{LOPEZ_RESULTS}/table_data.csv",
        methods=f"{LOPEZ_RESULTS}/table_methods.csv",
    ),
    "beyond_priors": figure(
        "Samples of priors: networks, and two laws of the VAE's codes.",
        env="train",
        place="Beyond: priors",
        priors=f"{LOPEZ_RESULTS}/priors.nc",
        table=f"{LOPEZ_RESULTS}/table_priors.csv",
    ),
    "beyond_posterior": figure(
        "Posteriors in the latent space of the VAE, ranks and coverage.",
        env="train",
        place="Beyond: posterior",
        models=f"{LOPEZ_RESULTS}/truths.nc",
        truths=f"{LOPEZ_RESULTS}/posterior/truths.nc",
        events=f"{LOPEZ_RESULTS}/posterior/events.nc",
    ),
    "own": figure(
        "Inversion of a user's traveltimes.",
        env="train",
        place="Own data",
        wanted=bool(LOPEZ_INVERSION.own.traveltimes),
        runs=f"{LOPEZ_RESULTS}/own/inversion.nc",
    ),
}
