# Lopez-Alvis et al.: the poster's inversions, and what goes beyond the paper: truths that no network
# has seen, and a user's own traveltimes. The names INV, L21, L21_STARTS and INV_SURVEY come from
# lopez_alvis2021_inversion.smk.


rule lopez_alvis2021_poster_runs:
    "Inversions of one truth at two noise levels with one generator (poster)."
    input:
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        weights=f"{L21}/{{network}}.safetensors",
        card=f"{L21}/{{network}}.json",
        survey=INV_SURVEY,
        starts=lambda wildcards: (L21_STARTS[wildcards.network] if settings.data.published else []),
    output:
        f"{L21}/poster/{{network}}.nc",
    log:
        "logs/lopez_alvis2021/poster_{network}.log",
    benchmark:
        "benchmarks/lopez_alvis2021/poster_{network}.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(INV.resources), gpu=gpus()),
    params:
        **common(
            settings=section(INV.poster),
            case=lambda wildcards: section(INV.cases[INV.poster.cases[wildcards.network]]),
            group=lambda wildcards: INV.group[wildcards.network],
            survey=section(INV.survey),
            velocities=INV.velocities,
            products=INV.products,
            checkpoint_every=aside(INV.checkpoint_every),
            device=aside(settings.device),
        ),
    script:
        "../scripts/lopez_alvis2021/poster_runs.py"


rule lopez_alvis2021_new_truths:
    "Inversions of crops that no network has seen (beyond the paper)."
    input:
        image=f"{L21}/training_image.nc",
        weights=f"{L21}/vae.safetensors",
        card=f"{L21}/vae.json",
        survey=INV_SURVEY,
    output:
        f"{L21}/new_truths.nc",
    log:
        "logs/lopez_alvis2021/new_truths.log",
    benchmark:
        "benchmarks/lopez_alvis2021/new_truths.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(INV.resources), gpu=gpus()),
    params:
        **common(
            settings=section(INV.new_truths),
            case=section(INV.cases["VSbrd"]),
            group=INV.group["vae"],
            survey=section(INV.survey),
            velocities=INV.velocities,
            products=INV.products,
            checkpoint_every=aside(INV.checkpoint_every),
            device=aside(settings.device),
        ),
    script:
        "../scripts/lopez_alvis2021/new_truths.py"


rule lopez_alvis2021_own_inversion:
    "Inversion of a user's traveltimes."
    input:
        weights=f"{L21}/vae.safetensors",
        card=f"{L21}/vae.json",
        survey=INV.own.survey or [],
        traveltimes=INV.own.traveltimes or [],
    output:
        f"{L21}/own/inversion.nc",
    log:
        "logs/lopez_alvis2021/own_inversion.log",
    benchmark:
        "benchmarks/lopez_alvis2021/own_inversion.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(INV.resources)),
    params:
        **common(
            settings=section(INV.own),
            linear=section(INV.cases["VSbrd"]),
            curved=section(INV.nonlinear),
            survey=section(INV.survey),
            velocities=INV.velocities,
            products=INV.products,
            checkpoint_every=aside(INV.checkpoint_every),
        ),
    script:
        "../scripts/lopez_alvis2021/own_inversion.py"


FIGURES["lopez_alvis2021"] |= {
    "poster_wrmse": figure(
        "Histograms of misfits of VAE and SGAN, and straight against bent rays (poster).",
        place="Poster: WRMSE",
        params=dict(settings=section(INV.poster)),
        truths=f"{L21}/truths.nc",
        data=f"{L21}/crosshole_data.nc",
        vae=f"{L21}/poster/vae.nc",
        sgan=f"{L21}/poster/sgan.nc",
        straight=f"{L21}/linear/VSbrd.nc",
        curved=f"{L21}/nonlinear/clean.nc",
    ),
    "new_truths_figure": figure(
        "Floor of encode-decode against error of inversion for new truths.",
        place="New truths",
        to="figures/lopez_alvis2021/new_truths.png",
        runs=f"{L21}/new_truths.nc",
    ),
    "own": figure(
        "Inversion of a user's traveltimes.",
        place="Own data",
        wanted=bool(INV.own.traveltimes),
        runs=f"{L21}/own/inversion.nc",
    ),
}
