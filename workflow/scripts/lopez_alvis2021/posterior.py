"""Posteriors in the latent space of the VAE: the truths, and truths that no network has seen."""

import numpy as np

from latentearth import io, seeds
from latentearth.inversion import crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.latent_posteriors import alike, learn_inversion, learn_predictions, recode

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, s = snakemake.params, snakemake.input, snakemake.params.settings
    velocities, stream = tuple(p.velocities), seeds.stream(p.seed, "lopez_alvis2021", "posterior")
    rng = np.random.default_rng(stream)
    vae = generators.load(given.weights, given.card)
    encoder = generators.load_encoder(given.weights, given.card)
    operator = crosshole_survey.straight(runs.survey(p.survey, given.survey))
    image = io.read_dataset(given.image)
    recoded = recode(image, vae, encoder, s["learned"], rng)
    invert = learn_inversion(vae, recoded, operator, velocities, p.noise, rng)
    truths, data = io.read_dataset(given.truths).model, io.read_dataset(given.data)
    new = io.read_dataset(given.new).true_model.values[: s["events"]]
    further = alike(image, s["inverted"], rng).astype(np.float32)
    first = data.times.sel(operator="straight").values + p.noise * data.noise.values
    second, third = (
        crosshole_survey.times(operator, each, velocities)
        + p.noise * rng.standard_normal((len(each), len(data.datum)))
        for each in (new, further)
    )
    predict = learn_predictions(recoded, invert, further, third)
    names = truths.truth.values, np.arange(len(new))
    files = snakemake.output.truths, snakemake.output.events
    attributes = provenance.attributes(
        "Latent posteriors", {"settings": s, "noise": p.noise}, p.seed, p.scale
    )
    for k, (true, observed) in enumerate(((truths.values, first), (new, second))):
        found = predict(true, observed, s["shown"], rng).assign_coords(truth=names[k])
        io.write_dataset(files[k], found, attributes)
