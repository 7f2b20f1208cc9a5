# Scheiter, Valentine & Sambridge (2022): generative models learn Monte Carlo ensembles.
SCHEITER = settings.scheiter2022
PUBLISHED_RING = "data/published/MScheiter/gan_mcmc/synthetic_example"
# The authors' ensembles of these sizes are public; the 100 000-sample one is always ours.
PUBLISHED_SIZES = (200, 600, 1000) if settings.data.published else ()
# what the slices read of their section
SCHEITER_SLICES = ["gan", "half_width", "maximum_draws", "projected", "slice_samples"]

TARGETS["scheiter2022"] += [
    *expand("results/scheiter2022/table_{name}.csv", name=["compression", "networks"]),
    "results/scheiter2022/hypersphere/economics.csv",
]


wildcard_constraints:
    dimension=r"\d+",
    size=r"\d+",
    experiment="ring|hypersphere",


rule scheiter2022_gaussian:
    "Observe a Gaussian, fit it, and draw from the fit (Figure 1)."
    output:
        "results/scheiter2022/gaussian/samples.nc",
    log:
        "logs/scheiter2022/gaussian.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(SCHEITER.gaussian)),
    script:
        "../scripts/scheiter2022/gaussian.py"


rule scheiter2022_shell_ensemble:
    "Sample the shell by random-walk Metropolis, or check a user's own ensemble."
    input:
        # a user's own ensemble takes the place of our chains
        own=lambda wildcards: (
            SCHEITER.ring.file
            if wildcards.experiment == "ring"
            else SCHEITER.hypersphere.files.get(int(wildcards.dimension))
        )
        or [],
    output:
        "results/scheiter2022/{experiment}/ensemble_{dimension}d.nc",
    log:
        "logs/scheiter2022/{experiment}/ensemble_{dimension}d.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(
            settings=lambda wildcards: section(getattr(SCHEITER, wildcards.experiment).ensemble),
            shell=section(SCHEITER.shell),
        ),
    script:
        "../scripts/scheiter2022/shell_ensemble.py"


rule scheiter2022_ring_subset:
    "The first samples of every chain, or the authors' ensemble of that size."
    input:
        ensemble=lambda wildcards: (
            f"{PUBLISHED_RING}/datasets/mcmc_samples_pcp_dim_2_reduced_{wildcards.size}.obj"
            if int(wildcards.size) in PUBLISHED_SIZES
            else "results/scheiter2022/ring/ensemble_2d.nc"
        ),
    output:
        "results/scheiter2022/ring/subset_{size}.nc",
    log:
        "logs/scheiter2022/ring/subset_{size}.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(SCHEITER.ring.ensemble)),
    script:
        "../scripts/scheiter2022/ring_subset.py"


rule scheiter2022_ring_gans:
    "Train one GAN per chain and ensemble size, all at once (Tables A1 and A2)."
    input:
        ensembles=expand("results/scheiter2022/ring/subset_{size}.nc", size=SCHEITER.ring.sizes),
    output:
        weights="results/scheiter2022/ring/gans.safetensors",
        card="results/scheiter2022/ring/gans.json",
        history="results/scheiter2022/ring/history.nc",
    log:
        "logs/scheiter2022/ring/gans.log",
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(SCHEITER.ring.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SCHEITER.ring.gan),
            names=[str(size) for size in SCHEITER.ring.sizes],
            pool_chains=False,
            device=aside(settings.device),
            training_threads=settings.training_threads,
        ),
    script:
        "../scripts/scheiter2022/gans.py"


rule scheiter2022_ring_draws:
    "Draw from the trained GANs of the ring."
    input:
        weights="results/scheiter2022/ring/gans.safetensors",
        card="results/scheiter2022/ring/gans.json",
    output:
        "results/scheiter2022/ring/draws.nc",
    log:
        "logs/scheiter2022/ring/draws.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(
            settings=section(SCHEITER.ring.gan),
            draws=SCHEITER.ring.draws,
            sizes=SCHEITER.ring.sizes,
        ),
    script:
        "../scripts/scheiter2022/ring_draws.py"


rule scheiter2022_ring_integrals:
    "Integrals of sin(w phi) from the ensembles and from the GANs (section 3.2)."
    input:
        ensembles=expand("results/scheiter2022/ring/subset_{size}.nc", size=SCHEITER.ring.sizes),
        draws="results/scheiter2022/ring/draws.nc",
        published=(
            f"{PUBLISHED_RING}/processed_data/integrals_std_array.obj"
            if settings.data.published
            else []
        ),
    output:
        "results/scheiter2022/ring/integrals.nc",
    log:
        "logs/scheiter2022/ring/integrals.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(sizes=SCHEITER.ring.sizes, frequencies=SCHEITER.ring.frequencies),
    script:
        "../scripts/scheiter2022/ring_integrals.py"


rule scheiter2022_hypersphere_gans:
    "Train one GAN per dimension, all at once (Tables A1 and A2)."
    input:
        ensembles=expand(
            "results/scheiter2022/hypersphere/ensemble_{dimension}d.nc",
            dimension=SCHEITER.hypersphere.dimensions,
        ),
    output:
        weights="results/scheiter2022/hypersphere/gans.safetensors",
        card="results/scheiter2022/hypersphere/gans.json",
        history="results/scheiter2022/hypersphere/history.nc",
    log:
        "logs/scheiter2022/hypersphere/gans.log",
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(SCHEITER.hypersphere.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SCHEITER.hypersphere.gan),
            names=[f"{dimension}d" for dimension in SCHEITER.hypersphere.dimensions],
            pool_chains=True,
            device=aside(settings.device),
            training_threads=settings.training_threads,
        ),
    script:
        "../scripts/scheiter2022/gans.py"


rule scheiter2022_hypersphere_slices:
    "Samples near the x1-x2 plane: of the ensemble, and of the GAN by streaming (Figure 4)."
    input:
        ensemble="results/scheiter2022/hypersphere/ensemble_{dimension}d.nc",
        weights="results/scheiter2022/hypersphere/gans.safetensors",
        card="results/scheiter2022/hypersphere/gans.json",
    output:
        "results/scheiter2022/hypersphere/slices_{dimension}d.nc",
    log:
        "logs/scheiter2022/hypersphere/slices_{dimension}d.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 240),
    params:
        **common(
            settings=section(SCHEITER.hypersphere, *SCHEITER_SLICES),
        ),
    script:
        "../scripts/scheiter2022/hypersphere_slices.py"


rule scheiter2022_economics:
    "Samples per second of GAN, Metropolis and exact sampling, and the time to a full slice."
    input:
        weights="results/scheiter2022/hypersphere/gans.safetensors",
        card="results/scheiter2022/hypersphere/gans.json",
        slices=expand(
            "results/scheiter2022/hypersphere/slices_{dimension}d.nc",
            dimension=SCHEITER.hypersphere.dimensions,
        ),
    output:
        "results/scheiter2022/hypersphere/economics.csv",
    log:
        "logs/scheiter2022/hypersphere/economics.log",
    conda:
        "../../envs/train.yaml"
    # alone on the machine, as far as cores go, because it measures time
    resources:
        **needs(2000, 60),
    params:
        **common(settings=section(SCHEITER.hypersphere), shell=section(SCHEITER.shell)),
    script:
        "../scripts/scheiter2022/economics.py"


rule scheiter2022_tables:
    "Compression of each ensemble, and parameter counts of Tables A1 to A4."
    input:
        cards=expand(
            "results/scheiter2022/{experiment}/gans.json",
            experiment=["ring", "hypersphere"],
        ),
        # known when scheiter2022_cmb.smk has been read
        dcgan=lambda wildcards: DCGAN_CARD,
        wgans=lambda wildcards: WGAN_CARDS,
    output:
        compression=shown("results/scheiter2022/table_compression.csv", "Beyond: compression"),
        networks=shown(
            "results/scheiter2022/table_networks.csv",
            "Tables A1, A2, A3 and A4: networks",
        ),
    log:
        "logs/scheiter2022/tables.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(),
    script:
        "../scripts/scheiter2022/tables.py"


FIGURES["scheiter2022"] |= {
    "fig01": figure(
        "The Gaussian as the simplest generative model (Figure 1).",
        samples="results/scheiter2022/gaussian/samples.nc",
    ),
    "fig02": figure(
        "Rings of four sizes and the GANs that learned them (Figure 2).",
        ensembles=expand("results/scheiter2022/ring/subset_{size}.nc", size=SCHEITER.ring.sizes),
        draws="results/scheiter2022/ring/draws.nc",
    ),
    "fig03": figure(
        "Relative error of integrals from ensembles and GANs (Figure 3).",
        params=dict(examples=SCHEITER.ring.examples),
        integrals="results/scheiter2022/ring/integrals.nc",
    ),
    "fig04": figure(
        "Shells in several dimensions and their slices (Figure 4).",
        slices=expand(
            "results/scheiter2022/hypersphere/slices_{dimension}d.nc",
            dimension=SCHEITER.hypersphere.dimensions,
        ),
    ),
}
