"""With and without a learned prior where data are few or bad: truths that no network has seen."""

import time

import numpy as np

from latentearth import io, seeds
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.latent_posteriors import learn_inversion, recode
from support.tables.lopez_alvis2021_methods import scores

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, s = snakemake.params, snakemake.input, snakemake.params.settings
    velocities, rows = tuple(p.velocities), []
    truths = io.read_dataset(given.truths).true_model.values[: s["truths"]]
    vae = generators.load(given.weights, given.card)
    encoder = generators.load_encoder(given.weights, given.card)
    rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "data table"))
    recoded = recode(io.read_dataset(given.image), vae, encoder, p.posterior["learned"], rng)
    methods = runs.regularized_methods(p.regularized, velocities)
    for scenario, about in s["scenarios"].items():
        own = seeds.stream(p.seed, "lopez_alvis2021", "data table", scenario)
        survey = runs.scenario_survey(p.survey, about, p.seed)
        operator = crosshole_survey.straight(survey)
        errors = runs.data_errors(survey.straight, len(truths), about["correlated"], rng)
        times = crosshole_survey.times(operator, truths, velocities) + about["noise"] * errors
        error = max(about["noise"], p.regularized["least_error"])
        found = runs.without_network(methods, operator, times, error, velocities)
        inverted = crosshole.invert_truths(
            vae,
            operator,
            velocities,
            times.astype(np.float32),
            runs.starting_points(vae, 1, p.seed),
            settings=runs.descent(p.case | {"batch": min(25, times.shape[1])}, s["iterations"]),
            names=[str(number) for number in range(len(truths))],
            streams=own.spawn(len(truths)),
            models=truths,
            products=p.products,
            label=scenario,
        )
        models, clock = inverted.model.values[:, 0], time.process_time()
        found["VAE"] = models, float(inverted.cpu_s)
        if about["posterior"]:
            draws = np.random.default_rng(own)
            invert = learn_inversion(vae, recoded, operator, velocities, error, draws)
            means = invert.means(invert(times)[0], draws)
            seconds = (time.process_time() - clock) / len(truths)
            found["VAE, posterior mean"] = means, seconds
        place = runs.place_of(scenario, about) | {"data": times.shape[1]}
        for name, (models, seconds) in found.items():
            recorded = crosshole_survey.times(operator, models, velocities)
            for row in scores(models, truths, recorded, times):
                rows.append(place | {"method": name} | row | {"cpu_s": seconds})
    attributes = provenance.attributes("Fewer and worse data", {"settings": s}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes)
