# Santos et al. (2024): marble-cake mantle. Stirred images, and the generator that learns them.
# The inversions are in santos2024_inversion.smk and santos2024_inversion_figures.smk.
S24 = settings.santos2024
S24_RESULTS = "results/santos2024"
S24_PRIOR = f"{S24_RESULTS}/prior/images.nc"
S24_HELD_OUT = f"{S24_RESULTS}/prior/held_out.nc"
S24_GENERATOR = f"{S24_RESULTS}/generator/generator.safetensors"
S24_CARD = f"{S24_RESULTS}/generator/generator.json"
S24_ASSESSMENT = f"{S24_RESULTS}/generator/assessment.nc"
# The generator that comes with the project, or the one that a rule trains.
S24_SHIPPED = ROOT / "data" / "weights" / "santos2024"
S24_TRAINED = {
    "generator": f"{S24_RESULTS}/gan/generator.safetensors",
    "generator_card": f"{S24_RESULTS}/gan/generator.json",
}


rule santos2024_prior:
    "Stir marble cakes to learn from and to judge by, or check a user's own images."
    input:
        own=S24.prior.own or [],
    output:
        prior=S24_PRIOR,
        held_out=S24_HELD_OUT,
    log:
        "logs/santos2024/prior.log",
    benchmark:
        "benchmarks/santos2024/prior.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(settings=section(S24.prior), stirring=section(S24.stirring)),
        least=S24.gan.batch,
    script:
        "../scripts/santos2024/prior.py"


rule santos2024_gan:
    "Train the WGAN with gradient penalty on the prior images (appendices A and B)."
    input:
        prior=S24_PRIOR,
    output:
        weights=S24_TRAINED["generator"],
        card=S24_TRAINED["generator_card"],
        history=f"{S24_RESULTS}/gan/history.nc",
    log:
        "logs/santos2024/gan.log",
    benchmark:
        "benchmarks/santos2024/gan.tsv"
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(S24.gan.resources), gpu=gpus()),
    params:
        **common(settings=section(S24.gan), stirring=section(S24.stirring)),
        own=bool(S24.prior.own),
        mirror=S24.prior.own_mirrored if S24.prior.own else S24.stirring.mirrored,
        device=aside(settings.device),
        training_threads=settings.training_threads,
    script:
        "../scripts/santos2024/gan.py"


rule santos2024_generator:
    "Take the shipped generator, verified, or the one trained here, for all that follows."
    input:
        **(S24_TRAINED if S24.weights == "train" else {}),
    output:
        weights=S24_GENERATOR,
        card=S24_CARD,
    log:
        "logs/santos2024/generator.log",
    benchmark:
        "benchmarks/santos2024/generator.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(1000),
    params:
        **common(weights=S24.weights, stirring=section(S24.stirring)),
        **(
            of_project(
                generator=S24_SHIPPED / "generator.safetensors",
                generator_card=S24_SHIPPED / "generator.json",
            )
            if S24.weights == "shipped"
            else {}
        ),
    script:
        "../scripts/santos2024/generator.py"


rule santos2024_assessment:
    "Judge the generator by training images and by images it has never seen (section 3.3)."
    input:
        prior=S24_PRIOR,
        held_out=S24_HELD_OUT,
        weights=S24_GENERATOR,
        card=S24_CARD,
    output:
        S24_ASSESSMENT,
    log:
        "logs/santos2024/assessment.log",
    benchmark:
        "benchmarks/santos2024/assessment.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(6000, 60),
    params:
        **common(settings=section(S24.assessment), weights=S24.weights),
    script:
        "../scripts/santos2024/assessment.py"


rule santos2024_stirring:
    "Stir the marble cake of Figure 1 and follow its contour."
    output:
        f"{S24_RESULTS}/stirring/stages.nc",
    log:
        "logs/santos2024/stirring.log",
    benchmark:
        "benchmarks/santos2024/stirring.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(stirring=section(S24.stirring), example=section(S24.example)),
        size=4 * S24.stirring.size,
        image_size=S24.stirring.size,
    script:
        "../scripts/santos2024/stirring.py"


rule santos2024_continuity:
    "Images along lines in latent and in physical space (section 6.2)."
    input:
        weights=S24_GENERATOR,
        card=S24_CARD,
    output:
        f"{S24_RESULTS}/generator/continuity.nc",
    log:
        "logs/santos2024/continuity.log",
    benchmark:
        "benchmarks/santos2024/continuity.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(settings=section(S24.continuity), stirring=section(S24.stirring)),
    script:
        "../scripts/santos2024/continuity.py"


FIGURES["santos2024"] |= {
    "fig01": figure(
        "Figure 1: a circle stirred into a marble cake.",
        stages=f"{S24_RESULTS}/stirring/stages.nc",
    ),
    "fig06": figure(
        "Figure 6: training images and generated ones.",
        params=dict(weights=S24.weights),
        assessment=S24_ASSESSMENT,
    ),
    "fig07": figure(
        "Figure 7: power spectra of training and generated images.",
        params=dict(weights=S24.weights),
        assessment=S24_ASSESSMENT,
    ),
    "fig16": figure(
        "Figure 16: images along lines in latent and in physical space.",
        params=dict(weights=S24.weights),
        lines=f"{S24_RESULTS}/generator/continuity.nc",
    ),
    "generator_quality": figure(
        "Nearest training images, coverage of held-out images, losses.",
        place="Beyond: the generator",
        params=dict(weights=S24.weights),
        assessment=S24_ASSESSMENT,
        card=S24_CARD,
    ),
}
