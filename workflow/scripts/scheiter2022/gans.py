"""Train the GANs of the ring or of the hyperspheres, all at once."""

from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.networks import weights
from latentearth.training.ensemble_gans import card_of, train_gans
from support import job, provenance
from support.devices import device
from support.settings import gan_settings

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    names, ensembles = [], []
    for name, path in zip(p.names, snakemake.input.ensembles, strict=True):
        x = io.read_dataset(path).x.values  # (chain, sample, coordinate)
        chains = [x.reshape(-1, x.shape[-1])] if p.pool_chains else list(x)
        ensembles += chains
        names += [f"{name}/{chain}" for chain in range(len(chains))]
    generator, discriminator, history = train_gans(
        ensembles,
        *gan_settings(s),
        [seeds.stream(p.seed, "scheiter2022", "gan", name) for name in names],
        device := device(p.device),
        checkpoint=(checkpoint := Path(out.weights).with_suffix(".checkpoint")),
        label=f"training {len(names)} GANs",
    )
    attributes = provenance.attributes(f"{len(names)} GANs", s, p.seed, p.scale)
    card = attributes | {"networks": names, "device": job.hardware(device)}
    card["discriminator_steps"] = gan_settings(s)[1].critic_steps
    card |= card_of(generator, discriminator, history, ensembles)
    weights.save(
        out.weights, {"generator": generator, "discriminator": discriminator}, out.card, card
    )
    dims = ("step", "network")
    losses = {
        "discriminator_loss": (dims, history.losses["critic"].astype(np.float32), {"units": "1"}),
        "generator_loss": (dims, history.losses["generator"].astype(np.float32), {"units": "1"}),
    }
    coordinates = {"step": history.steps, "network": names}
    io.write_dataset(out.history, xr.Dataset(losses, coordinates), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
