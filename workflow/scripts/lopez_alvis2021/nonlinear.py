"""Inversions with shortest paths, one starting point per truth (Figure 10)."""

from latentearth import io
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.networks import generators, weights
from support import job, provenance, published_files

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    s = p.settings
    generator = generators.load(given.weights, given.card)
    truths = io.read_dataset(given.truths).sel(truth=s["truths"])
    data = io.read_dataset(given.data).sel(truth=s["truths"])
    times = data.times.sel(operator="curved").values + p.noise * data.noise.values
    descent = {key: value for key, value in s["descent"].items() if key != "network"}
    starts = crosshole.starting_points(generator.kind, generator.latent, 1, p.seed)
    if given.starts:
        starts = published_files.starts(given.starts, generator.latent, 1)
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.curved(p.survey, s, given.survey or None, threads),
        tuple(p.velocities),
        times,
        starts,
        Descent(**descent, iterations=s["iterations"]),
        s["truths"],
        p.seed,
        models=truths.model.values,
        products=p.products,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=50,
        identity=weights.checksum(given.weights),
        label="nonlinear inversion",
    )
    settings = {"settings": s, "noise": p.noise, "products": p.products}
    attributes = provenance.attributes("Nonlinear inversions", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    crosshole.remove_checkpoints(checkpoint)
