# Spurio Mancini et al. (2021), beyond the paper: location with origin time and full moment tensor.
rule spurio_mancini2021_mechanisms:
    "Position, origin time and tensor of random events: errors, coverage, what explosions cost."
    input:
        traces=[
            f"{SPURIO_MECHANISMS}/elementary_{number}.nc" for number in SPURIO_INFERENCE.receivers
        ],
        stores=[
            f"{SPURIO_RESULTS}/greens/tensors_{number}.nc" for number in SPURIO_INFERENCE.receivers
        ],
        sources=f"{SPURIO_RESULTS}/sources.nc",
        observation=f"{SPURIO_RESULTS}/observation.nc",
    output:
        table=shown(f"{SPURIO_RESULTS}/table_mechanisms.csv", "Beyond: mechanisms, table"),
        tensors=f"{SPURIO_MECHANISMS}/tensors.nc",
    log:
        "logs/spurio_mancini2021/mechanisms.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(4000, 240),
    params:
        **common(settings=section(SPURIO.mechanisms)),
    script:
        "../scripts/spurio_mancini2021/mechanisms.py"


if SPURIO_TENSORS:
    TARGETS["spurio_mancini2021"] += [f"{SPURIO_RESULTS}/table_mechanisms.csv"]

FIGURES["spurio_mancini2021"] |= {
    "beyond_mechanisms": figure(
        "Moment tensors of random events, true and found, and their errors.",
        wanted=SPURIO_TENSORS,
        place="Beyond: mechanisms",
        table=f"{SPURIO_RESULTS}/table_mechanisms.csv",
        tensors=f"{SPURIO_MECHANISMS}/tensors.nc",
    ),
}
