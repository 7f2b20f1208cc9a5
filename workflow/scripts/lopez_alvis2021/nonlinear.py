"""Inversions with shortest paths, one starting point per truth (Figure 10)."""

from latentearth import io, job, provenance
from latentearth.networks import generators, shipped
from latentearth.samplers import latent_runs, surveys
from latentearth.samplers.latent_descent import Descent

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    s = p.settings
    generator = generators.load(given.weights, given.card)
    truths = io.read_dataset(given.truths).sel(truth=s["truths"])
    data = io.read_dataset(given.data).sel(truth=s["truths"])
    times = data.times.sel(operator="curved").values + p.noise * data.noise.values
    descent = {key: value for key, value in s["descent"].items() if key != "network"}
    starts = latent_runs.starting_points(generator.kind, generator.latent, 1, p.seed)
    if given.starts:
        starts = latent_runs.published_starts(given.starts, generator.latent, 1)
    found = latent_runs.invert_truths(
        generator,
        surveys.curved(p.survey, s, given.survey or None, threads),
        tuple(p.velocities),
        times,
        starts,
        Descent(**descent, iterations=s["iterations"]),
        s["truths"],
        p.seed,
        models=truths.model.values,
        half=p.precision == "bfloat16",
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=50,
        identity=shipped.checksum(given.weights),
        label="nonlinear inversion",
    )
    settings = {"settings": s, "noise": p.noise, "precision": p.precision}
    attributes = provenance.attributes("Nonlinear inversions", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    latent_runs.forget(checkpoint)
