"""Posteriors in the latent space of the VAE: the truths, and truths that no network has seen."""

import numpy as np

from latentearth import io, seeds
from latentearth.inversion import crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.latent_posteriors import LatentInversion, Predictions, costs, recode

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, s = snakemake.params, snakemake.input, snakemake.params.settings
    velocities, stream = tuple(p.velocities), seeds.stream(p.seed, "lopez_alvis2021", "posterior")
    rng = np.random.default_rng(stream)
    vae = generators.load(given.weights, given.card)
    encoder = generators.load_encoder(given.weights, given.card)
    operator = crosshole_survey.straight(runs.survey(p.survey, given.survey))
    recoded = recode(io.read_dataset(given.image), vae, encoder, s["learned"], rng)
    error = recoded.error(operator, velocities, p.noise)
    invert = LatentInversion(vae, recoded.prior(), operator, velocities, p.products, s)
    predict = Predictions(recoded, operator, velocities, p.noise)
    truths, data = io.read_dataset(given.truths).model, io.read_dataset(given.data)
    new = io.read_dataset(given.new).true_model.values[: s["events"]]
    noise = p.noise * rng.standard_normal((len(new), len(data.datum)))
    first = data.times.sel(operator="straight").values + p.noise * data.noise.values
    second = crosshole_survey.times(operator, new, velocities) + noise
    streams = stream.spawn(3)
    rng = np.random.default_rng(streams[2])
    files = snakemake.output.truths, snakemake.output.events
    names = truths.truth.values, np.arange(len(new))
    attributes = provenance.attributes(
        "Latent posteriors", {"settings": s, "noise": p.noise}, p.seed, p.scale
    )
    for k, (true, observed) in enumerate(((truths.values, first), (new, second))):
        drawn = invert(observed, error, streams[k])
        found = predict(invert.models(drawn), true, observed, s["shown"], rng)
        found = found.assign(costs(drawn)).assign_coords(truth=names[k])
        io.write_dataset(files[k], found, attributes)
