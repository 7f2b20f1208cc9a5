"""Train the WGANs of the patches, all at once or those of one job (Table A4)."""

from pathlib import Path

from latentearth import io, job, provenance
from latentearth.earth import sphere
from latentearth.ensembles import stored
from latentearth.networks import weights
from latentearth.training.gans import pick_device, split
from latentearth.training.histories import history_dataset
from latentearth.training.wgans import train_patches

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    source, group = snakemake.wildcards.source, snakemake.wildcards.group
    lat, lon, _ = stored.read_index(snakemake.input.ensemble)
    points = sphere.patches(lat, lon, p.patches)
    mine = list(range(p.patches)) if group == "all_patches" else [int(group.split("_")[1])]
    ensembles = [stored.read_points(snakemake.input.ensemble, points[patch]) for patch in mine]
    generator, critic, history = train_patches(
        ensembles,
        *split(s | {"loss": "wgan", "optimizer": "rmsprop"}),
        [provenance.stream(p.seed, "scheiter2022", "cmb", "wgan", source, n) for n in mine],
        s["validate_every"],
        s["validation"],
        s["reference"],
        device := pick_device(p.device),
        checkpoint := Path(out.weights).with_suffix(".checkpoint"),
        f"training {len(mine)} WGANs",
    )
    attributes = provenance.attributes(f"WGANs of {len(mine)} patches", s, p.seed, p.scale)
    card = attributes | {
        "patches": mine,
        "networks": [f"patch {patch}" for patch in mine],
        "dimensions": [e.shape[1] for e in ensembles],
        "values_stored": [e.size for e in ensembles],
        "generator_parameters": generator.parameter_counts(),
        "discriminator_parameters": critic.parameter_counts(),
        "training_seconds": history.seconds,
        "device": job.hardware(device),
    }
    weights.save(out.weights, {"generator": generator}, out.card, card)
    io.write_dataset(out.history, history_dataset(history, card["networks"]), attributes)
    checkpoint.unlink(missing_ok=True)
