# Lopez-Alvis et al. (2021) and its poster: crosshole tomography in a latent space. Here the
# training image and the networks (Figures 3, 4, 5, 7, the poster's jumps); the inversions stand in
# lopez_alvis2021_inversion.smk.
LOPEZ = settings.lopez_alvis2021
LOPEZ_RESULTS = "results/lopez_alvis2021"
LOPEZ_SHIPPED = ROOT / "data" / "weights" / "lopez_alvis2021"
LOPEZ_IMAGE = "published" if settings.data.published else "embedded"
LOPEZ_PUBLISHED = "data/published/jlalvis/VAE_SGD/test_models"
LOPEZ_PUBLISHED_TRUTHS = (
    [f"{LOPEZ_PUBLISHED}/m{kind}{number}.npy" for kind in "cv" for number in (1, 2, 3)]
    if settings.data.published
    else []
)
# a network that does not come with the project is trained, whatever the config says
LOPEZ_SHIPS = [
    network
    for network in ("vae", "sgan")
    if LOPEZ.weights == "shipped"
    and (LOPEZ_SHIPPED / f"{network}_{LOPEZ_IMAGE}.safetensors").exists()
]
# weights, card and training image of both networks, for the rules that look at them
LOPEZ_NETWORKS = {
    "vae": f"{LOPEZ_RESULTS}/vae.safetensors",
    "vae_card": f"{LOPEZ_RESULTS}/vae.json",
    "sgan": f"{LOPEZ_RESULTS}/sgan.safetensors",
    "sgan_card": f"{LOPEZ_RESULTS}/sgan.json",
}

TARGETS["lopez_alvis2021"] += [f"{LOPEZ_RESULTS}/table_networks.csv"]


rule lopez_alvis2021_training_image:
    "Draw sinuous channels, or check the published or a user's own training image."
    input:
        own=LOPEZ.training_image.file or [],
        published=(
            "data/published/jlalvis/VAE_SGD/VAE/ti/ti.png"
            if settings.data.published and not LOPEZ.training_image.file
            else []
        ),
    output:
        f"{LOPEZ_RESULTS}/training_image.nc",
    log:
        "logs/lopez_alvis2021/training_image.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(settings=section(LOPEZ.training_image)),
    script:
        "../scripts/lopez_alvis2021/training_image.py"


if LOPEZ_SHIPS:

    rule lopez_alvis2021_shipped:
        "Take a network that comes with the project, if it belongs to this training image."
        input:
            image=f"{LOPEZ_RESULTS}/training_image.nc",
        output:
            weights=f"{LOPEZ_RESULTS}/{{network}}.safetensors",
            card=f"{LOPEZ_RESULTS}/{{network}}.json",
        log:
            "logs/lopez_alvis2021/shipped_{network}.log",
        wildcard_constraints:
            network="|".join(LOPEZ_SHIPS),
        conda:
            "../../envs/train.yaml"
        resources:
            **needs(1000),
        params:
            **common(),
            weights=lambda wildcards: LOPEZ_SHIPPED
            / f"{wildcards.network}_{LOPEZ_IMAGE}.safetensors",
            card=lambda wildcards: LOPEZ_SHIPPED / f"{wildcards.network}_{LOPEZ_IMAGE}.json",
            contents=digests.contents(sorted(LOPEZ_SHIPPED.glob("*.*"))),
        script:
            "../scripts/lopez_alvis2021/shipped.py"


if "vae" not in LOPEZ_SHIPS:

    rule lopez_alvis2021_vae:
        "Train the variational autoencoder (section 3.1); an interrupted training goes on."
        input:
            image=f"{LOPEZ_RESULTS}/training_image.nc",
            start=own_or_shipped(LOPEZ.vae.start) if LOPEZ.vae.start else [],
            truths=[] if LOPEZ.training_image.file else LOPEZ_PUBLISHED_TRUTHS,
        output:
            weights=f"{LOPEZ_RESULTS}/vae.safetensors",
            card=f"{LOPEZ_RESULTS}/vae.json",
            curve=f"{LOPEZ_RESULTS}/vae_curve.csv",
            history=f"{LOPEZ_RESULTS}/vae_history.nc",
        log:
            "logs/lopez_alvis2021/vae.log",
        conda:
            "../../envs/infer.yaml"
        threads: settings.training_threads
        resources:
            **needs(**dict(LOPEZ.vae.resources), gpu=gpus()),
        params:
            **common(
                settings=section(LOPEZ.vae),
                crops=LOPEZ.quality.crops,
                survey=section(LOPEZ.inversion.survey),
                velocities=LOPEZ.inversion.velocities,
                complexity=LOPEZ.inversion.complexity,
                device=aside(settings.device),
                training_threads=settings.training_threads,
            ),
        script:
            "../scripts/lopez_alvis2021/vae.py"


if "sgan" not in LOPEZ_SHIPS:

    rule lopez_alvis2021_sgan:
        "Train the spatial GAN of Laloy et al. (2018); an interrupted training goes on."
        input:
            image=f"{LOPEZ_RESULTS}/training_image.nc",
        output:
            weights=f"{LOPEZ_RESULTS}/sgan.safetensors",
            card=f"{LOPEZ_RESULTS}/sgan.json",
            history=f"{LOPEZ_RESULTS}/sgan_history.nc",
        log:
            "logs/lopez_alvis2021/sgan.log",
        conda:
            "../../envs/train.yaml"
        threads: settings.training_threads
        resources:
            **needs(**dict(LOPEZ.sgan.resources), gpu=gpus()),
        params:
            **common(
                settings=section(LOPEZ.sgan),
                crops=LOPEZ.quality.crops,
                device=aside(settings.device),
                training_threads=settings.training_threads,
            ),
        script:
            "../scripts/lopez_alvis2021/sgan.py"


rule lopez_alvis2021_networks_table:
    "Sizes, losses and scores of the networks, beside the authors'."
    input:
        **LOPEZ_NETWORKS,
        image=f"{LOPEZ_RESULTS}/training_image.nc",
    output:
        f"{LOPEZ_RESULTS}/table_networks.csv",
    log:
        "logs/lopez_alvis2021/networks_table.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(crops=LOPEZ.quality.crops, alpha=LOPEZ.vae.alpha),
    script:
        "../scripts/lopez_alvis2021/networks_table.py"


rule lopez_alvis2021_eight:
    "Train a small VAE on an eight-shaped manifold for every alpha and beta."
    output:
        f"{LOPEZ_RESULTS}/eight.nc",
    log:
        "logs/lopez_alvis2021/eight.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(1000, 30),
    params:
        **common(settings=section(LOPEZ.eight)),
    script:
        "../scripts/lopez_alvis2021/eight.py"


rule lopez_alvis2021_jumps:
    "Straight paths through the latent spaces of VAE and SGAN (poster)."
    input:
        **LOPEZ_NETWORKS,
    output:
        f"{LOPEZ_RESULTS}/jumps.nc",
    log:
        "logs/lopez_alvis2021/jumps.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(frames=LOPEZ.quality.jumps, paths=LOPEZ.quality.paths),
    script:
        "../scripts/lopez_alvis2021/jumps.py"


rule lopez_alvis2021_samples:
    "Draw samples of VAE and SGAN for Figure 5."
    input:
        **LOPEZ_NETWORKS,
    output:
        f"{LOPEZ_RESULTS}/samples.nc",
    log:
        "logs/lopez_alvis2021/samples.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(samples=LOPEZ.quality.samples),
    script:
        "../scripts/lopez_alvis2021/samples.py"


rule lopez_alvis2021_encoded:
    "Encode and decode the true models (Figure 7)."
    input:
        truths=f"{LOPEZ_RESULTS}/truths.nc",
        weights=f"{LOPEZ_RESULTS}/vae.safetensors",
        card=f"{LOPEZ_RESULTS}/vae.json",
    output:
        f"{LOPEZ_RESULTS}/encoded.nc",
    log:
        "logs/lopez_alvis2021/encoded.log",
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
        eight=f"{LOPEZ_RESULTS}/eight.nc",
    ),
    "fig04": figure(
        "What alpha and beta do to a latent space (Figure 4).",
        eight=f"{LOPEZ_RESULTS}/eight.nc",
    ),
    "fig05": figure(
        "Training image, crops, and samples of VAE and SGAN (Figure 5).",
        samples=f"{LOPEZ_RESULTS}/samples.nc",
        image=f"{LOPEZ_RESULTS}/training_image.nc",
    ),
    "fig07": figure(
        "The true models, encoded and decoded (Figure 7).",
        encoded=f"{LOPEZ_RESULTS}/encoded.nc",
    ),
    "poster_jumps": figure(
        "Jumps along paths through the latent spaces (poster).",
        place="Poster: jumps",
        jumps=f"{LOPEZ_RESULTS}/jumps.nc",
    ),
}
