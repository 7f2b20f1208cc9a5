"""Train the DCGAN of the Australian grid on the first part of each chain (Table A3)."""

from pathlib import Path

import numpy as np

from latentearth import io, seeds
from latentearth.ensembles import stored
from latentearth.ensembles.thinning import first_part
from latentearth.networks import dcgan, layers, weights
from latentearth.training.histories import history_dataset
from latentearth.training.map_dcgan import train_dcgan
from support import job, provenance
from support.devices import device
from support.settings import gan_settings, watch_of

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    percent = int(snakemake.wildcards.percent)
    _, _, chain = stored.read_index(snakemake.input.ensemble)
    ensemble = stored.read_points(snakemake.input.ensemble)[first_part(chain, percent / 100)]
    settings = gan_settings(s | {"loss": "gan", "optimizer": "adam"})[1]
    seed = seeds.stream(p.seed, "scheiter2022", "cmb", "dcgan", percent)
    # with their first weights, as Table A3 tells them: from the streams that the training takes
    first = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key).spawn(2)
    fresh = (
        dcgan.Generator(first[0], s["latent"], s["width"]),
        dcgan.Discriminator(first[1], s["width"], normalise=s["normalise"]),
    )
    generator, discriminator, history = train_dcgan(
        ensemble,
        settings,
        seed,
        width=s["width"],
        watch=watch_of(s),
        **{name: s[name] for name in ("reference", "spread", "epsilon", "normalise")},
        device=(device := device(p.device)),
        checkpoint=(checkpoint := Path(out.weights).with_suffix(".checkpoint")),
        label=f"training DCGAN on the first {percent} per cent",
    )
    attributes = provenance.attributes(f"DCGAN of {percent} per cent", s, p.seed, p.scale)
    card = attributes | {
        "networks": [f"first {percent} per cent"],
        "dimensions": [ensemble.shape[1]],
        "samples": [len(ensemble)],
        "values_stored": [ensemble.size],
        "generator_parameters": [generator.parameter_count()],
        "scales_stored": 2 * ensemble.shape[1] if s["spread"] else 0,
        "discriminator_parameters": [discriminator.parameter_count()],
        "generator_layers": layers.convolutions(fresh[0]),
        "discriminator_layers": layers.convolutions(fresh[1]),
        "kept_weights": s["keep"],
        "discriminator_steps": settings.critic_steps,
        "training_seconds": history.seconds,
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"generator": generator}, out.card, card)
    io.write_dataset(out.history, history_dataset(history, card["networks"]), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
