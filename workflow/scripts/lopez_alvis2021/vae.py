"""Train the variational autoencoder on crops of the training image (section 3.1)."""

import json
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth import training_images
from latentearth.networks import generators, weights
from latentearth.training import scores, variational
from support import job, provenance
from support.devices import device

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    image = training_images.read_training_image(snakemake.input.image)
    names = variational.VariationalTraining.__dataclass_fields__
    settings = variational.VariationalTraining(**{k: v for k, v in s.items() if k in names})
    crop_seed, seed = seeds.stream(p.seed, "lopez_alvis2021", "vae").spawn(2)
    device = device(p.device)
    positions = image.training_corners()
    batches = variational.CropBatches(image.facies, positions, settings.batch, crop_seed, device)
    checkpoint = Path(out.weights).with_suffix(".checkpoint")
    start = generators.load_vae(snakemake.input.start, settings.latent) if s["start"] else None
    run = batches, settings, seed, device, checkpoint, "training VAE", start
    encoder, decoder, history = variational.train_variational(*run)
    streams = [seeds.stream(p.seed, "lopez_alvis2021", "scores", n) for n in ("crops", "e")]
    unseen = image.held_out_crops(p.crops, np.random.default_rng(streams[0]))
    found = scores.score_vae(encoder, decoder, unseen, streams[1], settings.alpha)
    attributes = provenance.attributes("VAE", s, p.seed, p.scale)
    card = attributes | {
        "architecture": "vae",
        "latent": settings.latent,
        "parameters": encoder.parameter_count() + decoder.parameter_count(),
        "generator_parameters": decoder.parameter_count(),
        "training_image": json.loads(image.origin),
        "started_from": s["start"] or "random weights",
        "training_positions": len(positions),
        "steps": settings.steps,
        "samples": settings.steps * settings.batch,
        "last_error": history.losses["error"][-1],
        "last_divergence": history.losses["divergence"][-1] / settings.latent,
        "held_out": found,
        "training_seconds": history.seconds,
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"encoder": encoder, "decoder": decoder}, out.card, card)
    per_sample = {"units": "1"}, {"units": "nat"}
    variables = {
        "error": ("step", history.losses["error"], per_sample[0]),
        "divergence": ("step", history.losses["divergence"], per_sample[1]),
    }
    history_dataset = xr.Dataset(variables, {"step": history.steps})
    io.write_dataset(out.history, history_dataset, attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
