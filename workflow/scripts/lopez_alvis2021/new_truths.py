"""Inversions of crops that no network has seen: what the VAE itself adds (beyond the paper)."""

import numpy as np
import torch

from latentearth import io, seeds
from latentearth.earth import crops
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.networks import generators, weights
from support import job, provenance
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    s, device = p.settings, device(p.device)
    image = io.read_dataset(given.image)
    corners = zip(image.truth_row.values, image.truth_column.values, strict=True)
    rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "new truths"))
    where = crops.held_out_positions(
        image.facies.shape, int(image.attrs["held_out_rows"]), s["count"], rng, corners
    )
    models = crops.cut(image.facies.values, where).astype(np.float32)
    generator = generators.load(given.weights, given.card, device)
    encoder = generators.load_encoder(given.weights, given.card, device)
    with torch.no_grad():
        decoded = generator(encoder(torch.from_numpy(models).to(device))[0]).cpu().numpy()
    operator = crosshole_survey.straight(p.survey, given.survey or None)
    times = crosshole_survey.times(operator, models, p.velocities)
    floor = crosshole_survey.times(operator, decoded, p.velocities)
    found = crosshole.invert_truths(
        generator,
        crosshole_survey.straight(p.survey, given.survey or None, device),
        tuple(p.velocities),
        times,
        crosshole.starting_points(generator.kind, generator.latent, s["starts"], p.seed),
        Descent(**{k: v for k, v in p.case.items() if k != "network"}, iterations=s["iterations"]),
        [f"new {place}" for place in where],
        p.seed,
        models=models,
        products=p.products,
        group=p.group,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.checksum(given.weights),
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
    crosshole.remove_checkpoints(checkpoint)
