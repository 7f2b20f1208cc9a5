"""Recover a target from its effective medium by annealing in the space of a prior of images."""

from pathlib import Path

from latentearth import checkpoints, io, seeds
from latentearth.images import pixels
from latentearth.inversion.image_priors import Observation, bank_of, image_posterior
from latentearth.samplers.population_annealing import PopulationAnnealing
from latentearth.samplers.tries import best_of_tries
from support import job, provenance
from support.homogenization import homogenization
from support.image_priors import image_prior
from support.recovery import runs_dataset
from support.settings import take

BY_CHANCE = 1e-4  # that the true image fits worse, by errors alone

with job.logged(snakemake.log[0], snakemake.threads):
    p, w, s = snakemake.params, snakemake.wildcards, snakemake.params.settings
    stream = ("santos2024", "recovery", w.prior, w.get("waves", "foreign"), int(w.target))
    data, bank = (io.read_dataset(snakemake.input[name]) for name in ("observed", "bank"))
    waves, target = float(data.waves), int(w.target)
    prior = image_prior(w.prior, p, snakemake.input)
    observation = Observation(data.observed.values[target], data.sigma_o.values)
    posterior = image_posterior(
        prior,
        observation,
        homogenization(p.stirring["size"], waves, p),
        homogenization(s["coarse"]["size"], waves, p),
        bank.coarse_error.values,
        checkpoints.fingerprint(observation, waves, p.iterations, p.black, p.white),
    )
    known = bank_of(bank.position.values, observation.log_likelihood(bank.medium.values))
    output, runs, images = Path(snakemake.output[0]), [], []
    for k in range(p.seeds):
        seed, file = seeds.stream(p.seed, *stream, k), Path(f"{output}.checkpoint_{k}")
        sampler, least = take(PopulationAnnealing, s["sampler"]), observation.least(BY_CHANCE)
        how = {"least": least, "tries": p.tries, "checkpoint": file}
        runs.append(best_of_tries(sampler, posterior, known, seed, **how))
        chosen = pixels.thin(runs[-1].position, s["images"])
        images.append(pixels.pixel_statistics(prior.images, chosen)[:2])
        print(f"seed {k}: log evidence {runs[-1].log_evidence:.1f}")
    result = runs_dataset(runs, images)
    if "medium" in data:
        of_truth = observation.log_likelihood(data.medium.values[target])
        result["log_likelihood_of_truth"] = (), of_truth, {"units": "1"}
    about = provenance.attributes(f"Recovery by {w.prior}", s, p.seed, p.scale)
    io.write_dataset(output, result, about)
    job.remove_checkpoints(f"{output}.checkpoint*", snakemake.input)
