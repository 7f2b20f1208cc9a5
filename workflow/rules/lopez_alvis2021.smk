# Lopez-Alvis et al. (2021) and its poster: crosshole tomography in a latent space. Here the
# training image and the networks (Figures 3, 4, 5, 7, the poster's jumps); the inversions stand in
# lopez_alvis2021_inversion.smk.
LA21 = settings.lopez_alvis2021
LA21_RESULTS = "results/lopez_alvis2021"
LA21_SHIPPED = ROOT / "data" / "weights" / "lopez_alvis2021"
LA21_IMAGE = "published" if settings.data.published else "embedded"
# a network that does not come with the project is trained, whatever the config says
LA21_SHIPS = [
    network
    for network in ("vae", "sgan")
    if LA21.weights == "shipped" and (LA21_SHIPPED / f"{network}_{LA21_IMAGE}.safetensors").exists()
]
# weights, card and training image of both networks, for the rules that look at them
LA21_NETWORKS = {
    "vae": f"{LA21_RESULTS}/vae.safetensors",
    "vae_card": f"{LA21_RESULTS}/vae.json",
    "sgan": f"{LA21_RESULTS}/sgan.safetensors",
    "sgan_card": f"{LA21_RESULTS}/sgan.json",
}

TARGETS["lopez_alvis2021"] += [f"{LA21_RESULTS}/table_networks.csv"]


rule lopez_alvis2021_training_image:
    "Draw sinuous channels, or check the published or a user's own training image."
    input:
        own=LA21.training_image.file or [],
        published=(
            "data/published/jlalvis/VAE_SGD/VAE/ti/ti.png"
            if settings.data.published and not LA21.training_image.file
            else []
        ),
    output:
        f"{LA21_RESULTS}/training_image.nc",
    log:
        "logs/lopez_alvis2021/training_image.log",
    benchmark:
        "benchmarks/lopez_alvis2021/training_image.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(settings=section(LA21.training_image)),
    script:
        "../scripts/lopez_alvis2021/training_image.py"


if LA21_SHIPS:

    rule lopez_alvis2021_shipped:
        "Take a network that comes with the project, if it belongs to this training image."
        input:
            image=f"{LA21_RESULTS}/training_image.nc",
        output:
            weights=f"{LA21_RESULTS}/{{network}}.safetensors",
            card=f"{LA21_RESULTS}/{{network}}.json",
        log:
            "logs/lopez_alvis2021/shipped_{network}.log",
        benchmark:
            "benchmarks/lopez_alvis2021/shipped_{network}.tsv"
        wildcard_constraints:
            network="|".join(LA21_SHIPS),
        conda:
            "../../envs/train.yaml"
        resources:
            **needs(1000),
        params:
            **common(),
            weights=lambda wildcards: LA21_SHIPPED / f"{wildcards.network}_{LA21_IMAGE}.safetensors",
            card=lambda wildcards: LA21_SHIPPED / f"{wildcards.network}_{LA21_IMAGE}.json",
            contents=digests.contents(sorted(LA21_SHIPPED.glob("*.*"))),
        script:
            "../scripts/lopez_alvis2021/shipped.py"


if "vae" not in LA21_SHIPS:

    rule lopez_alvis2021_vae:
        "Train the variational autoencoder (section 3.1); an interrupted training goes on."
        input:
            image=f"{LA21_RESULTS}/training_image.nc",
            start=LA21.vae.start or [],
        output:
            weights=f"{LA21_RESULTS}/vae.safetensors",
            card=f"{LA21_RESULTS}/vae.json",
            history=f"{LA21_RESULTS}/vae_history.nc",
        log:
            "logs/lopez_alvis2021/vae.log",
        benchmark:
            "benchmarks/lopez_alvis2021/vae.tsv"
        conda:
            "../../envs/train.yaml"
        threads: settings.training_threads
        resources:
            **needs(**dict(LA21.vae.resources), gpu=gpus()),
        params:
            **common(
                settings=section(LA21.vae),
                crops=LA21.quality.crops,
                device=aside(settings.device),
                training_threads=settings.training_threads,
            ),
        script:
            "../scripts/lopez_alvis2021/vae.py"


if "sgan" not in LA21_SHIPS:

    rule lopez_alvis2021_sgan:
        "Train the spatial GAN of Laloy et al. (2018); an interrupted training goes on."
        input:
            image=f"{LA21_RESULTS}/training_image.nc",
        output:
            weights=f"{LA21_RESULTS}/sgan.safetensors",
            card=f"{LA21_RESULTS}/sgan.json",
            history=f"{LA21_RESULTS}/sgan_history.nc",
        log:
            "logs/lopez_alvis2021/sgan.log",
        benchmark:
            "benchmarks/lopez_alvis2021/sgan.tsv"
        conda:
            "../../envs/train.yaml"
        threads: settings.training_threads
        resources:
            **needs(**dict(LA21.sgan.resources), gpu=gpus()),
        params:
            **common(
                settings=section(LA21.sgan),
                device=aside(settings.device),
                training_threads=settings.training_threads,
            ),
        script:
            "../scripts/lopez_alvis2021/sgan.py"


rule lopez_alvis2021_networks_table:
    "Sizes, losses and scores of the networks, beside the authors'."
    input:
        **LA21_NETWORKS,
        image=f"{LA21_RESULTS}/training_image.nc",
    output:
        f"{LA21_RESULTS}/table_networks.csv",
    log:
        "logs/lopez_alvis2021/networks_table.log",
    benchmark:
        "benchmarks/lopez_alvis2021/networks_table.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(crops=LA21.quality.crops, alpha=LA21.vae.alpha),
    script:
        "../scripts/lopez_alvis2021/networks_table.py"


rule lopez_alvis2021_eight:
    "Train a small VAE on an eight-shaped manifold for every alpha and beta."
    output:
        f"{LA21_RESULTS}/eight.nc",
    log:
        "logs/lopez_alvis2021/eight.log",
    benchmark:
        "benchmarks/lopez_alvis2021/eight.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(1000, 30),
    params:
        **common(settings=section(LA21.eight)),
    script:
        "../scripts/lopez_alvis2021/eight.py"


rule lopez_alvis2021_jumps:
    "Straight paths through the latent spaces of VAE and SGAN (poster)."
    input:
        **LA21_NETWORKS,
    output:
        f"{LA21_RESULTS}/jumps.nc",
    log:
        "logs/lopez_alvis2021/jumps.log",
    benchmark:
        "benchmarks/lopez_alvis2021/jumps.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(frames=LA21.quality.jumps, paths=LA21.quality.paths),
    script:
        "../scripts/lopez_alvis2021/jumps.py"


rule lopez_alvis2021_samples:
    "Draw samples of VAE and SGAN for Figure 5."
    input:
        **LA21_NETWORKS,
    output:
        f"{LA21_RESULTS}/samples.nc",
    log:
        "logs/lopez_alvis2021/samples.log",
    benchmark:
        "benchmarks/lopez_alvis2021/samples.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(samples=LA21.quality.samples),
    script:
        "../scripts/lopez_alvis2021/samples.py"


rule lopez_alvis2021_encoded:
    "Encode and decode the true models (Figure 7)."
    input:
        truths=f"{LA21_RESULTS}/truths.nc",
        weights=f"{LA21_RESULTS}/vae.safetensors",
        card=f"{LA21_RESULTS}/vae.json",
    output:
        f"{LA21_RESULTS}/encoded.nc",
    log:
        "logs/lopez_alvis2021/encoded.log",
    benchmark:
        "benchmarks/lopez_alvis2021/encoded.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(),
    script:
        "../scripts/lopez_alvis2021/encoded.py"


FIGURES["lopez_alvis2021"] |= {
    "fig03": figure(
        "The eight-shaped manifold and its misfit (Figure 3).",
        eight=f"{LA21_RESULTS}/eight.nc",
    ),
    "fig04": figure(
        "What alpha and beta do to a latent space (Figure 4).",
        eight=f"{LA21_RESULTS}/eight.nc",
    ),
    "fig05": figure(
        "Training image, crops, and samples of VAE and SGAN (Figure 5).",
        samples=f"{LA21_RESULTS}/samples.nc",
        image=f"{LA21_RESULTS}/training_image.nc",
    ),
    "fig07": figure(
        "The true models, encoded and decoded (Figure 7).",
        encoded=f"{LA21_RESULTS}/encoded.nc",
    ),
    "poster_jumps": figure(
        "Jumps along paths through the latent spaces (poster).",
        place="Poster: jumps",
        jumps=f"{LA21_RESULTS}/jumps.nc",
    ),
}
