"""With and without a learned prior where data are few or bad: truths that no network has seen."""

import time

import numpy as np

from latentearth import io, seeds
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.tables.lopez_alvis2021_methods import scores

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, velocities = snakemake.params, snakemake.input, tuple(snakemake.params.velocities)
    s = p.settings
    truths = io.read_dataset(given.truths).true_model.values[: s["truths"]]
    generator = generators.load(given.weights, given.card)
    methods = runs.regularized_methods(p.regularized, velocities)
    del methods["damping"]
    names = [str(number) for number in range(len(truths))]
    rows = []
    for scenario, about in s["scenarios"].items():
        survey = runs.survey(p.survey | {k: about[k] for k in ("every", "last")})
        operator = crosshole_survey.straight(survey)
        rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "errors", scenario))
        errors = runs.data_errors(survey.straight, len(truths), about["correlated"], rng)
        times = crosshole_survey.times(operator, truths, velocities) + about["noise"] * errors
        found = {}
        for name, method in methods.items():
            clock, error = time.process_time(), max(about["noise"], p.regularized["least_error"])
            slownesses = method(operator.lengths, truths.shape[1:], times, error)
            seconds = (time.process_time() - clock) / len(truths)
            models = crosshole_survey.facies(slownesses, velocities)
            found[name] = models, slownesses @ operator.lengths.T, seconds
        case = p.case | {"batch": min(p.case["batch"], times.shape[1])}
        inverted = crosshole.invert_truths(
            generator,
            operator,
            velocities,
            times.astype(np.float32),
            runs.starting_points(generator, 1, p.seed),
            settings=runs.descent(case, s["iterations"]),
            names=names,
            streams=runs.streams(p.seed, [f"{scenario} {name}" for name in names], 1),
            models=truths,
            products=p.products,
            label=scenario,
        )
        models = inverted.model.values[:, 0]
        recorded = crosshole_survey.times(operator, models, velocities)
        found["VAE"] = models, recorded, float(inverted.cpu_s)
        place = {"scenario": scenario, "data": times.shape[1], "noise_ns": about["noise"]}
        place |= {"correlated": int(about["correlated"]), "deepest_m": about["last"]}
        for name, (models, recorded, seconds) in found.items():
            for row in scores(models, truths, recorded, times):
                rows.append(place | {"method": name} | row | {"cpu_s": seconds})
    attributes = provenance.attributes("Fewer and worse data", {"settings": s}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes)
