"""Train the spatial GAN, with which the paper compares its VAE."""

import json
from pathlib import Path

import numpy as np

from latentearth import io, seeds
from latentearth.earth import training_images
from latentearth.networks import generators, weights
from latentearth.networks.sgan import image_side
from latentearth.training import scores
from latentearth.training.crop_sgan import train_sgan
from latentearth.training.histories import history_dataset
from support import job, provenance
from support.devices import device
from support.settings import gan_settings

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    image = training_images.read_training_image(snakemake.input.image)
    rows, columns = s["latent_map"]
    shape = image_side(rows), image_side(columns)
    settings = gan_settings(s | {"loss": "gan", "optimizer": "adam", "latent": rows * columns})[1]
    generator, discriminator, history = train_sgan(
        image.facies,
        image.training_corners(shape),
        settings,
        (rows, columns),
        seeds.stream(p.seed, "lopez_alvis2021", "sgan"),
        width=s["width"],
        device=(device := device(p.device)),
        checkpoint=(checkpoint := Path(out.weights).with_suffix(".checkpoint")),
    )
    # what its samples are like, beside crops: the gate of whatever compares with an SGAN
    for_codes, for_crops = seeds.stream(p.seed, "lopez_alvis2021", "sgan", "scores").spawn(2)
    drawn = generators.TrainedGenerator(generator, "sgan").samples(p.crops, for_codes)
    seen = image.training_crops(p.crops, np.random.default_rng(for_crops))
    print("samples:", found := scores.compared(drawn, seen))
    attributes = provenance.attributes("SGAN", s, p.seed, p.scale)
    card = attributes | {
        "architecture": "sgan",
        "width": s["width"],
        "generator_parameters": generator.parameter_count(),
        "discriminator_parameters": discriminator.parameter_count(),
        "training_image": json.loads(image.origin),
        "steps": settings.steps,
        "samples": settings.steps * settings.batch,
        "cells_per_sample": shape[0] * shape[1],
        "last_discriminator_loss": float(history.losses["critic"][-1, 0]),
        "last_generator_loss": float(history.losses["generator"][-1, 0]),
        "added_to_laloy2018": "a slower discriminator; a penalty on its slopes at real crops",
        "scores": found,
        "training_seconds": history.seconds,
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"generator": generator}, out.card, card)
    io.write_dataset(out.history, history_dataset(history, ["SGAN"]), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
