"""Train the WGANs of the patches, all at once or those of one job (Table A4)."""

from pathlib import Path

from latentearth import io, seeds
from latentearth.earth import sphere
from latentearth.ensembles import stored
from latentearth.networks import weights
from latentearth.training.ensemble_gans import card_of
from latentearth.training.histories import history_dataset
from support import job, provenance
from support.devices import device
from support.settings import train_patch_section

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    source, group = snakemake.wildcards.source, snakemake.wildcards.group
    lat, lon, _ = stored.read_index(snakemake.input.ensemble)
    points = sphere.regions(lat, lon, p.patches)
    mine = list(range(p.patches)) if group == "all_patches" else [int(group.split("_")[1])]
    ensembles = [stored.read_points(snakemake.input.ensemble, points[patch]) for patch in mine]
    seeds = [seeds.stream(p.seed, "scheiter2022", "cmb", "wgan", source, n) for n in mine]
    device, checkpoint = device(p.device), Path(out.weights).with_suffix(".checkpoint")
    trained = train_patch_section(ensembles, s, seeds, device, checkpoint)
    attributes = provenance.attributes(f"WGANs of {len(mine)} patches", s, p.seed, p.scale)
    names = [f"patch {patch}" for patch in mine]
    card = attributes | {"patches": mine, "networks": names, "device": job.hardware(device)}
    card["kept_weights"] = s["keep"]
    card |= card_of(*trained, ensembles)
    weights.save(out.weights, {"generator": trained[0]}, out.card, card)
    io.write_dataset(out.history, history_dataset(trained[2], names), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
