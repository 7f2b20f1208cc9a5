"""Train a WGAN of the Australian grid on each part of the chains, all at once (section 4.3)."""

from pathlib import Path

from latentearth import io, seeds
from latentearth.ensembles import stored
from latentearth.ensembles.thinning import first_part
from latentearth.networks import weights
from latentearth.training.ensemble_gans import card_of
from latentearth.training.histories import history_dataset
from support import job, provenance
from support.devices import device
from support.settings import train_patch_section

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    full = stored.read_points(snakemake.input.ensemble)
    _, _, chain = stored.read_index(snakemake.input.ensemble)
    ensembles = [full[first_part(chain, percent / 100)] for percent in p.percent]
    seeds = [seeds.stream(p.seed, "scheiter2022", "cmb", "sweep", n) for n in p.percent]
    device, checkpoint = device(p.device), Path(out.weights).with_suffix(".checkpoint")
    trained = train_patch_section(ensembles, s, seeds, device, checkpoint)
    attributes = provenance.attributes("WGANs of parts of the chains", s, p.seed, p.scale)
    names = [f"first {percent} per cent" for percent in p.percent]
    card = attributes | {"networks": names, "device": job.hardware(device)}
    card["kept_weights"] = s["keep"]
    card |= card_of(*trained, ensembles)
    weights.save(out.weights, {"generator": trained[0]}, out.card, card)
    io.write_dataset(out.history, history_dataset(trained[2], names), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
