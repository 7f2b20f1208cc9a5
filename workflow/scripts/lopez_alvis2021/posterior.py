"""Posteriors in the latent space of the VAE: the truths, and truths that no network has seen."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.latent_posteriors import PLACES, LatentInversion, posteriors, predicted, recode

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, s = snakemake.params, snakemake.input, snakemake.params.settings
    velocities, stream = tuple(p.velocities), seeds.stream(p.seed, "lopez_alvis2021", "posterior")
    rng = np.random.default_rng(stream)
    vae = generators.load(given.weights, given.card)
    encoder = generators.load_encoder(given.weights, given.card)
    operator = crosshole_survey.straight(runs.survey(p.survey, given.survey))
    recoded = recode(io.read_dataset(given.image), vae, encoder, s["learned"], rng)
    error = recoded.error(operator, velocities, p.noise)
    truths, data = io.read_dataset(given.truths).model, io.read_dataset(given.data)
    new = io.read_dataset(given.new).true_model.values[: s["events"]]
    noise = p.noise * rng.standard_normal((len(new), len(data.datum)))
    first = data.times.sel(operator="straight").values + p.noise * data.noise.values
    second = crosshole_survey.times(operator, new, velocities) + noise
    invert = LatentInversion(vae, operator, velocities, p.products, s)
    streams = stream.spawn(3)
    drawn = invert(first, error, streams[0])
    names = list(truths.truth.values)
    found = posteriors(vae, drawn, truths.values, names, s["shown"])
    settings = {"settings": s, "noise": p.noise}
    attributes = provenance.attributes("Latent posteriors", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output.truths, found, attributes)
    drawn = invert(second, error, streams[1])
    rng = np.random.default_rng(streams[2])
    of = {"residuals": (recoded, invert.models(drawn))}
    mean = recoded.averaged()
    of["covariance"] = mean, np.broadcast_to(mean.decoded[0], (len(new), 1, *new.shape[1:]))
    events = posteriors(vae, drawn, new, range(len(new)), 1).drop_vars("sample_model")
    scored = {"codes": events[PLACES]}
    for name, (learned, models) in of.items():
        added = learned.model_error(operator, velocities, p.noise)
        recorded = [crosshole_survey.times(operator, each, velocities) for each in models]
        scored[name] = predicted(models, new, second, recorded, error=added, rng=rng)
    among = xr.concat(scored.values(), xr.Variable("prediction", list(scored)))
    events = events.drop_vars(PLACES).merge(among)
    io.write_dataset(snakemake.output.events, events, attributes)
