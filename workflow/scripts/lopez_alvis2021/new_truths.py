"""Inversions of crops that no network has seen: what the VAE itself adds (beyond the paper)."""

import numpy as np
import torch

from latentearth import io, seeds
from latentearth.earth import crops
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators, weights
from support import crosshole as runs
from support import job, provenance
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    s, device = p.settings, device(p.device)
    image = io.read_dataset(given.image)
    corners = zip(image.truth_row.values, image.truth_column.values, strict=True)
    rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "new truths"))
    where = crops.held_out_corners(
        image.facies.shape, int(image.attrs["held_out_rows"]), s["count"], rng, corners
    )
    models = crops.cut(image.facies.values, where).astype(np.float32)
    generator = generators.load(given.weights, given.card, device)
    encoder = generators.load_encoder(given.weights, given.card, device)
    with torch.no_grad():
        decoded = generator(encoder(torch.from_numpy(models).to(device))[0]).cpu().numpy()
    survey = runs.survey(p.survey, given.survey)
    operator = crosshole_survey.straight(survey)
    times = crosshole_survey.times(operator, models, p.velocities)
    floor = crosshole_survey.times(operator, decoded, p.velocities)
    starts = runs.starting_points(generator, s["starts"], p.seed)
    names = [f"new {place}" for place in where]
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.straight(survey, device),
        tuple(p.velocities),
        times,
        starts,
        settings=runs.descent(p.case, s["iterations"]),
        names=names,
        streams=runs.streams(p.seed, names, len(starts)),
        models=models,
        products=p.products,
        group=p.group,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.file_checksum(given.weights),
        device=device,
        label="new truths",
    )
    rms = np.sqrt(((floor - times) ** 2).mean(1))
    found["threshold"] = ("truth", rms, {"units": "ns"})
    error = np.sqrt(((decoded - models) ** 2).mean((1, 2)))
    found["encoded_error"] = ("truth", error, {"units": "1"})
    found["true_model"] = (("truth", "z", "x"), models, {"units": "1"})
    attributes = provenance.attributes("New truths", {"settings": s}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    job.remove_checkpoints(f"{checkpoint}.*", snakemake.input)
