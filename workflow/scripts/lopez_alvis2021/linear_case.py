"""All inversions of one case of Table 1 with straight rays, all truths and starting points."""

from latentearth import io
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators, weights
from support import crosshole as runs
from support import job, provenance
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    device = device(p.device)
    generator = generators.load(given.weights, given.card, device)
    truths = io.read_dataset(given.truths).sel(truth=p.runs["truths"])
    data = io.read_dataset(given.data).sel(truth=p.runs["truths"])
    times = data.times.sel(operator="straight").values + p.noise * data.noise.values
    count = runs.starts_of(p.runs, snakemake.wildcards.case)
    starts = runs.starting_points(generator, count, p.seed, given.starts)
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.straight(runs.survey(p.survey, given.survey), device),
        tuple(p.velocities),
        times,
        starts,
        settings=runs.descent(p.case, p.runs["iterations"]),
        names=p.runs["truths"],
        streams=runs.streams(p.seed, p.runs["truths"], len(starts)),
        models=truths.model.values,
        products=p.products,
        group=p.group,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.file_checksum(given.weights),
        device=device,
        label=snakemake.wildcards.case,
    )
    settings = {"case": p.case, "runs": p.runs, "noise": p.noise, "products": p.products}
    title = f"Linear inversions, {snakemake.wildcards.case}"
    attributes = provenance.attributes(title, settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes | {"device": job.hardware(device)})
    job.remove_checkpoints(f"{checkpoint}.*", snakemake.input)
