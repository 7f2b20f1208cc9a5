"""Train the variational autoencoder on crops of the training image (section 3.1)."""

import json
from pathlib import Path

import xarray as xr

from latentearth import io, seeds
from latentearth.earth import training_images
from latentearth.networks import generators, weights
from latentearth.training import variational
from support import job, provenance
from support.devices import device
from support.settings import take
from support.vae_learning import Before, scores_of

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    image = training_images.read_training_image(snakemake.input.image)
    before = Before(snakemake.input.start or None, json.loads(image.origin))
    settings = take(variational.VariationalTraining, s)
    # a training that goes on with the same image sees other crops than the one before
    names = ["vae", str(before.samples)] if before.samples else ["vae"]
    crop_seed, seed = seeds.stream(p.seed, "lopez_alvis2021", *names).spawn(2)
    device, positions = device(p.device), image.training_corners()
    batches = variational.CropBatches(image.facies, positions, settings.batch, crop_seed, device)
    checkpoint = Path(out.weights).with_suffix(".checkpoint")
    start = generators.load_vae(snakemake.input.start, settings.latent) if s["start"] else None
    score = scores_of(image, p, settings.alpha, snakemake.input.truths)
    curve = variational.LearningCurve(score, s["score_every"])
    run = batches, settings, seed, device, checkpoint, "training VAE", start
    encoder, decoder, history = variational.train_variational(*run, curve=curve)
    attributes = provenance.attributes("VAE", s, p.seed, p.scale)
    card = attributes | {
        "architecture": "vae",
        "latent": settings.latent,
        "parameters": encoder.parameter_count() + decoder.parameter_count(),
        "generator_parameters": decoder.parameter_count(),
        "training_image": json.loads(image.origin),
        "started_from": before.started_from,
        "training_positions": len(positions),
        "steps": settings.steps,
        "samples": before.samples + settings.steps * settings.batch,
        "last_error": history.losses["error"][-1],
        "last_divergence": history.losses["divergence"][-1] / settings.latent,
        "held_out": score.held_out(encoder, decoder),
        "training_seconds": history.seconds,
        "cpu_seconds": before.cpu_seconds + curve.rows[-1]["cpu_s"],
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"encoder": encoder, "decoder": decoder}, out.card, card)
    io.write_table(out.curve, before.followed_by(curve.rows, settings.batch), attributes)
    units = {"error": {"units": "1"}, "divergence": {"units": "nat"}}  # per sample
    losses = {name: ("step", history.losses[name], unit) for name, unit in units.items()}
    io.write_dataset(out.history, xr.Dataset(losses, {"step": history.steps}), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
