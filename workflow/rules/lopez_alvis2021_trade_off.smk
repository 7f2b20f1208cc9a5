# Lopez-Alvis et al.: what alpha and beta trade, on VAEs of the channels themselves (beyond the
# paper, which shows it for a toy and trained one VAE). Small ones, of one first training.
LOPEZ_TRADE_OFF = LOPEZ.trade_off
LOPEZ_SMALL_SHIPPED = LOPEZ_SHIPPED / "trade_off"
LOPEZ_PAIRS = {
    f"alpha{alpha:g}_beta{beta:g}": {"alpha": alpha, "beta": beta}
    for alpha, beta in LOPEZ_TRADE_OFF.pairs
}
LOPEZ_SMALL_FILES = [LOPEZ_SMALL_SHIPPED / f"{name}_{LOPEZ_IMAGE}" for name in LOPEZ_PAIRS]
LOPEZ_SMALL_SHIPS = LOPEZ.weights == "shipped" and all(
    Path(f"{file}.safetensors").exists() for file in LOPEZ_SMALL_FILES
)
# what a rule takes as a file of the run, or as a param where it comes with the project
LOPEZ_SMALL = [] if LOPEZ_SMALL_SHIPS else [f"{LOPEZ_RESULTS}/trade_off/{n}" for n in LOPEZ_PAIRS]

TARGETS["lopez_alvis2021"] += [f"{LOPEZ_RESULTS}/table_trade_off.csv"]


if not LOPEZ_SMALL_SHIPS:

    rule lopez_alvis2021_small_vae:
        "Train a small VAE: first one for all, then each with an alpha and a beta of its own."
        input:
            image=f"{LOPEZ_RESULTS}/training_image.nc",
            start=lambda wildcards: (
                [] if wildcards.pair == "first" else f"{LOPEZ_RESULTS}/trade_off/first.safetensors"
            ),
        output:
            weights=f"{LOPEZ_RESULTS}/trade_off/{{pair}}.safetensors",
            card=f"{LOPEZ_RESULTS}/trade_off/{{pair}}.json",
        log:
            "logs/lopez_alvis2021/small_{pair}.log",
        wildcard_constraints:
            pair="|".join(["first", *LOPEZ_PAIRS]),
        conda:
            "../../envs/train.yaml"
        threads: settings.training_threads
        resources:
            **needs(**dict(LOPEZ.vae.resources), gpu=gpus()),
        params:
            **common(
                settings=section(LOPEZ_TRADE_OFF),
                vae=lambda wildcards: section(LOPEZ.vae)
                | LOPEZ_PAIRS.get(wildcards.pair, {"alpha": LOPEZ.vae.alpha}),
                crops=LOPEZ.quality.crops,
                device=aside(settings.device),
                training_threads=settings.training_threads,
            ),
        script:
            "../scripts/lopez_alvis2021/small_vae.py"


rule lopez_alvis2021_trade_off:
    "Errors of encode-decode and of inversion of new truths, for VAEs of other alpha and beta."
    input:
        image=f"{LOPEZ_RESULTS}/training_image.nc",
        truths=f"{LOPEZ_RESULTS}/new_truths.nc",
        weights=[f"{stem}.safetensors" for stem in LOPEZ_SMALL],
        cards=[f"{stem}.json" for stem in LOPEZ_SMALL],
    output:
        f"{LOPEZ_RESULTS}/table_trade_off.csv",
    log:
        "logs/lopez_alvis2021/trade_off.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(**dict(LOPEZ.inversion.resources)),
    params:
        **common(
            settings=section(LOPEZ_TRADE_OFF),
            case=section(LOPEZ.inversion.cases["VSbrd"]),
            least_error=LOPEZ.inversion.regularized.least_error,
            shipped=[str(stem) for stem in LOPEZ_SMALL_FILES] if LOPEZ_SMALL_SHIPS else [],
            contents=digests.contents(sorted(LOPEZ_SMALL_SHIPPED.glob("*.*"))),
            survey=section(LOPEZ.inversion.survey),
            velocities=LOPEZ.inversion.velocities,
            products=LOPEZ.inversion.products,
        ),
    script:
        "../scripts/lopez_alvis2021/trade_off.py"


FIGURES["lopez_alvis2021"] |= {
    "beyond_trade_off": figure(
        "What alpha and beta trade: encode-decode against inversion.",
        env="train",
        place="Beyond: trade-off",
        table=f"{LOPEZ_RESULTS}/table_trade_off.csv",
    ),
}
