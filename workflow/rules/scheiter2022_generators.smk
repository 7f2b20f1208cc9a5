# Beyond Scheiter, Valentine & Sambridge (2022): generators beside its networks, on the same ensembles,
# judged by samples that none of them has seen.
SCHEITER_GENERATORS = SCHEITER.generators
GENERATORS = "results/scheiter2022/generators"
# Networks that have not seen the held-out chains: those of Figures 5 to 9, or trained here.
APART = SCHEITER_CMB.learn == "all"
GENERATORS_DCGAN = f"{GENERATORS}/dcgan" if APART else f"{SCHEITER_CMB_RESULTS}/dcgan/first"
GENERATORS_WGANS = f"{GENERATORS}/wgan_mcmc_" if APART else f"{SCHEITER_CMB_RESULTS}/wgan_mcmc/"
# the shells with most coordinates that GANs are trained for
GENERATOR_SHELLS = sorted(SCHEITER.hypersphere.dimensions)[-1:]
TARGETS["scheiter2022"].append("results/scheiter2022/table_generators.csv")


rule scheiter2022_generators_part:
    "The chains of the core-mantle boundary that generators may learn."
    input:
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_{{grid}}.nc",
    output:
        TRAINING_CHAINS,
    log:
        "logs/scheiter2022/generators/learnt_{grid}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000),
    params:
        **common(held_out=SCHEITER_GENERATORS.held_out),
    script:
        "../scripts/scheiter2022/generators_part.py"


use rule scheiter2022_cmb_dcgan as scheiter2022_generators_dcgan with:
    input:
        ensemble=TRAINING_CHAINS.format(grid="australia"),
    output:
        weights=f"{GENERATORS}/dcgan_{{percent}}.safetensors",
        card=f"{GENERATORS}/dcgan_{{percent}}.json",
        history=f"{GENERATORS}/dcgan_{{percent}}_history.nc",
    log:
        "logs/scheiter2022/generators/dcgan_{percent}.log",


use rule scheiter2022_cmb_wgans as scheiter2022_generators_wgans with:
    input:
        ensemble=TRAINING_CHAINS.format(grid="globe"),
    output:
        weights=f"{GENERATORS}/wgan_{{source}}_{{group}}.safetensors",
        card=f"{GENERATORS}/wgan_{{source}}_{{group}}.json",
        history=f"{GENERATORS}/wgan_{{source}}_{{group}}_history.nc",
    log:
        "logs/scheiter2022/generators/wgan_{source}_{group}.log",


rule scheiter2022_generators_cmb:
    "Generators of the core-mantle boundary against held-out chains."
    input:
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_{{grid}}.nc",
        weights=lambda wildcards: (
            f"{GENERATORS_DCGAN}_100.safetensors"
            if wildcards.grid == "australia"
            else expand(f"{GENERATORS_WGANS}{{group}}.safetensors", group=PATCH_GROUPS)
        ),
        card=lambda wildcards: (
            f"{GENERATORS_DCGAN}_100.json"
            if wildcards.grid == "australia"
            else expand(f"{GENERATORS_WGANS}{{group}}.json", group=PATCH_GROUPS)
        ),
    output:
        scores=f"{GENERATORS}/scores_{{grid}}.csv",
        figures=f"{GENERATORS}/shown_{{grid}}.nc",
    log:
        "logs/scheiter2022/generators/{grid}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(6000, 120),
    params:
        **common(
            settings=section(SCHEITER_GENERATORS),
            patches=SCHEITER_CMB.patches,
            network=lambda wildcards: (
                section(SCHEITER_CMB.dcgan)
                if wildcards.grid == "australia"
                else section(SCHEITER_CMB.wgan) | {"patches": SCHEITER_CMB.patches}
            ),
        ),
    script:
        "../scripts/scheiter2022/generators_cmb.py"


rule scheiter2022_generators_ring:
    "Generators of the ring against its exact distribution."
    input:
        ensembles=expand("results/scheiter2022/ring/subset_{size}.nc", size=SCHEITER.ring.sizes),
        draws="results/scheiter2022/ring/draws.nc",
        card="results/scheiter2022/ring/gans.json",
    output:
        scores=f"{GENERATORS}/scores_ring.csv",
        figures=f"{GENERATORS}/shown_ring.nc",
    log:
        "logs/scheiter2022/generators/ring.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(3000, 60),
    params:
        **common(
            settings=section(SCHEITER_GENERATORS),
            shell=section(SCHEITER.shell),
            sizes=SCHEITER.ring.sizes,
            frequencies=SCHEITER.ring.frequencies,
        ),
    script:
        "../scripts/scheiter2022/generators_ring.py"


rule scheiter2022_generators_shell:
    "Generators of a shell against its exact distribution."
    input:
        ensemble="results/scheiter2022/hypersphere/ensemble_{dimension}d.nc",
        weights="results/scheiter2022/hypersphere/gans.safetensors",
        card="results/scheiter2022/hypersphere/gans.json",
    output:
        scores=f"{GENERATORS}/scores_shell_{{dimension}}d.csv",
    log:
        "logs/scheiter2022/generators/shell_{dimension}d.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(3000, 60),
    params:
        **common(
            settings=section(SCHEITER_GENERATORS),
            shell=section(SCHEITER.shell),
            gan=section(SCHEITER.hypersphere.gan),
        ),
    script:
        "../scripts/scheiter2022/generators_shell.py"


rule scheiter2022_generators_table:
    "One table of all generators and their scores."
    input:
        scores=[
            f"{GENERATORS}/scores_ring.csv",
            *expand(f"{GENERATORS}/scores_shell_{{dimension}}d.csv", dimension=GENERATOR_SHELLS),
            *expand(f"{GENERATORS}/scores_{{grid}}.csv", grid=["australia", "globe"]),
        ],
    output:
        table=shown("results/scheiter2022/table_generators.csv", "Beyond: generators"),
    log:
        "logs/scheiter2022/generators/table.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(),
    script:
        "../scripts/scheiter2022/generators_table.py"


rule scheiter2022_generators_stopping:
    "Section 4.3 as a rule: distances of generators of two halves of the chains, beside R-hat."
    input:
        ensemble=f"{SCHEITER_CMB_RESULTS}/ensemble_australia.nc",
    output:
        f"{GENERATORS}/stopping.nc",
    log:
        "logs/scheiter2022/generators/stopping.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(settings=section(SCHEITER_GENERATORS), percent=SCHEITER_CMB.sweep.percent),
    script:
        "../scripts/scheiter2022/generators_stopping.py"


FIGURES["scheiter2022"] |= {
    "beyond_generators": figure(
        "One sample and the moments of every generator around Australia.",
        place="Beyond: generators",
        params=dict(region=SCHEITER_REGION),
        shown=f"{GENERATORS}/shown_australia.nc",
    ),
    "beyond_seams": figure(
        "Correlation against distance, within patches and across their borders.",
        place="Beyond: seams",
        shown=f"{GENERATORS}/shown_globe.nc",
    ),
    "beyond_cost": figure(
        "Distance to held-out chains against processor time and numbers stored.",
        place="Beyond: costs",
        table="results/scheiter2022/table_generators.csv",
    ),
    "beyond_stopping": figure(
        "When chains may stop: distances of generators of their halves, and R-hat (section 4.3).",
        place="Beyond: stopping",
        stopping=f"{GENERATORS}/stopping.nc",
    ),
    "beyond_ring": figure(
        "Rings of every generator, learnt from the smallest ensembles.",
        place="Beyond: ring",
        shown=f"{GENERATORS}/shown_ring.nc",
    ),
}
