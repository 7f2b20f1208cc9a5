"""Inversions with shortest paths, one starting point per truth (Figure 10)."""

from latentearth import io
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators, weights
from support import crosshole as runs
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    s = p.settings
    generator = generators.load(given.weights, given.card)
    truths = io.read_dataset(given.truths).sel(truth=s["truths"])
    data = io.read_dataset(given.data).sel(truth=s["truths"])
    times = data.times.sel(operator="curved").values + p.noise * data.noise.values
    survey = runs.survey(p.survey, given.survey)
    starts = runs.starting_points(generator, 1, p.seed, given.starts)
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.curved(survey, s["secondary"], s["engine"], threads),
        tuple(p.velocities),
        times,
        starts,
        settings=runs.descent(s["descent"], s["iterations"]),
        names=s["truths"],
        streams=runs.streams(p.seed, s["truths"], len(starts)),
        models=truths.model.values,
        products=p.products,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=50,
        identity=weights.file_checksum(given.weights),
        label="nonlinear inversion",
    )
    settings = {"settings": s, "noise": p.noise, "products": p.products}
    attributes = provenance.attributes("Nonlinear inversions", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    job.remove_checkpoints(f"{checkpoint}.*", snakemake.input)
