"""Posteriors in the latent space of the VAE: the truths, and truths that no network has seen."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.latent_posteriors import LatentInversion, posteriors, recode

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
    streams = dict(zip(("truths", "covariance", "variances"), stream.spawn(3), strict=True))
    drawn = invert(first, error, streams["truths"])
    names = list(truths.truth.values)
    found = posteriors(vae, drawn, truths.values, names, s["shown"])
    settings = {"settings": s, "noise": p.noise}
    attributes = provenance.attributes("Latent posteriors", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output.truths, found, attributes)
    likelihoods = {"covariance": error, "variances": error.independent()}
    scored = [
        posteriors(vae, invert(second, one, streams[name]), new, range(len(new)), 1)
        for name, one in likelihoods.items()
    ]
    scored = xr.concat(scored, xr.Variable("likelihood", list(likelihoods)))
    io.write_dataset(snakemake.output.events, scored.drop_vars("sample_model"), attributes)
