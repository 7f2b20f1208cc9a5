# Beyond Spurio Mancini et al. (2021): your own event, from records to QuakeML and a page of figures.
SPURIO_LOCATE = SPURIO.locate
SPURIO_EVENT = f"{SPURIO_RESULTS}/locate"
SPURIO_EXAMPLE = {
    "records": [f"{SPURIO_EVENT}/example.nc"],
    "picks": f"{SPURIO_EVENT}/example_picks.csv",
}


localrules:
    locate,


rule spurio_mancini2021_example:
    "Records and picks of an event on another grid, with noise, as somebody would bring them."
    input:
        traces=[
            f"{SPURIO_MECHANISMS}/elementary_{number}.nc" for number in SPURIO_INFERENCE.receivers
        ],
        sources=f"{SPURIO_RESULTS}/sources.nc",
        times=f"{SPURIO_RESULTS}/travel_times.nc",
    output:
        records=SPURIO_EXAMPLE["records"][0],
        picks=SPURIO_EXAMPLE["picks"],
    log:
        "logs/spurio_mancini2021/example.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(),
    params:
        **common(
            settings=section(SPURIO.mechanisms, "peak_to_noise"),
            simulation=section(SPURIO.simulation),
            receivers=SPURIO_INFERENCE.receivers,
            pick_error=SPURIO_INFERENCE.pick_error,
        ),
    script:
        "../scripts/spurio_mancini2021/example.py"


rule spurio_mancini2021_locate:
    "Position, origin time and moment tensor of one event, with errors; QuakeML."
    input:
        records=SPURIO_LOCATE.records or SPURIO_EXAMPLE["records"],
        picks=(SPURIO_LOCATE.picks or []) if SPURIO_LOCATE.records else SPURIO_EXAMPLE["picks"],
        stations=SPURIO_LOCATE.stations or [],
        stores=[
            f"{SPURIO_RESULTS}/greens/tensors_{number}.nc" for number in SPURIO_INFERENCE.receivers
        ],
        errors=[
            f"{SPURIO_MECHANISMS}/elementary_{number}.nc"
            for number in SPURIO_INFERENCE.receivers
            if SPURIO_LOCATE.field_errors
        ],
        sources=f"{SPURIO_RESULTS}/sources.nc",
        times=f"{SPURIO_RESULTS}/travel_times.nc",
        model=[] if SPURIO_LOCATE.unknown.velocities.right else [f"{SPURIO_RESULTS}/model.nc"],
    output:
        event=f"{SPURIO_EVENT}/event.nc",
        table=f"{SPURIO_EVENT}/event.csv",
        quakeml=f"{SPURIO_EVENT}/event.xml",
    log:
        "logs/spurio_mancini2021/locate.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 30),
    params:
        **common(
            settings=section(SPURIO_LOCATE) | {"own": bool(SPURIO_LOCATE.records)},
            simulation=section(SPURIO.simulation),
            inference=section(SPURIO_INFERENCE, "receivers", "pick_error", "exponent"),
        ),
    script:
        "../scripts/spurio_mancini2021/locate.py"


FIGURES["spurio_mancini2021"] |= {
    "locate_page": figure(
        "One event: position, mechanism, and its records beside those predicted.",
        wanted=SPURIO_TENSORS,
        place="Beyond: one event",
        to="figures/spurio_mancini2021/locate.png",
        event=f"{SPURIO_EVENT}/event.nc",
        table=f"{SPURIO_EVENT}/event.csv",
    ),
}


rule locate:
    "Your own event: snakemake locate (data/README.md)."
    input:
        "figures/spurio_mancini2021/locate.png",
        f"{SPURIO_EVENT}/event.xml",
