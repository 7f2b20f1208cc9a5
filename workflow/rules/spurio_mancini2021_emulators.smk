# Spurio Mancini et al. (2021), sections 2 and 3.2.1: the emulators; Figures 1 and 8, Table 1.
SM21_EMULATORS = SM21.emulators
SM21_KINDS = [
    "direct",
    "pca_nn",
    "pca_gp",
    "ae_nn",
    "ae_gp",
    "cvae",
    "wgan_gp",
    "d18",
]  # Table 1
SM21_ALL_KINDS = [*SM21_KINDS, "direct_smooth", "d18_aligned"]
SM21_SEEDS = list(range(SM21_EMULATORS.seeds))
# Table 1 is for the central receiver, number 0; the others have what asks for them, one of each
SM21_CENTRAL_TRACES = f"{SM21_RESULTS}/traces/receiver_0.nc"
SM21_CENTRAL = f"{SM21_RESULTS}/emulators/0"

TARGETS["spurio_mancini2021"] += [f"{SM21_RESULTS}/table1.csv"]


wildcard_constraints:
    kind="|".join(SM21_ALL_KINDS),


rule spurio_mancini2021_peaks:
    "Gaussian processes for amplitude and shift, the paper's and smoother ones (section 2.1)."
    input:
        traces=f"{SM21_RESULTS}/traces/receiver_{{receiver}}.nc",
    output:
        peaks=f"{SM21_RESULTS}/emulators/{{receiver}}/peaks.safetensors",
        card=f"{SM21_RESULTS}/emulators/{{receiver}}/peaks.json",
    log:
        "logs/spurio_mancini2021/peaks_{receiver}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/peaks_{receiver}.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SM21_EMULATORS.resources)),
    params:
        **common(
            settings=section(SM21_EMULATORS.peaks),
            train=SM21.sources.train,
            validation=SM21.sources.validation,
        ),
    script:
        "../scripts/spurio_mancini2021/peaks.py"


rule spurio_mancini2021_autoencoder:
    "Autoencoders, one per seed, whose features AE+NN and AE+GP learn (section 2.2.4)."
    input:
        traces=f"{SM21_RESULTS}/traces/receiver_{{receiver}}.nc",
        peaks=f"{SM21_RESULTS}/emulators/{{receiver}}/peaks.safetensors",
    output:
        weights=f"{SM21_RESULTS}/emulators/{{receiver}}/autoencoder.safetensors",
        card=f"{SM21_RESULTS}/emulators/{{receiver}}/autoencoder.json",
    log:
        "logs/spurio_mancini2021/autoencoder_{receiver}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/autoencoder_{receiver}.tsv"
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SM21_EMULATORS.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SM21_EMULATORS),
            train=SM21.sources.train,
            validation=SM21.sources.validation,
            device=aside(settings.device),
        ),
        networks=lambda wildcards: len(SM21_SEEDS) if wildcards.receiver == "0" else 1,
    script:
        "../scripts/spurio_mancini2021/autoencoder.py"


rule spurio_mancini2021_emulator:
    "One kind of emulator for the central receiver, all seeds as one stack (section 2.2)."
    input:
        traces=SM21_CENTRAL_TRACES,
        peaks=f"{SM21_CENTRAL}/peaks.safetensors",
        peaks_card=f"{SM21_CENTRAL}/peaks.json",
        autoencoder=lambda wildcards: (
            multiext(f"{SM21_CENTRAL}/autoencoder", ".safetensors", ".json")
            if wildcards.kind.startswith("ae_")
            else []
        ),
    output:
        emulators=expand(
            f"{SM21_RESULTS}/emulators/{{{{receiver}}}}/{{{{kind}}}}_{{seed}}.safetensors",
            seed=SM21_SEEDS,
        ),
    log:
        "logs/spurio_mancini2021/emulator_{receiver}_{kind}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/emulator_{receiver}_{kind}.tsv"
    wildcard_constraints:
        receiver="0",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SM21_EMULATORS.resources), gpu=gpus()),
    params:
        **common(
            settings=section(SM21_EMULATORS),
            train=SM21.sources.train,
            validation=SM21.sources.validation,
            device=aside(settings.device),
        ),
    script:
        "../scripts/spurio_mancini2021/emulator.py"


use rule spurio_mancini2021_emulator as spurio_mancini2021_other_emulator with:
    input:
        traces=f"{SM21_RESULTS}/traces/receiver_{{receiver}}.nc",
        peaks=f"{SM21_RESULTS}/emulators/{{receiver}}/peaks.safetensors",
        peaks_card=f"{SM21_RESULTS}/emulators/{{receiver}}/peaks.json",
        autoencoder=lambda wildcards: (
            multiext(
                f"{SM21_RESULTS}/emulators/{wildcards.receiver}/autoencoder",
                ".safetensors",
                ".json",
            )
            if wildcards.kind.startswith("ae_")
            else []
        ),
    output:
        emulators=[f"{SM21_RESULTS}/emulators/{{receiver}}/{{kind}}_0.safetensors"],
    wildcard_constraints:
        receiver=r"[1-9]\d*",


rule spurio_mancini2021_table1:
    "Accuracy on the test set, times and sizes of all emulators, beside the paper's (Table 1)."
    input:
        **{
            f"of_{kind}": expand(f"{SM21_CENTRAL}/{kind}_{{seed}}.safetensors", seed=SM21_SEEDS)
            for kind in SM21_ALL_KINDS
        },
        traces=SM21_CENTRAL_TRACES,
        peaks=f"{SM21_CENTRAL}/peaks.safetensors",
    output:
        table=shown(f"{SM21_RESULTS}/table1.csv", "Table 1"),
        peaks=f"{SM21_RESULTS}/emulators/0/peak_errors.nc",
    log:
        "logs/spurio_mancini2021/table1.log",
    benchmark:
        "benchmarks/spurio_mancini2021/table1.tsv"
    conda:
        "../../envs/train.yaml"
    # one thread: the paper's times are of single evaluations
    resources:
        **needs(4000, 20),
    params:
        **common(
            train=SM21.sources.train,
            validation=SM21.sources.validation,
            kinds=SM21_ALL_KINDS,
            peaks=SM21_EMULATORS.peaks.kind,
            batch=SM21_EMULATORS.timed_batch,
        ),
    script:
        "../scripts/spurio_mancini2021/table1.py"


FIGURES["spurio_mancini2021"] |= {
    "fig01": figure(
        "The preprocessing of a trace (Figure 1).",
        env="train",
        params=dict(train=SM21.sources.train, validation=SM21.sources.validation),
        traces=SM21_CENTRAL_TRACES,
        peaks=f"{SM21_CENTRAL}/peaks.safetensors",
    ),
    "fig08": figure(
        "Three test traces, and what three of the emulators make of them (Figure 8).",
        env="train",
        params=dict(
            train=SM21.sources.train,
            validation=SM21.sources.validation,
            kinds=["d18", "wgan_gp", "direct"],
        ),
        traces=SM21_CENTRAL_TRACES,
        emulators=expand(
            f"{SM21_CENTRAL}/{{kind}}_0.safetensors", kind=["d18", "wgan_gp", "direct"]
        ),
    ),
    "emulator_accuracy": figure(
        "Accuracy of every emulator with either model of amplitude and shift (beyond the paper).",
        place="Emulators",
        table=f"{SM21_RESULTS}/table1.csv",
        peaks=f"{SM21_RESULTS}/emulators/0/peak_errors.nc",
    ),
}
