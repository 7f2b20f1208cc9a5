"""Priors of models side by side: the networks', and two laws of the VAE's codes."""

import numpy as np

from latentearth import io, seeds
from latentearth.earth import training_images
from latentearth.generators.flow_matching import FlowTraining
from latentearth.generators.mapped import fit_flow
from latentearth.inversion import crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.code_laws import one_start, prior_rows, runs_by_law, two_facies
from support.latent_posteriors import learn_inversion, recode
from support.settings import take

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, s = snakemake.params, snakemake.input, snakemake.params.settings
    velocities, name = tuple(p.velocities), ("lopez_alvis2021", "priors")
    of_image, of_codes, of_flow, of_samples = seeds.stream(p.seed, *name).spawn(4)
    rng = np.random.default_rng(of_codes)
    vae = generators.load(given.vae, given.vae_card)
    encoder = generators.load_encoder(given.vae, given.vae_card)
    operator = crosshole_survey.straight(runs.survey(p.survey, given.survey))
    recoded = recode(io.read_dataset(given.image), vae, encoder, s["encoded"], rng)
    normal = learn_inversion(vae, recoded, operator, velocities, p.noise, rng)
    flow = normal.by(fit_flow(recoded.codes, of_flow, take(FlowTraining, s["law"])))
    inversions = {"codes_normal": normal, "codes_flow": flow}

    image = training_images.read_training_image(given.image)
    crops = image.training_crops(s["samples"], np.random.default_rng(of_image))
    drawn = {"vae": vae, "sgan": generators.load(given.sgan, given.sgan_card)}
    samples = {key: one.samples(s["samples"], of_samples) for key, one in drawn.items()}
    samples |= {key: two_facies(i, s["samples"], of_samples) for key, i in inversions.items()}
    samples["crops"] = crops

    truths, data = io.read_dataset(given.truths).model, io.read_dataset(given.data)
    observed = data.times.sel(operator="straight").values + p.noise * data.noise.values
    new = io.read_dataset(given.new).true_model.values[: s["events"]]
    recorded = crosshole_survey.times(operator, new, velocities)
    recorded = recorded + p.noise * rng.standard_normal(recorded.shape)
    methods = runs.regularized_methods(p.regularized, velocities)
    found = runs.without_network(methods, operator, recorded, p.noise, velocities)
    made = {key: one_start(invert, new, recorded, rng) for key, invert in inversions.items()}
    found |= {key: (one.model.values[:, 0], float(one.cpu_s)) for key, one in made.items()}
    rows = prior_rows(samples, found, new, recorded, normal)

    result = runs_by_law(inversions, truths, observed, rng)
    shown = np.stack([models[: s["shown"]] for models in samples.values()])
    result["sample_model"] = ("prior", "sample", "z", "x"), shown, {"units": "1"}
    result = result.assign_coords(prior=list(samples))
    about = {"settings": s, "noise": p.noise}
    attributes = provenance.attributes("Priors side by side", about, p.seed, p.scale)
    io.write_dataset(snakemake.output.runs, result, attributes)
    io.write_table(snakemake.output.table, rows, attributes)
