# Spurio Mancini et al. (2021), sections 3.2.2 and 3.3: location of an event, and how honest it is.
SM21_INFERENCE = SM21.inference
SM21_SPLIT = {"train": SM21.sources.train, "validation": SM21.sources.validation}
SM21_LOCATED = [
    f"{SM21_RESULTS}/traces/receiver_{number}.nc" for number in SM21_INFERENCE.receivers
]
# the solver's own wave field around the event, where it was simulated here
SM21_BOXES = (
    []
    if any(number in SM21_GIVEN for number in SM21_INFERENCE.receivers)
    else [f"{SM21_RESULTS}/traces/box_{number}.nc" for number in SM21_INFERENCE.receivers]
)
SM21_MAIN = f"{SM21_RESULTS}/posteriors/waveform_{SM21_INFERENCE.emulator}_noise.nc"
SM21_RIVAL = f"{SM21_RESULTS}/posteriors/waveform_{SM21_INFERENCE.rival}_noise.nc"
# the paper's emulator and those that are calibrated, with the likelihoods beyond the paper's
SM21_BEYOND = {
    f"{emulator}, {likelihood}": f"{SM21_RESULTS}/posteriors/waveform_{emulator}_{likelihood}.nc"
    for emulator in dict.fromkeys([SM21_INFERENCE.emulator, *SM21.calibration.emulators])
    for likelihood in ("noise", "modes")
}
# given traces do not say when their event happened, unless they are simulated here
SM21_ORIGIN = [f"{SM21_RESULTS}/posteriors/arrivals_origin.nc"] if SM21_BOXES else []
SM21_POSTERIORS = {
    f"{SM21_INFERENCE.rival}, noise": SM21_RIVAL,
    **SM21_BEYOND,
    "edt": f"{SM21_RESULTS}/posteriors/arrivals_edt.nc",
    "edt_all": f"{SM21_RESULTS}/posteriors/arrivals_edt_all.nc",
    **({"origin": SM21_ORIGIN[0]} if SM21_ORIGIN else {}),
    **({"solver": f"{SM21_RESULTS}/posteriors/solver.nc"} if SM21_BOXES else {}),
}
SM21_CALIBRATIONS = {
    emulator: f"{SM21_RESULTS}/calibration/{emulator}.nc" for emulator in SM21.calibration.emulators
}


wildcard_constraints:
    emulator="[a-z][a-z0-9_]*",
    likelihood="noise|variance|modes",
    arrivals="edt|edt_all|origin",


rule spurio_mancini2021_observation:
    "Noisy traces of the event and picked arrival times."
    input:
        model=f"{SM21_RESULTS}/model.nc",
        traces=SM21_LOCATED,
    output:
        f"{SM21_RESULTS}/observation.nc",
    log:
        "logs/spurio_mancini2021/observation.log",
    benchmark:
        "benchmarks/spurio_mancini2021/observation.tsv"
    conda:
        "../../envs/waves.yaml"
    resources:
        **needs(1000),
    params:
        **common(settings=section(SM21_INFERENCE)),
    script:
        "../scripts/spurio_mancini2021/observation.py"


rule spurio_mancini2021_location:
    "Posterior of the position by nested sampling with emulators (section 3.2.2)."
    input:
        observation=f"{SM21_RESULTS}/observation.nc",
        traces=SM21_LOCATED,
        emulators=expand(
            f"{SM21_RESULTS}/emulators/{{receiver}}/{{{{emulator}}}}_0.safetensors",
            receiver=SM21_INFERENCE.receivers,
        ),
    output:
        f"{SM21_RESULTS}/posteriors/waveform_{{emulator}}_{{likelihood}}.nc",
    log:
        "logs/spurio_mancini2021/location_{emulator}_{likelihood}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/location_{emulator}_{likelihood}.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(4000, 240),
    params:
        **common(settings=section(SM21_INFERENCE), **SM21_SPLIT),
        sampler=lambda wildcards: (
            SM21_INFERENCE.rival_sampler
            if wildcards.emulator == SM21_INFERENCE.rival
            else SM21_INFERENCE.sampler
        ),
    script:
        "../scripts/spurio_mancini2021/location.py"


rule spurio_mancini2021_edt:
    "Posterior of the position by arrival times (section 3.3)."
    input:
        observation=f"{SM21_RESULTS}/observation.nc",
        times=f"{SM21_RESULTS}/travel_times.nc",
    output:
        f"{SM21_RESULTS}/posteriors/arrivals_{{arrivals}}.nc",
    log:
        "logs/spurio_mancini2021/{arrivals}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/{arrivals}.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(settings=section(SM21_INFERENCE)),
    script:
        "../scripts/spurio_mancini2021/edt.py"


rule spurio_mancini2021_solver_posterior:
    "Posterior of the position by the solver's own wave fields, without any emulator."
    input:
        observation=f"{SM21_RESULTS}/observation.nc",
        boxes=SM21_BOXES,
    output:
        f"{SM21_RESULTS}/posteriors/solver.nc",
    log:
        "logs/spurio_mancini2021/solver_posterior.log",
    benchmark:
        "benchmarks/spurio_mancini2021/solver_posterior.tsv"
    conda:
        "../../envs/simulate.yaml"
    resources:
        **needs(2000, 60),
    params:
        **common(),
    script:
        "../scripts/spurio_mancini2021/solver_posterior.py"


rule spurio_mancini2021_calibration:
    "Held-out events located with each likelihood: where the true positions fall."
    input:
        observation=f"{SM21_RESULTS}/observation.nc",
        traces=SM21_LOCATED,
        emulators=expand(
            f"{SM21_RESULTS}/emulators/{{receiver}}/{{{{emulator}}}}_0.safetensors",
            receiver=SM21_INFERENCE.receivers,
        ),
    output:
        f"{SM21_RESULTS}/calibration/{{emulator}}.nc",
    log:
        "logs/spurio_mancini2021/calibration_{emulator}.log",
    benchmark:
        "benchmarks/spurio_mancini2021/calibration_{emulator}.tsv"
    conda:
        "../../envs/infer.yaml"
    resources:
        **needs(4000, 240),
    params:
        **common(settings=section(SM21.calibration), **SM21_SPLIT),
    script:
        "../scripts/spurio_mancini2021/calibration.py"


FIGURES["spurio_mancini2021"] |= {
    "table2": figure(
        "Mean and 68 per cent intervals of the position by each method, beside the paper's (Table 2).",
        to=f"{SM21_RESULTS}/table2.csv",
        env="train",
        params=dict(
            names=list(SM21_POSTERIORS),
            rival=f"{SM21_INFERENCE.rival}, noise",
            main=f"{SM21_INFERENCE.emulator}, noise",
        ),
        observation=f"{SM21_RESULTS}/observation.nc",
        posteriors=list(SM21_POSTERIORS.values()),
    ),
    "calibration_table": figure(
        "Coverage and location error of each emulator and likelihood.",
        place="Calibration, table",
        to=f"{SM21_RESULTS}/calibration.csv",
        params=dict(names=list(SM21_CALIBRATIONS)),
        calibrations=list(SM21_CALIBRATIONS.values()),
    ),
    "fig09": figure(
        "Noisy traces at the receivers, and where these are (Figure 9).",
        observation=f"{SM21_RESULTS}/observation.nc",
    ),
    "fig10": figure(
        "Position by the paper's emulator and by Das et al. 2018 (Figure 10).",
        script="corner",
        params=dict(title="Figure 10", names=[SM21_INFERENCE.rival, SM21_INFERENCE.emulator]),
        observation=f"{SM21_RESULTS}/observation.nc",
        posteriors=[SM21_RIVAL, SM21_MAIN],
    ),
    "fig11": figure(
        "Position by the paper's emulator and by arrival times (Figure 11).",
        script="corner",
        params=dict(
            title="Figure 11",
            names=[
                "EDT",
                *["known origin time"] * len(SM21_ORIGIN),
                SM21_INFERENCE.emulator,
            ],
        ),
        observation=f"{SM21_RESULTS}/observation.nc",
        posteriors=[
            f"{SM21_RESULTS}/posteriors/arrivals_edt_all.nc",
            *SM21_ORIGIN,
            SM21_MAIN,
        ],
    ),
    "solver_figure": figure(
        "Position by the solver itself and by emulators, with and without their errors.",
        wanted=bool(SM21_BOXES),
        place="Beyond: the solver's posterior",
        to="figures/spurio_mancini2021/solver.png",
        script="corner",
        params=dict(title="The solver's posterior", names=["solver", *SM21_BEYOND]),
        observation=f"{SM21_RESULTS}/observation.nc",
        posteriors=[f"{SM21_RESULTS}/posteriors/solver.nc", *SM21_BEYOND.values()],
    ),
    "calibration_figure": figure(
        "Coverage of credible regions, and location errors beside their stated size.",
        place="Beyond: calibration",
        to="figures/spurio_mancini2021/calibration.png",
        params=dict(names=list(SM21_CALIBRATIONS)),
        calibrations=list(SM21_CALIBRATIONS.values()),
    ),
}
