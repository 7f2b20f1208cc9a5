"""Train a small VAE on crops of the training image, with an alpha and a beta of its own."""

import json
from pathlib import Path

import numpy as np

from latentearth import seeds
from latentearth.earth import training_images
from latentearth.networks import generators, weights
from latentearth.training import scores, variational
from support import job, provenance
from support.devices import device
from support.settings import take

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    name, start = snakemake.wildcards.pair, snakemake.input.start
    image = training_images.read_training_image(snakemake.input.image)
    own = {"width": s["width"], "steps": s["steps"] if start else s["first_steps"]}
    settings = take(variational.VariationalTraining, p.vae | own | {"products": "float32"})
    crop_seed, seed = seeds.stream(p.seed, "lopez_alvis2021", "trade-off", name).spawn(2)
    device, positions = device(p.device), image.training_corners()
    batches = variational.CropBatches(image.facies, positions, settings.batch, crop_seed, device)
    checkpoint = Path(out.weights).with_suffix(".checkpoint")
    first = generators.load_vae(start, settings.latent, s["width"]) if start else None
    run = batches, settings, seed, device, checkpoint, f"training {name}", first
    encoder, decoder, history = variational.train_variational(*run)
    streams = [seeds.stream(p.seed, "lopez_alvis2021", "scores", n) for n in ("crops", "e")]
    unseen = image.held_out_crops(p.crops, np.random.default_rng(streams[0]))
    card = provenance.attributes("Small VAE", p.vae | own, p.seed, p.scale) | {
        "architecture": "vae",
        "latent": settings.latent,
        "width": s["width"],
        "alpha": settings.alpha,
        "beta": settings.beta,
        "parameters": encoder.parameter_count() + decoder.parameter_count(),
        "training_image": json.loads(image.origin),
        "first_steps": s["first_steps"],
        "steps": settings.steps,
        "samples": (s["first_steps"] * bool(start) + settings.steps) * settings.batch,
        "held_out": scores.score_vae(encoder, decoder, unseen, streams[1], settings.alpha),
        "training_seconds": history.seconds,
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"encoder": encoder, "decoder": decoder}, out.card, card)
    job.remove_checkpoints(checkpoint, snakemake.input)
