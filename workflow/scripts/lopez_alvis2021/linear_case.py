"""All inversions of one case of Table 1 with straight rays, all truths and starting points."""

from latentearth import io, job, provenance
from latentearth.networks import generators, shipped
from latentearth.samplers import latent_runs, surveys
from latentearth.samplers.latent_descent import Descent
from latentearth.training.gans import pick_device

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    device = pick_device(p.device)
    generator = generators.load(given.weights, given.card, device)
    truths = io.read_dataset(given.truths).sel(truth=p.runs["truths"])
    data = io.read_dataset(given.data).sel(truth=p.runs["truths"])
    times = data.times.sel(operator="straight").values + p.noise * data.noise.values
    case = {key: value for key, value in p.case.items() if key != "network"}
    starts = latent_runs.starting_points(generator.kind, generator.latent, p.runs["starts"], p.seed)
    if given.starts:
        starts = latent_runs.published_starts(given.starts, generator.latent, p.runs["starts"])
    found = latent_runs.invert_truths(
        generator,
        surveys.straight(p.survey, given.survey or None, device),
        tuple(p.velocities),
        times,
        starts,
        Descent(**case, iterations=p.runs["iterations"]),
        p.runs["truths"],
        p.seed,
        models=truths.model.values,
        half=p.precision == "bfloat16",
        group=p.group,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=shipped.checksum(given.weights),
        device=device,
        label=snakemake.wildcards.case,
    )
    settings = {"case": p.case, "runs": p.runs, "noise": p.noise, "precision": p.precision}
    title = f"Linear inversions, {snakemake.wildcards.case}"
    attributes = provenance.attributes(title, settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes | {"device": job.hardware(device)})
    latent_runs.forget(checkpoint)
