# Beyond Spurio Mancini et al. (2021): events of another grid located in several ways.
SPURIO_METHODS = SPURIO.methods
# what each way needs, beside traces; of traces from outside there is no other grid
SPURIO_WAYS = (
    {name: {"greens": SPURIO_GREENS} for name in ("store", "store_errors", "npe")}
    if SPURIO_GREENS
    else {}
)
if SPURIO_WAYS:
    SPURIO_WAYS |= {
        kind: {
            "emulators": [
                f"{SPURIO_RESULTS}/emulators/{number}/{kind}_0.safetensors"
                for number in SPURIO_INFERENCE.receivers
            ]
        }
        for kind in (SPURIO_INFERENCE.emulator, SPURIO_INFERENCE.rival)
    }
    SPURIO_WAYS |= {
        "mean": {
            "peaks": [
                f"{SPURIO_RESULTS}/emulators/{number}/peaks.safetensors"
                for number in SPURIO_INFERENCE.receivers
            ]
        },
        "edt": {"times": f"{SPURIO_RESULTS}/travel_times.nc"},
        "origin": {"times": f"{SPURIO_RESULTS}/travel_times.nc"},
    }
SPURIO_LOCATED_BY = {name: f"{SPURIO_RESULTS}/methods/{name}.nc" for name in SPURIO_WAYS}


wildcard_constraints:
    method="|".join(["store", *SPURIO_WAYS]),


SPURIO_MECHANISMS = f"{SPURIO_RESULTS}/mechanisms"
# deepwave records no strains, and given traces have no field
SPURIO_TENSORS = bool(SPURIO_GREENS) and SPURIO.simulation.engine == "kernel"


rule spurio_mancini2021_events:
    "Traces of one receiver, of explosions and of all moment tensors, on the nodes of other grids."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
    output:
        events=f"{SPURIO_RESULTS}/events/receiver_{{receiver}}.nc",
        elementary=[f"{SPURIO_MECHANISMS}/elementary_{{receiver}}.nc"] if SPURIO_TENSORS else [],
    log:
        "logs/spurio_mancini2021/events_{receiver}.log",
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(**dict(SPURIO.resources)),
    params:
        **common(
            settings=section(SPURIO_METHODS, "events", "validation", "spacing", "every"),
            mechanisms=section(
                SPURIO.mechanisms, "events", "validation", "spacing", "every", "box"
            ),
            simulation=section(SPURIO.simulation),
            sources=section(SPURIO.sources, "clearance", "keep_out"),
        ),
    script:
        "../scripts/spurio_mancini2021/events.py"


rule spurio_mancini2021_methods:
    "Events of another grid located in one way: where the true positions fall."
    input:
        unpack(lambda wildcards: SPURIO_WAYS[wildcards.method]),
        observation=f"{SPURIO_RESULTS}/observation.nc",
        traces=SPURIO_LOCATED,
        costs=[
            f"{SPURIO_RESULTS}/traces/cost_{number}.json" for number in SPURIO_INFERENCE.receivers
        ],
        events=[
            f"{SPURIO_RESULTS}/events/receiver_{number}.nc"
            for number in SPURIO_INFERENCE.receivers
        ],
    output:
        f"{SPURIO_RESULTS}/methods/{{method}}.nc",
    log:
        "logs/spurio_mancini2021/methods_{method}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(6000, 240),
    params:
        **common(
            settings=section(SPURIO_METHODS, "scan", "draws", "rounds"),
            methods=section(SPURIO_INFERENCE, "receivers", "pick_error", "exponent")
            | {"peaks": SPURIO.emulators.peaks.kind, **SPURIO_SPLIT},
            clearance=SPURIO.sources.clearance,
        ),
        npe=lambda wildcards: section(SPURIO_METHODS.npe) if wildcards.method == "npe" else {},
        located=lambda wildcards: (
            SPURIO_METHODS.rival_events
            if wildcards.method == SPURIO_INFERENCE.rival
            else SPURIO_METHODS.events
        ),
    script:
        "../scripts/spurio_mancini2021/methods.py"


rule spurio_mancini2021_edt_receivers:
    "Arrival times at several sets of receivers: which locate as closely as Table 2 says."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        observation=f"{SPURIO_RESULTS}/observation.nc",
    output:
        table=shown(f"{SPURIO_RESULTS}/table_edt_receivers.csv", "Receivers of EDT, table"),
        spread=f"{SPURIO_RESULTS}/edt_receivers.nc",
    log:
        "logs/spurio_mancini2021/edt_receivers.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(3000, 30),
    params:
        **common(settings=section(SPURIO.edt_receivers), pick_error=SPURIO_INFERENCE.pick_error),
    script:
        "../scripts/spurio_mancini2021/edt_receivers.py"


if SPURIO_GREENS:  # the event of given traces has no place of its own among the paper's
    TARGETS["spurio_mancini2021"] += [f"{SPURIO_RESULTS}/table_edt_receivers.csv"]

FIGURES["spurio_mancini2021"] |= {
    "beyond_edt": figure(
        "How closely arrival times at any four receivers locate the event, beside Table 2.",
        wanted=bool(SPURIO_GREENS),
        place="Beyond: receivers of EDT",
        spread=f"{SPURIO_RESULTS}/edt_receivers.nc",
    ),
}


# further events of which more is unknown, beside the same ways that ignore it
SPURIO_CAUSES = {
    "store_station": [
        f"{SPURIO_RESULTS}/events/receiver_{number}.nc" for number in SPURIO_INFERENCE.receivers
    ],
    "store_velocity": [
        f"{SPURIO_RESULTS}/velocity/events_{other}_{number}.nc"
        for other in range(SPURIO.velocity.others)
        for number in SPURIO_INFERENCE.receivers
    ],
}
SPURIO_TERMS = {
    way: f"{SPURIO_RESULTS}/unknown_terms/{way}.nc"
    for cause in SPURIO_CAUSES
    for way in (cause, f"{cause}_ignored")
}


rule spurio_mancini2021_velocity_events:
    "Traces of one receiver, of events in a model of other velocities."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
    output:
        f"{SPURIO_RESULTS}/velocity/events_{{other}}_{{receiver}}.nc",
    log:
        "logs/spurio_mancini2021/velocity_events_{other}_{receiver}.log",
    wildcard_constraints:
        other=r"\d+",
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(**dict(SPURIO.resources)),
    params:
        **common(
            settings=section(SPURIO.velocity),
            simulation=section(SPURIO.simulation),
            sources=section(SPURIO.sources, "clearance", "keep_out"),
        ),
    script:
        "../scripts/spurio_mancini2021/velocity_events.py"


rule spurio_mancini2021_unknown_terms:
    "Events with terms of stations, or in models of other velocities, located in one way."
    input:
        greens=SPURIO_GREENS,
        observation=f"{SPURIO_RESULTS}/observation.nc",
        model=f"{SPURIO_RESULTS}/model.nc",
        sources=f"{SPURIO_RESULTS}/sources.nc",
        costs=[
            f"{SPURIO_RESULTS}/traces/cost_{number}.json" for number in SPURIO_INFERENCE.receivers
        ],
        events=lambda wildcards: SPURIO_CAUSES[wildcards.way.removesuffix("_ignored")],
    output:
        f"{SPURIO_RESULTS}/unknown_terms/{{way}}.nc",
    log:
        "logs/spurio_mancini2021/unknown_terms_{way}.log",
    wildcard_constraints:
        way="|".join(SPURIO_TERMS),
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(6000, 240),
    params:
        **common(
            settings=section(SPURIO_METHODS, "scan", "draws", "rounds"),
            clearance=SPURIO.sources.clearance,
            receivers=SPURIO_INFERENCE.receivers,
            frequency=SPURIO.simulation.frequency,
        ),
        own=lambda wildcards: section(
            SPURIO.stations if "station" in wildcards.way else SPURIO.velocity
        ),
    script:
        "../scripts/spurio_mancini2021/unknown_terms.py"


if SPURIO_WAYS:
    FIGURES["spurio_mancini2021"] |= {
        "beyond_unknown_terms": figure(
            "Coverage and errors where stations or velocities are not known.",
            place="Beyond: stations and velocities",
            script="beyond_coverage",
            params=dict(
                names=list(SPURIO_TERMS),
                title="Coverage where stations or velocities are not known",
            ),
            methods=list(SPURIO_TERMS.values()),
        ),
        "table_methods": figure(
            "Error, coverage and cost of each way to locate events, by depth.",
            place="Ways to locate, table",
            to=f"{SPURIO_RESULTS}/table_methods.csv",
            params=dict(names=list(SPURIO_WAYS)),
            methods=list(SPURIO_LOCATED_BY.values()),
        ),
        "table_unknown_terms": figure(
            "Error, coverage and cost where stations or velocities are not known, by depth.",
            place="Beyond: stations and velocities, table",
            to=f"{SPURIO_RESULTS}/table_unknown_terms.csv",
            script="table_methods",
            params=dict(names=list(SPURIO_TERMS)),
            methods=list(SPURIO_TERMS.values()),
        ),
        "beyond_coverage": figure(
            "Stated and true coverage of each way to locate events, and errors by depth.",
            place="Beyond: coverage",
            params=dict(names=list(SPURIO_WAYS), title="Coverage of ways to locate events"),
            methods=list(SPURIO_LOCATED_BY.values()),
        ),
    }


rule spurio_mancini2021_peaks_seeds:
    "R2D with amplitude and arrival fitted from several seeds, sources near the receiver included."
    input:
        greens=f"{SPURIO_RESULTS}/greens/explosions_0.nc",
        model=f"{SPURIO_RESULTS}/model.nc",
        times=f"{SPURIO_RESULTS}/travel_times.nc",
    output:
        shown(f"{SPURIO_RESULTS}/table_peaks_seeds.csv", "Seeds of amplitude and arrival, table"),
    log:
        "logs/spurio_mancini2021/peaks_seeds.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SPURIO_EMULATORS.resources)),
    params:
        **common(
            settings=section(SPURIO_EMULATORS, "peaks", "peaks_seeds", "direct", "slope"),
            split={**SPURIO_SPLIT, "count": SPURIO.sources.count},
            spacing=SPURIO.simulation.spacing,
            vs_floor=SPURIO.simulation.vs_floor,
        ),
    script:
        "../scripts/spurio_mancini2021/peaks_seeds.py"


# of emulators as the paper has them, beside what is stored small
SPURIO_STORED = ("direct", "pca_nn", "pca_gp")


rule spurio_mancini2021_memory:
    "Error of traces of another grid against bytes stored for a receiver."
    input:
        greens=f"{SPURIO_RESULTS}/greens/explosions_0.nc",
        traces=SPURIO_CENTRAL_TRACES,
        model=f"{SPURIO_RESULTS}/model.nc",
        times=f"{SPURIO_RESULTS}/travel_times.nc",
        events=f"{SPURIO_RESULTS}/events/receiver_0.nc",
        emulators=expand(f"{SPURIO_CENTRAL}/{{kind}}_0.safetensors", kind=SPURIO_STORED),
    output:
        shown(f"{SPURIO_RESULTS}/table_memory.csv", "Memory, table"),
    log:
        "logs/spurio_mancini2021/memory.log",
    conda:
        "../../envs/train.yaml"
    resources:
        **needs(**dict(SPURIO_EMULATORS.resources)),
    params:
        **common(
            settings=section(SPURIO_EMULATORS, "memory", "slope"),
            kinds=SPURIO_STORED,
            spacing=SPURIO.simulation.spacing,
            vs_floor=SPURIO.simulation.vs_floor,
        ),
    script:
        "../scripts/spurio_mancini2021/memory.py"


if SPURIO_GREENS and 0 not in SPURIO_GIVEN:
    TARGETS["spurio_mancini2021"] += [
        f"{SPURIO_RESULTS}/table_{name}.csv" for name in ("peaks_seeds", "memory")
    ]
    FIGURES["spurio_mancini2021"] |= {
        "beyond_memory": figure(
            "Error of traces against bytes stored for a receiver, and time in a large batch.",
            place="Beyond: memory",
            table=f"{SPURIO_RESULTS}/table_memory.csv",
        ),
    }
