# Spurio Mancini et al. (2021), sections 2 and 3.2.1: the emulators; Figures 1 and 8, Table 1.
SPURIO_EMULATORS = SPURIO.emulators
# those of Table 1
SPURIO_KINDS = ["direct", "pca_nn", "pca_gp", "ae_nn", "ae_gp", "cvae", "wgan_gp", "d18"]
SPURIO_ALL_KINDS = [*SPURIO_KINDS, "direct_smooth", "d18_aligned"]
SPURIO_SEEDS = list(range(SPURIO_EMULATORS.seeds))
# Table 1 is for the central receiver, number 0; the others have what asks for them, one of each
SPURIO_CENTRAL_TRACES = f"{SPURIO_RESULTS}/traces/receiver_0.nc"
SPURIO_CENTRAL = f"{SPURIO_RESULTS}/emulators/0"

TARGETS["spurio_mancini2021"] += [f"{SPURIO_RESULTS}/table1.csv"]
# What each of them reads of the section: its own part, shared by kinds of one network.
SPURIO_READS = {
    kind: [
        kind.removesuffix("_smooth").removesuffix("_aligned"),
        *(["autoencoder"] if kind.startswith("ae_") else []),
        "slope",
        "peaks",
    ]
    for kind in SPURIO_ALL_KINDS
}


wildcard_constraints:
    kind="|".join(SPURIO_ALL_KINDS),


rule spurio_mancini2021_peaks:
    "Gaussian processes for amplitude and shift, the paper's and smoother ones (section 2.1)."
    input:
        traces=f"{SPURIO_RESULTS}/traces/receiver_{{receiver}}.nc",
        # where traces are given without a model, nobody knows their medium
        model=lambda wildcards: (
            f"{SPURIO_RESULTS}/model.nc"
            if SPURIO_MODEL or int(wildcards.receiver) not in SPURIO_GIVEN
            else []
        ),
        times=f"{SPURIO_RESULTS}/travel_times.nc",
    output:
        peaks=f"{SPURIO_RESULTS}/emulators/{{receiver}}/peaks.safetensors",
        card=f"{SPURIO_RESULTS}/emulators/{{receiver}}/peaks.json",
    log:
        "logs/spurio_mancini2021/peaks_{receiver}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SPURIO_EMULATORS.resources)),
    params:
        **common(
            settings=section(SPURIO_EMULATORS.peaks),
            train=SPURIO.sources.train,
            validation=SPURIO.sources.validation,
            spacing=SPURIO.simulation.spacing,
            vs_floor=SPURIO.simulation.vs_floor,
        ),
        fits=lambda wildcards: len(SPURIO_SEEDS) if wildcards.receiver == "0" else 1,
    script:
        "../scripts/spurio_mancini2021/peaks.py"


rule spurio_mancini2021_autoencoder:
    "Autoencoders, one per seed, whose features AE+NN and AE+GP learn (section 2.2.4)."
    input:
        traces=f"{SPURIO_RESULTS}/traces/receiver_{{receiver}}.nc",
        peaks=f"{SPURIO_RESULTS}/emulators/{{receiver}}/peaks.safetensors",
    output:
        weights=f"{SPURIO_RESULTS}/emulators/{{receiver}}/autoencoder.safetensors",
        card=f"{SPURIO_RESULTS}/emulators/{{receiver}}/autoencoder.json",
    log:
        "logs/spurio_mancini2021/autoencoder_{receiver}.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SPURIO_EMULATORS.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SPURIO_EMULATORS, "autoencoder", "slope"),
            train=SPURIO.sources.train,
            validation=SPURIO.sources.validation,
            device=aside(settings.device),
        ),
        networks=lambda wildcards: len(SPURIO_SEEDS) if wildcards.receiver == "0" else 1,
    script:
        "../scripts/spurio_mancini2021/autoencoder.py"


rule spurio_mancini2021_emulator:
    "One kind of emulator for the central receiver, all seeds as one stack (section 2.2)."
    input:
        traces=SPURIO_CENTRAL_TRACES,
        peaks=f"{SPURIO_CENTRAL}/peaks.safetensors",
        peaks_card=f"{SPURIO_CENTRAL}/peaks.json",
        autoencoder=lambda wildcards: (
            multiext(f"{SPURIO_CENTRAL}/autoencoder", ".safetensors", ".json")
            if wildcards.kind.startswith("ae_")
            else []
        ),
    output:
        emulators=expand(
            f"{SPURIO_RESULTS}/emulators/{{{{receiver}}}}/{{{{kind}}}}_{{seed}}.safetensors",
            seed=SPURIO_SEEDS,
        ),
    log:
        "logs/spurio_mancini2021/emulator_{receiver}_{kind}.log",
    wildcard_constraints:
        receiver="0",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SPURIO_EMULATORS.resources), gpu=gpus()),
    params:
        **common(
            settings=lambda wildcards: section(SPURIO_EMULATORS, *SPURIO_READS[wildcards.kind]),
            train=SPURIO.sources.train,
            validation=SPURIO.sources.validation,
            device=aside(settings.device),
        ),
    script:
        "../scripts/spurio_mancini2021/emulator.py"


use rule spurio_mancini2021_emulator as spurio_mancini2021_other_emulator with:
    input:
        traces=f"{SPURIO_RESULTS}/traces/receiver_{{receiver}}.nc",
        peaks=f"{SPURIO_RESULTS}/emulators/{{receiver}}/peaks.safetensors",
        peaks_card=f"{SPURIO_RESULTS}/emulators/{{receiver}}/peaks.json",
        autoencoder=lambda wildcards: (
            multiext(
                f"{SPURIO_RESULTS}/emulators/{wildcards.receiver}/autoencoder",
                ".safetensors",
                ".json",
            )
            if wildcards.kind.startswith("ae_")
            else []
        ),
    output:
        emulators=[f"{SPURIO_RESULTS}/emulators/{{receiver}}/{{kind}}_0.safetensors"],
    wildcard_constraints:
        receiver=r"[1-9]\d*",


rule spurio_mancini2021_table1:
    "Accuracy on the test set, times and sizes of all emulators, beside the paper's (Table 1)."
    input:
        **{
            f"of_{kind}": expand(
                f"{SPURIO_CENTRAL}/{kind}_{{seed}}.safetensors", seed=SPURIO_SEEDS
            )
            for kind in SPURIO_ALL_KINDS
        },
        traces=SPURIO_CENTRAL_TRACES,
        peaks=f"{SPURIO_CENTRAL}/peaks.safetensors",
    output:
        table=shown(f"{SPURIO_RESULTS}/table1.csv", "Table 1"),
        peaks=f"{SPURIO_RESULTS}/emulators/0/peak_errors.nc",
    log:
        "logs/spurio_mancini2021/table1.log",
    conda:
        "../../envs/train.yaml"
    # one thread: the paper's times are of single evaluations
    resources:
        **needs(4000, 20),
    params:
        **common(
            train=SPURIO.sources.train,
            validation=SPURIO.sources.validation,
            kinds=SPURIO_ALL_KINDS,
            peaks=SPURIO_EMULATORS.peaks.kind,
            batch=SPURIO_EMULATORS.timed_batch,
            seeds=len(SPURIO_SEEDS),
            peak_to_noise=SPURIO.inference.peak_to_noise,
        ),
    script:
        "../scripts/spurio_mancini2021/table1.py"


FIGURES["spurio_mancini2021"] |= {
    "fig01": figure(
        "The preprocessing of a trace (Figure 1).",
        env="train",
        params=dict(train=SPURIO.sources.train, validation=SPURIO.sources.validation),
        traces=SPURIO_CENTRAL_TRACES,
        peaks=f"{SPURIO_CENTRAL}/peaks.safetensors",
    ),
    "fig08": figure(
        "Three test traces, and what three of the emulators make of them (Figure 8).",
        env="train",
        params=dict(
            train=SPURIO.sources.train,
            validation=SPURIO.sources.validation,
            kinds=["d18", "wgan_gp", "direct"],
        ),
        traces=SPURIO_CENTRAL_TRACES,
        emulators=expand(
            f"{SPURIO_CENTRAL}/{{kind}}_0.safetensors", kind=["d18", "wgan_gp", "direct"]
        ),
    ),
    "emulator_accuracy": figure(
        "Accuracy of every emulator with either model of amplitude and shift (beyond the paper).",
        place="Emulators",
        table=f"{SPURIO_RESULTS}/table1.csv",
        peaks=f"{SPURIO_RESULTS}/emulators/0/peak_errors.nc",
    ),
}
