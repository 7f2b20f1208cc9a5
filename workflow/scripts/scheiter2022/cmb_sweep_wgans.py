"""Train a WGAN of the Australian grid on each part of the chains, all at once (section 4.3)."""

from pathlib import Path

from latentearth import io, job, provenance
from latentearth.ensembles import stored
from latentearth.ensembles.thinning import first_part
from latentearth.networks import weights
from latentearth.training.gans import pick_device, split
from latentearth.training.histories import history_dataset
from latentearth.training.wgans import train_patches

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    full = stored.read_points(snakemake.input.ensemble)
    _, _, chain = stored.read_index(snakemake.input.ensemble)
    ensembles = [full[first_part(chain, percent / 100)] for percent in p.percent]
    generator, critic, history = train_patches(
        ensembles,
        *split(s | {"loss": "wgan", "optimizer": "rmsprop"}),
        [provenance.stream(p.seed, "scheiter2022", "cmb", "sweep", n) for n in p.percent],
        s["validate_every"],
        s["validation"],
        s["reference"],
        device := pick_device(p.device),
        checkpoint := Path(out.weights).with_suffix(".checkpoint"),
        f"training {len(ensembles)} WGANs",
    )
    attributes = provenance.attributes("WGANs of parts of the chains", s, p.seed, p.scale)
    card = attributes | {
        "networks": [f"first {percent} per cent" for percent in p.percent],
        "dimensions": [e.shape[1] for e in ensembles],
        "samples": [len(e) for e in ensembles],
        "generator_parameters": generator.parameter_counts(),
        "discriminator_parameters": critic.parameter_counts(),
        "training_seconds": history.seconds,
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"generator": generator}, out.card, card)
    io.write_dataset(out.history, history_dataset(history, card["networks"]), attributes)
    checkpoint.unlink(missing_ok=True)
