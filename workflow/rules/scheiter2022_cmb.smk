# Scheiter, Valentine & Sambridge (2022), section 4: the core-mantle boundary.
SCHEITER_CMB = SCHEITER.cmb
SCHEITER_CMB_RESULTS = "results/scheiter2022/cmb"
GEOPHYSICAL = "data/published/MScheiter/gan_mcmc/geophysical_example"
PUBLISHED_MAPS = f"{GEOPHYSICAL}/plotting_data/data_dict_patches.obj"
OWN_CHAINS = SCHEITER_CMB.own.chains
RAW_CHAINS = OWN_CHAINS or [
    f"{SCHEITER_CMB_RESULTS}/chains/chain_{number:02d}.nc"
    for number in range(SCHEITER_CMB.chains.chains)
]
# One job for all patches, or one for each; the numbers are the same.
PATCH_GROUPS = (
    [f"patch_{patch:02d}" for patch in range(SCHEITER_CMB.patches)]
    if SCHEITER_CMB.wgan.one_rule_per_patch
    else ["all_patches"]
)
# What networks learn: the training chains, so that figures and the table of generators share one
# training, or all chains, as in the paper (then the table's networks are trained apart).
TRAINING_CHAINS = "results/scheiter2022/generators/learnt_{grid}.nc"
ALL_CHAINS = f"{SCHEITER_CMB_RESULTS}/ensemble_{{grid}}.nc"
LEARNT = TRAINING_CHAINS if SCHEITER_CMB.learn == "training" else ALL_CHAINS
# For the tables.
DCGAN_CARD = f"{SCHEITER_CMB_RESULTS}/dcgan/first_100.json"
WGAN_CARDS = expand(f"{SCHEITER_CMB_RESULTS}/wgan_mcmc/{{group}}.json", group=PATCH_GROUPS)
# With the authors' generators, WGANs learn a second ensemble: what those generate.
WGAN_SOURCES = ["mcmc", "published"] if settings.data.published else ["mcmc"]

if settings.data.published:
    TARGETS["scheiter2022"] += ["results/scheiter2022/table_published_maps.csv"]


wildcard_constraints:
    chain=r"\d+",
    grid="globe|australia",
    source="mcmc|published",
    group=r"all_patches|patch_\d+",
    percent=r"\d+",


rule scheiter2022_cmb_data:
    "Make a true core-mantle boundary and differential times of ScS and S (section 4.1)."
    input:
        # the authors' mean map is the truth, where it may be used
        published=PUBLISHED_MAPS if settings.data.published else [],
    output:
        f"{SCHEITER_CMB_RESULTS}/data.nc",
    log:
        "logs/scheiter2022/cmb/data.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(SCHEITER_CMB.data), points=SCHEITER_CMB.points),
    script:
        "../scripts/scheiter2022/cmb_data.py"


rule scheiter2022_cmb_chain:
    "Sample one trans-dimensional chain over Voronoi cells; an interrupted one goes on."
    input:
        data=f"{SCHEITER_CMB_RESULTS}/data.nc",
    output:
        f"{SCHEITER_CMB_RESULTS}/chains/chain_{{chain}}.nc",
    log:
        "logs/scheiter2022/cmb/chain_{chain}.log",
    conda:
        "../../envs/simulate.yaml"
    # a chain is sequential: chains run side by side, as jobs
    resources:
        **needs(2000, 1440),
    params:
        **common(
            prior=section(SCHEITER_CMB.prior),
            settings=section(
                SCHEITER_CMB.chains,
                "proposals",
                "every",
                "near",
                "start_cells",
                "checkpoint_every",
            ),
        ),
    script:
        "../scripts/scheiter2022/cmb_chain.py"


rule scheiter2022_cmb_ensemble:
    "Burn-in, thinning and evaluation at points, or a user's own chains or ensemble."
    input:
        chains=[] if SCHEITER_CMB.own.globe else RAW_CHAINS,
        own=lambda wildcards: (
            SCHEITER_CMB.own.australia
            if wildcards.grid == "australia" and SCHEITER_CMB.own.australia
            else None
        )
        or SCHEITER_CMB.own.globe
        or [],
    output:
        f"{SCHEITER_CMB_RESULTS}/ensemble_{{grid}}.nc",
    log:
        "logs/scheiter2022/cmb/ensemble_{grid}.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(2000, 240),
    params:
        **common(
            settings=section(SCHEITER_CMB.chains, "burn_in", "thinning"),
            points=SCHEITER_CMB.points,
            region=section(SCHEITER_CMB.region),
        ),
        given=bool(OWN_CHAINS or SCHEITER_CMB.own.globe),
    script:
        "../scripts/scheiter2022/cmb_ensemble.py"


rule scheiter2022_cmb_chain_quality:
    "Misfit, noise level, number of cells and agreement of the raw chains."
    input:
        data=f"{SCHEITER_CMB_RESULTS}/data.nc",
        chains=[] if SCHEITER_CMB.own.globe else RAW_CHAINS,
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_globe.nc",
    output:
        f"{SCHEITER_CMB_RESULTS}/chain_quality.nc",
    log:
        "logs/scheiter2022/cmb/chain_quality.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(settings=section(SCHEITER_CMB.chains)),
        given=bool(OWN_CHAINS),
    script:
        "../scripts/scheiter2022/cmb_chain_quality.py"


rule scheiter2022_cmb_wgans:
    "Train the WGANs of the patches, all at once or those of one job (Table A4)."
    input:
        ensemble=lambda wildcards: (
            LEARNT.format(grid="globe")
            if wildcards.source == "mcmc"
            else f"{SCHEITER_CMB_RESULTS}/ensemble_published.nc"
        ),
    output:
        weights=f"{SCHEITER_CMB_RESULTS}/wgan_{{source}}/{{group}}.safetensors",
        card=f"{SCHEITER_CMB_RESULTS}/wgan_{{source}}/{{group}}.json",
        history=f"{SCHEITER_CMB_RESULTS}/wgan_{{source}}/{{group}}_history.nc",
    log:
        "logs/scheiter2022/cmb/wgan_{source}_{group}.log",
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(SCHEITER_CMB.wgan.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SCHEITER_CMB.wgan),
            patches=SCHEITER_CMB.patches,
            device=aside(settings.device),
            training_threads=settings.training_threads,
        ),
    script:
        "../scripts/scheiter2022/cmb_wgans.py"


rule scheiter2022_cmb_maps:
    "Sample the WGANs and compare them with their ensemble point by point (section 4.4)."
    input:
        ensemble=lambda wildcards: (
            f"{SCHEITER_CMB_RESULTS}/ensemble_globe.nc"
            if wildcards.source == "mcmc"
            else f"{SCHEITER_CMB_RESULTS}/ensemble_published.nc"
        ),
        weights=expand(
            f"{SCHEITER_CMB_RESULTS}/wgan_{{{{source}}}}/{{group}}.safetensors",
            group=PATCH_GROUPS,
        ),
        cards=expand(
            f"{SCHEITER_CMB_RESULTS}/wgan_{{{{source}}}}/{{group}}.json",
            group=PATCH_GROUPS,
        ),
    output:
        f"{SCHEITER_CMB_RESULTS}/wgan_{{source}}/maps.nc",
    log:
        "logs/scheiter2022/cmb/maps_{source}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SCHEITER_CMB.resources)),
    params:
        **common(
            settings=section(SCHEITER_CMB.wgan),
            patches=SCHEITER_CMB.patches,
            draws=SCHEITER_CMB.draws,
        ),
    script:
        "../scripts/scheiter2022/cmb_maps.py"


rule scheiter2022_cmb_sweep_wgans:
    "Train a WGAN of the Australian grid on each part of the chains, all at once (section 4.3)."
    input:
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_australia.nc",
    output:
        weights=f"{SCHEITER_CMB_RESULTS}/sweep/wgans.safetensors",
        card=f"{SCHEITER_CMB_RESULTS}/sweep/wgans.json",
        history=f"{SCHEITER_CMB_RESULTS}/sweep/wgans_history.nc",
    log:
        "logs/scheiter2022/cmb/sweep_wgans.log",
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(SCHEITER_CMB.wgan.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SCHEITER_CMB.wgan) | {"steps": SCHEITER_CMB.sweep.steps},
            percent=SCHEITER_CMB.sweep.percent,
            device=aside(settings.device),
            training_threads=settings.training_threads,
        ),
    script:
        "../scripts/scheiter2022/cmb_sweep_wgans.py"


rule scheiter2022_cmb_sweep:
    "EMD to the full ensemble by part of the chains, with sampling floors (section 4.3)."
    input:
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_australia.nc",
        weights=f"{SCHEITER_CMB_RESULTS}/sweep/wgans.safetensors",
        card=f"{SCHEITER_CMB_RESULTS}/sweep/wgans.json",
    output:
        f"{SCHEITER_CMB_RESULTS}/sweep/distances.nc",
    log:
        "logs/scheiter2022/cmb/sweep.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SCHEITER_CMB.resources)),
    params:
        **common(
            settings=section(SCHEITER_CMB.wgan),
            percent=SCHEITER_CMB.sweep.percent,
            draws=SCHEITER_CMB.draws,
        ),
    script:
        "../scripts/scheiter2022/cmb_sweep.py"


rule scheiter2022_cmb_dcgan:
    "Train the DCGAN of the Australian grid on the first part of each chain (Table A3)."
    input:
        ensemble=LEARNT.format(grid="australia"),
    output:
        weights=f"{SCHEITER_CMB_RESULTS}/dcgan/first_{{percent}}.safetensors",
        card=f"{SCHEITER_CMB_RESULTS}/dcgan/first_{{percent}}.json",
        history=f"{SCHEITER_CMB_RESULTS}/dcgan/first_{{percent}}_history.nc",
    log:
        "logs/scheiter2022/cmb/dcgan_{percent}.log",
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(SCHEITER_CMB.dcgan.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SCHEITER_CMB.dcgan),
            device=aside(settings.device),
            training_threads=settings.training_threads,
        ),
    script:
        "../scripts/scheiter2022/cmb_dcgan.py"


rule scheiter2022_cmb_regional:
    "Sample a DCGAN and compare it with the full ensemble around Australia (section 4.2)."
    input:
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_australia.nc",
        weights=f"{SCHEITER_CMB_RESULTS}/dcgan/first_{{percent}}.safetensors",
    output:
        f"{SCHEITER_CMB_RESULTS}/dcgan/statistics_{{percent}}.nc",
    log:
        "logs/scheiter2022/cmb/regional_{percent}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SCHEITER_CMB.resources)),
    params:
        **common(
            draws=SCHEITER_CMB.draws,
            marginals=section(SCHEITER_CMB.marginals),
            latent=SCHEITER_CMB.dcgan.latent,
            width=SCHEITER_CMB.dcgan.width,
        ),
    script:
        "../scripts/scheiter2022/cmb_regional.py"


rule scheiter2022_cmb_published_ensemble:
    "Sample the authors' generators: a stand-in for their ensemble, which is not public."
    input:
        generators=[
            f"{GEOPHYSICAL}/trained_gans/tomo_patch_{patch}.pt"
            for patch in range(SCHEITER_CMB.patches)
        ],
    output:
        f"{SCHEITER_CMB_RESULTS}/ensemble_published.nc",
    log:
        "logs/scheiter2022/cmb/ensemble_published.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(
            points=SCHEITER_CMB.points,
            patches=SCHEITER_CMB.patches,
            draws=SCHEITER_CMB.published_draws,
        ),
    script:
        "../scripts/scheiter2022/cmb_published_ensemble.py"


rule scheiter2022_cmb_published_maps:
    "Maps of the authors' McMC and WGANs, of their generators as we sample them, and of ours."
    input:
        published=PUBLISHED_MAPS,
        maps=f"{SCHEITER_CMB_RESULTS}/wgan_published/maps.nc",
    output:
        maps=f"{SCHEITER_CMB_RESULTS}/published_maps.nc",
        table="results/scheiter2022/table_published_maps.csv",
    log:
        "logs/scheiter2022/cmb/published_maps.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(draws=SCHEITER_CMB.published_draws),
    script:
        "../scripts/scheiter2022/cmb_published_maps.py"
