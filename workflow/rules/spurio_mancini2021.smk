# Spurio Mancini et al. (2021): the velocity model, sources, traces and travel times; Figure 7.
SPURIO = settings.spurio_mancini2021
SPURIO_RESULTS = "results/spurio_mancini2021"
SPURIO_PUBLISHED = "data/published/alessiospuriomancini/seismoML/Spurio_Mancini_2021"
# the authors' files that are used, if any
SPURIO_FILES = {
    name: f"{SPURIO_PUBLISHED}/{file}"
    for name, file in (
        ("model", "mar_mdl1_segment1.npy"),
        ("coordinates", "coordinates_4000seismo_ISO.npy"),
        ("traces", "seismograms_4000seismo_ISO.npy"),
    )
    if settings.data.published and name in SPURIO.published
}
SPURIO_MODEL = SPURIO.model.file or SPURIO_FILES.get("model", [])
SPURIO_COORDINATES = SPURIO.sources.file or SPURIO_FILES.get("coordinates", [])
# the published traces are those of the central receiver
SPURIO_GIVEN = (
    {0: SPURIO_FILES["traces"]} if "traces" in SPURIO_FILES else {}
) | SPURIO.traces.files
# the time axis of simulated records, to which given ones beside them are brought
SPURIO_AXIS = (
    (SPURIO.simulation.step * SPURIO.simulation.every, SPURIO.simulation.samples)
    if set(SPURIO.inference.receivers) - set(SPURIO_GIVEN)
    else None
)
SPURIO_STORES = ("explosions", "tensors")
SPURIO_SPLIT = {"train": SPURIO.sources.train, "validation": SPURIO.sources.validation}
# of the central receiver, whose emulators Table 1 compares, and of those that locate
SPURIO_RECORDED = sorted({0, *SPURIO.inference.receivers})
SPURIO_TRACES = [f"{SPURIO_RESULTS}/traces/receiver_{number}.nc" for number in SPURIO_RECORDED]

TARGETS["spurio_mancini2021"] += [f"{SPURIO_RESULTS}/validation.json"]


wildcard_constraints:
    receiver=r"\d+",


rule spurio_mancini2021_model:
    "Density and velocities: a synthetic marine model, a user's own, or the published one."
    input:
        given=SPURIO_MODEL,
    output:
        f"{SPURIO_RESULTS}/model.nc",
    log:
        "logs/spurio_mancini2021/model.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(settings=section(SPURIO.model)),
    script:
        "../scripts/spurio_mancini2021/model.py"


rule spurio_mancini2021_sources:
    "Positions of sources (a Latin hypercube, or given), receivers and the event (section 3.1)."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        given=SPURIO_COORDINATES,
    output:
        f"{SPURIO_RESULTS}/sources.nc",
    log:
        "logs/spurio_mancini2021/sources.log",
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(),
    params:
        **common(
            settings=SPURIO.sources.model_dump(exclude={"train", "validation"}),
            receivers=SPURIO.receivers,
            event=SPURIO.event,
            spacing=SPURIO.simulation.spacing,
            vs_floor=SPURIO.simulation.vs_floor,
            # of a file of unknown length; ours has as many as are asked for
            split=SPURIO_SPLIT if SPURIO_COORDINATES else None,
        ),
    script:
        "../scripts/spurio_mancini2021/sources.py"


rule spurio_mancini2021_traces:
    "Traces and Green's functions of one receiver by one elastic simulation, or from a file."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
        given=lambda wildcards: SPURIO_GIVEN.get(int(wildcards.receiver), []),
    output:
        traces=f"{SPURIO_RESULTS}/traces/receiver_{{receiver}}.nc",
        stores=[f"{SPURIO_RESULTS}/greens/{kind}_{{receiver}}.nc" for kind in SPURIO_STORES],
        cost=f"{SPURIO_RESULTS}/traces/cost_{{receiver}}.json",
    log:
        "logs/spurio_mancini2021/traces_{receiver}.log",
    conda:
        "../../envs/waves.yaml"
    # a simulation runs on one thread: receivers run side by side, as jobs
    resources:
        **needs(**dict(SPURIO.resources)),
    params:
        **common(
            settings=section(SPURIO.simulation),
            greens=section(SPURIO.greens),
            given={
                "sample_interval_s": SPURIO.traces.interval,
                "units": SPURIO.traces.units,
                "delay": SPURIO.traces.delay,
                "axis": SPURIO_AXIS,
            },
        ),
    script:
        "../scripts/spurio_mancini2021/traces.py"


rule spurio_mancini2021_eikonal:
    "First arrivals between every receiver and every node of the model (section 3.3)."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
    output:
        f"{SPURIO_RESULTS}/travel_times.nc",
    log:
        "logs/spurio_mancini2021/eikonal.log",
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(4000, 20),
    params:
        **common(),
    script:
        "../scripts/spurio_mancini2021/eikonal.py"


rule spurio_mancini2021_validation:
    "The traces against a finer grid and against first arrivals, at the size of the simulation."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
        times=f"{SPURIO_RESULTS}/travel_times.nc",
        traces=SPURIO_TRACES,
    output:
        f"{SPURIO_RESULTS}/validation.json",
    log:
        "logs/spurio_mancini2021/validation.log",
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(**dict(SPURIO.resources)),
    params:
        **common(
            settings=section(SPURIO.validation),
            simulation=section(SPURIO.simulation),
            clearance=SPURIO.sources.clearance,
            receivers=SPURIO_RECORDED,
        ),
    script:
        "../scripts/spurio_mancini2021/validation.py"


FIGURES["spurio_mancini2021"] |= {
    "fig07": figure(
        "Sections of the density and velocity model (Figure 7).",
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
    ),
}
