# Spurio Mancini et al. (2021), sections 3.2.2 and 3.3: location of an event, and how honest it is.
SPURIO_INFERENCE = SPURIO.inference
SPURIO_LOCATED = [
    f"{SPURIO_RESULTS}/traces/receiver_{number}.nc" for number in SPURIO_INFERENCE.receivers
]
# the solver's own wave fields, where they were simulated here
SPURIO_GREENS = (
    []
    if any(number in SPURIO_GIVEN for number in SPURIO_INFERENCE.receivers)
    else [
        f"{SPURIO_RESULTS}/greens/explosions_{number}.nc" for number in SPURIO_INFERENCE.receivers
    ]
)
SPURIO_MAIN = f"{SPURIO_RESULTS}/posteriors/waveform_{SPURIO_INFERENCE.emulator}_noise.nc"
SPURIO_RIVAL = f"{SPURIO_RESULTS}/posteriors/waveform_{SPURIO_INFERENCE.rival}_noise.nc"
# the paper's emulator and those that are calibrated, with the likelihoods beyond the paper's
SPURIO_BEYOND = {
    f"{emulator}, {likelihood}": f"{SPURIO_RESULTS}/posteriors/waveform_{emulator}_{likelihood}.nc"
    for emulator in dict.fromkeys([SPURIO_INFERENCE.emulator, *SPURIO.calibration.emulators])
    for likelihood in ("noise", "modes")
}
# given traces do not say when their event happened, unless they are simulated here
SPURIO_ORIGIN = [f"{SPURIO_RESULTS}/posteriors/arrivals_origin.nc"] if SPURIO_GREENS else []
SPURIO_POSTERIORS = {
    f"{SPURIO_INFERENCE.rival}, noise": SPURIO_RIVAL,
    **SPURIO_BEYOND,
    "edt": f"{SPURIO_RESULTS}/posteriors/arrivals_edt.nc",
    "edt_all": f"{SPURIO_RESULTS}/posteriors/arrivals_edt_all.nc",
    **({"origin": SPURIO_ORIGIN[0]} if SPURIO_ORIGIN else {}),
    **({"solver": f"{SPURIO_RESULTS}/posteriors/solver.nc"} if SPURIO_GREENS else {}),
}
SPURIO_CALIBRATIONS = {
    emulator: f"{SPURIO_RESULTS}/calibration/{emulator}.nc"
    for emulator in SPURIO.calibration.emulators
}


wildcard_constraints:
    emulator="[a-z][a-z0-9_]*",
    likelihood="noise|variance|modes",
    arrivals="edt|edt_all|origin",


rule spurio_mancini2021_observation:
    "Noisy traces of the event and picked arrival times."
    input:
        model=f"{SPURIO_RESULTS}/model.nc",
        traces=SPURIO_LOCATED,
    output:
        f"{SPURIO_RESULTS}/observation.nc",
    log:
        "logs/spurio_mancini2021/observation.log",
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(SPURIO_INFERENCE, "peak_to_noise")),
    script:
        "../scripts/spurio_mancini2021/observation.py"


rule spurio_mancini2021_location:
    "Posterior of the position by nested sampling with emulators (section 3.2.2)."
    input:
        observation=f"{SPURIO_RESULTS}/observation.nc",
        traces=SPURIO_LOCATED,
        emulators=expand(
            f"{SPURIO_RESULTS}/emulators/{{receiver}}/{{{{emulator}}}}_0.safetensors",
            receiver=SPURIO_INFERENCE.receivers,
        ),
    output:
        f"{SPURIO_RESULTS}/posteriors/waveform_{{emulator}}_{{likelihood}}.nc",
    log:
        "logs/spurio_mancini2021/location_{emulator}_{likelihood}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(4000, 240),
    params:
        **common(settings=section(SPURIO_INFERENCE, "live"), **SPURIO_SPLIT),
        sampler=lambda wildcards: (
            SPURIO_INFERENCE.rival_sampler
            if wildcards.emulator == SPURIO_INFERENCE.rival
            else SPURIO_INFERENCE.sampler
        ),
    script:
        "../scripts/spurio_mancini2021/location.py"


rule spurio_mancini2021_edt:
    "Posterior of the position by arrival times (section 3.3)."
    input:
        observation=f"{SPURIO_RESULTS}/observation.nc",
        times=f"{SPURIO_RESULTS}/travel_times.nc",
    output:
        f"{SPURIO_RESULTS}/posteriors/arrivals_{{arrivals}}.nc",
    log:
        "logs/spurio_mancini2021/{arrivals}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(
            settings=section(
                SPURIO_INFERENCE, "exponent", "live", "pick_error", "receivers", "sampler"
            )
        ),
    script:
        "../scripts/spurio_mancini2021/edt.py"


rule spurio_mancini2021_solver_posterior:
    "Posterior of the position by the solver's own wave fields, without any emulator."
    input:
        observation=f"{SPURIO_RESULTS}/observation.nc",
        greens=SPURIO_GREENS,
    output:
        f"{SPURIO_RESULTS}/posteriors/solver.nc",
    log:
        "logs/spurio_mancini2021/solver_posterior.log",
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(settings=section(SPURIO_INFERENCE, "box")),
    script:
        "../scripts/spurio_mancini2021/solver_posterior.py"


rule spurio_mancini2021_calibration:
    "Held-out events located with each likelihood: where the true positions fall."
    input:
        observation=f"{SPURIO_RESULTS}/observation.nc",
        traces=SPURIO_LOCATED,
        emulators=expand(
            f"{SPURIO_RESULTS}/emulators/{{receiver}}/{{{{emulator}}}}_0.safetensors",
            receiver=SPURIO_INFERENCE.receivers,
        ),
    output:
        f"{SPURIO_RESULTS}/calibration/{{emulator}}.nc",
    log:
        "logs/spurio_mancini2021/calibration_{emulator}.log",
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(4000, 240),
    params:
        **common(settings=section(SPURIO.calibration), **SPURIO_SPLIT),
    script:
        "../scripts/spurio_mancini2021/calibration.py"


SPURIO_STUDY = ROOT / "data" / "reference" / "spurio_mancini2021" / "calibration.csv"

FIGURES["spurio_mancini2021"] |= {
    "table2": figure(
        "Mean and 68 per cent intervals of the position by each method, beside the paper's (Table 2).",
        to=f"{SPURIO_RESULTS}/table2.csv",
        env="train",
        params=dict(
            names=list(SPURIO_POSTERIORS),
            rival=f"{SPURIO_INFERENCE.rival}, noise",
            main=f"{SPURIO_INFERENCE.emulator}, noise",
        ),
        observation=f"{SPURIO_RESULTS}/observation.nc",
        posteriors=list(SPURIO_POSTERIORS.values()),
    ),
    "calibration_table": figure(
        "Coverage and location error of each emulator and likelihood.",
        place="Calibration, table",
        to=f"{SPURIO_RESULTS}/calibration.csv",
        params=dict(names=list(SPURIO_CALIBRATIONS)),
        calibrations=list(SPURIO_CALIBRATIONS.values()),
    ),
    "fig09": figure(
        "Noisy traces at the receivers, and where these are (Figure 9).",
        observation=f"{SPURIO_RESULTS}/observation.nc",
    ),
    "fig10": figure(
        "Position by the paper's emulator and by Das et al. 2018 (Figure 10).",
        script="corner",
        params=dict(title="Figure 10", names=[SPURIO_INFERENCE.rival, SPURIO_INFERENCE.emulator]),
        observation=f"{SPURIO_RESULTS}/observation.nc",
        posteriors=[SPURIO_RIVAL, SPURIO_MAIN],
    ),
    "fig11": figure(
        "Position by the paper's emulator and by arrival times (Figure 11).",
        script="corner",
        params=dict(
            title="Figure 11",
            names=[
                "edt_all",
                *["origin"] * len(SPURIO_ORIGIN),
                SPURIO_INFERENCE.emulator,
            ],
        ),
        observation=f"{SPURIO_RESULTS}/observation.nc",
        posteriors=[
            f"{SPURIO_RESULTS}/posteriors/arrivals_edt_all.nc",
            *SPURIO_ORIGIN,
            SPURIO_MAIN,
        ],
    ),
    "solver_figure": figure(
        "Position by the solver itself and by emulators, with and without their errors.",
        wanted=bool(SPURIO_GREENS),
        place="Beyond: the solver's posterior",
        to="figures/spurio_mancini2021/solver.png",
        script="corner",
        params=dict(title="The solver's posterior", names=["solver", *SPURIO_BEYOND]),
        observation=f"{SPURIO_RESULTS}/observation.nc",
        posteriors=[f"{SPURIO_RESULTS}/posteriors/solver.nc", *SPURIO_BEYOND.values()],
    ),
    "calibration_figure": figure(
        "Coverage of credible regions, and location errors beside their stated size.",
        place="Beyond: calibration",
        to="figures/spurio_mancini2021/calibration.png",
        params=dict(
            names=list(SPURIO_CALIBRATIONS),
            study=aside(str(SPURIO_STUDY)),
            study_says=digests.contents([SPURIO_STUDY]),
        ),
        calibrations=list(SPURIO_CALIBRATIONS.values()),
    ),
}
