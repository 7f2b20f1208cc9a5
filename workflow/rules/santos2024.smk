# Santos et al. (2024): marble-cake mantle. Stirred images, and the generator that learns them.
# The inversions are in santos2024_inversion.smk and santos2024_inversion_figures.smk.
SANTOS = settings.santos2024
SANTOS_RESULTS = "results/santos2024"
SANTOS_PRIOR = f"{SANTOS_RESULTS}/prior/images.nc"
SANTOS_HELD_OUT = f"{SANTOS_RESULTS}/prior/held_out.nc"
SANTOS_GENERATOR = f"{SANTOS_RESULTS}/generator/generator.safetensors"
SANTOS_CARD = f"{SANTOS_RESULTS}/generator/generator.json"
SANTOS_ASSESSMENT = f"{SANTOS_RESULTS}/generator/assessment.nc"
SANTOS_CURVE_FLOW = {
    "weights": f"{SANTOS_RESULTS}/curve_flow/generator.safetensors",
    "card": f"{SANTOS_RESULTS}/curve_flow/generator.json",
}
SANTOS_CURVE_FLOW_ASSESSMENT = f"{SANTOS_RESULTS}/curve_flow/assessment.nc"
# The generator that comes with the project, or the one that a rule trains.
SANTOS_SHIPPED = ROOT / "data" / "weights" / "santos2024"
SANTOS_TRAINED = {
    "generator": f"{SANTOS_RESULTS}/gan/generator.safetensors",
    "generator_card": f"{SANTOS_RESULTS}/gan/generator.json",
}


rule santos2024_prior:
    "Stir marble cakes to learn from and to judge by, or check a user's own images."
    input:
        own=SANTOS.prior.own or [],
        # the time of a folder changes as pictures come and go, not when one is painted over
        pictures=lambda wildcards: sorted(Path(SANTOS.prior.own or "-").glob("*.[pP][nN][gG]")),
    output:
        prior=SANTOS_PRIOR,
        held_out=SANTOS_HELD_OUT,
    log:
        "logs/santos2024/prior.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(4000, 60),
    params:
        **common(settings=section(SANTOS.prior), stirring=section(SANTOS.stirring)),
        least=SANTOS.gan.batch,
    script:
        "../scripts/santos2024/prior.py"


rule santos2024_gan:
    "Train the WGAN with gradient penalty on the prior images (appendices A and B)."
    input:
        prior=SANTOS_PRIOR,
    output:
        weights=SANTOS_TRAINED["generator"],
        card=SANTOS_TRAINED["generator_card"],
        history=f"{SANTOS_RESULTS}/gan/history.nc",
    log:
        "logs/santos2024/gan.log",
    conda:
        "../../envs/train.yaml"
    threads: settings.training_threads
    resources:
        **needs(**dict(SANTOS.gan.resources), gpu=gpus()),
    params:
        **common(settings=section(SANTOS.gan), stirring=section(SANTOS.stirring)),
        own=bool(SANTOS.prior.own),
        mirror=SANTOS.prior.own_mirrored if SANTOS.prior.own else SANTOS.stirring.mirrored,
        device=aside(settings.device),
        training_threads=settings.training_threads,
    script:
        "../scripts/santos2024/gan.py"


rule santos2024_generator:
    "Take the shipped generator, verified, or the one trained here, for all that follows."
    input:
        **(SANTOS_TRAINED if SANTOS.weights == "train" else {}),
    output:
        weights=SANTOS_GENERATOR,
        card=SANTOS_CARD,
    log:
        "logs/santos2024/generator.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(1000),
    params:
        **common(weights=SANTOS.weights, stirring=section(SANTOS.stirring)),
        **(
            of_project(
                generator=SANTOS_SHIPPED / "generator.safetensors",
                generator_card=SANTOS_SHIPPED / "generator.json",
            )
            if SANTOS.weights == "shipped"
            else {}
        ),
    script:
        "../scripts/santos2024/generator.py"


rule santos2024_assessment:
    "Judge the generator by training images and by images it has never seen (section 3.3)."
    input:
        prior=SANTOS_PRIOR,
        held_out=SANTOS_HELD_OUT,
        weights=SANTOS_GENERATOR,
        card=SANTOS_CARD,
    output:
        SANTOS_ASSESSMENT,
    log:
        "logs/santos2024/assessment.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(6000, 60),
    params:
        **common(settings=section(SANTOS.assessment), weights=SANTOS.weights),
    script:
        "../scripts/santos2024/assessment.py"


rule santos2024_curve_flow:
    "Learn the law of the curves that stirred the prior images: a generator that knows the flow."
    input:
        prior=SANTOS_PRIOR,
    output:
        **SANTOS_CURVE_FLOW,
    log:
        "logs/santos2024/curve_flow.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(
            settings=section(SANTOS.curve_flow, "steps", "components", "edge", "law"),
            stirring=section(SANTOS.stirring),
        ),
    script:
        "../scripts/santos2024/curve_flow.py"


rule santos2024_curve_flow_assessment:
    "Judge the curve flow as the generator is judged."
    input:
        **SANTOS_CURVE_FLOW,
        prior=SANTOS_PRIOR,
        held_out=SANTOS_HELD_OUT,
    output:
        SANTOS_CURVE_FLOW_ASSESSMENT,
    log:
        "logs/santos2024/curve_flow_assessment.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(6000, 60),
    params:
        **common(settings=section(SANTOS.assessment), weights="train"),
    script:
        "../scripts/santos2024/assessment.py"


rule santos2024_stirring:
    "Stir the marble cake of Figure 1 and follow its contour."
    output:
        f"{SANTOS_RESULTS}/stirring/stages.nc",
    log:
        "logs/santos2024/stirring.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(1000),
    params:
        **common(stirring=section(SANTOS.stirring), example=section(SANTOS.example)),
        size=4 * SANTOS.stirring.size,
        image_size=SANTOS.stirring.size,
    script:
        "../scripts/santos2024/stirring.py"


rule santos2024_continuity:
    "Images along lines in latent and in physical space (section 6.2)."
    input:
        weights=SANTOS_GENERATOR,
        card=SANTOS_CARD,
    output:
        f"{SANTOS_RESULTS}/generator/continuity.nc",
    log:
        "logs/santos2024/continuity.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(settings=section(SANTOS.continuity), stirring=section(SANTOS.stirring)),
    script:
        "../scripts/santos2024/continuity.py"


FIGURES["santos2024"] |= {
    "fig01": figure(
        "Figure 1: a circle stirred into a marble cake.",
        stages=f"{SANTOS_RESULTS}/stirring/stages.nc",
    ),
    "fig06": figure(
        "Figure 6: training images and generated ones.",
        params=dict(weights=SANTOS.weights),
        assessment=SANTOS_ASSESSMENT,
    ),
    "fig07": figure(
        "Figure 7: power spectra of training and generated images.",
        params=dict(weights=SANTOS.weights),
        assessment=SANTOS_ASSESSMENT,
    ),
    "fig16": figure(
        "Figure 16: images along lines in latent and in physical space.",
        params=dict(weights=SANTOS.weights),
        lines=f"{SANTOS_RESULTS}/generator/continuity.nc",
    ),
    "generator_quality": figure(
        "Nearest training images, coverage of held-out images, losses.",
        place="Beyond: the generator",
        params=dict(weights=SANTOS.weights),
        assessment=SANTOS_ASSESSMENT,
        card=SANTOS_CARD,
    ),
}
