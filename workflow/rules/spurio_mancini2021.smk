# Spurio Mancini et al. (2021): the velocity model, sources, traces and travel times; Figure 7.
SM21 = settings.spurio_mancini2021
SM21_RESULTS = "results/spurio_mancini2021"
SM21_PUBLISHED = "data/published/alessiospuriomancini/seismoML/Spurio_Mancini_2021"
# the authors' files that are used, if any
SM21_FILES = {
    name: f"{SM21_PUBLISHED}/{file}"
    for name, file in (
        ("model", "mar_mdl1_segment1.npy"),
        ("coordinates", "coordinates_4000seismo_ISO.npy"),
        ("traces", "seismograms_4000seismo_ISO.npy"),
    )
    if settings.data.published and name in SM21.published
}
SM21_MODEL = SM21.model.file or SM21_FILES.get("model", [])
SM21_COORDINATES = SM21.sources.file or SM21_FILES.get("coordinates", [])
# the published traces are those of the central receiver
SM21_GIVEN = ({0: SM21_FILES["traces"]} if "traces" in SM21_FILES else {}) | SM21.traces.files
SM21_TRACES = [
    f"{SM21_RESULTS}/traces/receiver_{number}.nc" for number in range(len(SM21.receivers))
]

TARGETS["spurio_mancini2021"] += [f"{SM21_RESULTS}/validation.json"]


wildcard_constraints:
    receiver=r"\d+",


rule spurio_mancini2021_model:
    "Density and velocities: a synthetic marine model, a user's own, or the published one."
    input:
        given=SM21_MODEL,
    output:
        f"{SM21_RESULTS}/model.nc",
    log:
        "logs/spurio_mancini2021/model.log",
    benchmark:
        "benchmarks/spurio_mancini2021/model.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(settings=section(SM21.model)),
    script:
        "../scripts/spurio_mancini2021/model.py"


rule spurio_mancini2021_sources:
    "Positions of sources (a Latin hypercube, or given), receivers and the event (section 3.1)."
    input:
        model=f"{SM21_RESULTS}/model.nc",
        given=SM21_COORDINATES,
    output:
        f"{SM21_RESULTS}/sources.nc",
    log:
        "logs/spurio_mancini2021/sources.log",
    benchmark:
        "benchmarks/spurio_mancini2021/sources.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(),
    params:
        **common(
            settings=SM21.sources.model_dump(exclude={"train", "validation"}),
            receivers=SM21.receivers,
            event=SM21.event,
            spacing=SM21.simulation.spacing,
            vs_floor=SM21.simulation.vs_floor,
        ),
    script:
        "../scripts/spurio_mancini2021/sources.py"


rule spurio_mancini2021_traces:
    "All traces of one receiver by one elastic simulation (reciprocity), or from a file."
    input:
        model=f"{SM21_RESULTS}/model.nc",
        sources=f"{SM21_RESULTS}/sources.nc",
        given=lambda wildcards: SM21_GIVEN.get(int(wildcards.receiver), []),
    output:
        traces=f"{SM21_RESULTS}/traces/receiver_{{receiver}}.nc",
        box=f"{SM21_RESULTS}/traces/box_{{receiver}}.nc",
        cost=f"{SM21_RESULTS}/traces/cost_{{receiver}}.json",
    log:
        "logs/spurio_mancini2021/traces_{receiver}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/traces_{receiver}.tsv"
    conda:
        "../../envs/waves.yaml"
    # a simulation runs on one thread: receivers run side by side, as jobs
    resources:
        **needs(**dict(SM21.resources)),
    params:
        **common(
            settings=section(SM21.simulation),
            box=SM21.inference.box,
            interval=SM21.traces.interval,
        ),
    script:
        "../scripts/spurio_mancini2021/traces.py"


rule spurio_mancini2021_eikonal:
    "First arrivals between every receiver and every node of the model (section 3.3)."
    input:
        model=f"{SM21_RESULTS}/model.nc",
        sources=f"{SM21_RESULTS}/sources.nc",
    output:
        f"{SM21_RESULTS}/travel_times.nc",
    log:
        "logs/spurio_mancini2021/eikonal.log",
    benchmark:
        "benchmarks/spurio_mancini2021/eikonal.tsv"
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
        model=f"{SM21_RESULTS}/model.nc",
        sources=f"{SM21_RESULTS}/sources.nc",
        times=f"{SM21_RESULTS}/travel_times.nc",
        traces=SM21_TRACES,
    output:
        f"{SM21_RESULTS}/validation.json",
    log:
        "logs/spurio_mancini2021/validation.log",
    benchmark:
        "benchmarks/spurio_mancini2021/validation.tsv"
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(**dict(SM21.resources)),
    params:
        **common(
            settings=section(SM21.validation),
            simulation=section(SM21.simulation),
            clearance=SM21.sources.clearance,
        ),
    script:
        "../scripts/spurio_mancini2021/validation.py"


FIGURES["spurio_mancini2021"] |= {
    "fig07": figure(
        "Sections of the density and velocity model (Figure 7).",
        model=f"{SM21_RESULTS}/model.nc",
        sources=f"{SM21_RESULTS}/sources.nc",
    ),
}
