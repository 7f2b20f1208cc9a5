"""Train the WGAN with gradient penalty on the prior images (appendices A and B)."""

import json
import time
from pathlib import Path

from latentearth import io, seeds
from latentearth.images.files import read_images
from latentearth.networks import weights
from latentearth.training.adversarial import AdversarialTraining
from latentearth.training.histories import history_dataset, loss_table
from latentearth.training.image_wgan import train_wgan_gp
from support import job, provenance
from support.devices import device

OTHERS = ("width", "resources")  # settings that are none of the loop's
PAPER = {"steps": 7904, "critic_batches": 39520, "critic_steps": 5, "batch": 64, "width": 32}

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, out = snakemake.params, snakemake.params.settings, snakemake.output
    images, start = read_images(snakemake.input.prior), time.process_time()
    settings = {key: value for key, value in s.items() if key not in OTHERS}
    generator, critic, history = train_wgan_gp(
        images,
        AdversarialTraining(loss="wgan-gp", **settings),
        seeds.stream(p.seed, "santos2024", "gan"),
        width=s["width"],
        mirror=p.mirror,
        device=(device := device(p.device)),
        checkpoint=(checkpoint := Path(out.weights).with_suffix(".checkpoint")),
    )
    attributes = provenance.attributes("WGAN-GP of the prior images", s, p.seed, p.scale)
    card = attributes | {
        "architecture": {"latent": s["latent"], "side": images.shape[1], "width": s["width"]},
        "stirring": None if p.own else json.loads(json.dumps(p.stirring)),
        "images": len(images),
        "steps": s["steps"],
        "critic_batches": s["steps"] * s["critic_steps"],
        "generator_parameters": generator.parameter_count(),
        "critic_parameters": critic.parameter_count(),
        "training_seconds": history.seconds,
        "training_cpu_seconds": time.process_time() - start,
        "device": job.hardware(device),
        "dtype": "float32",
        "losses": loss_table(history),
    }
    of = {key: f"{card[key]} of {PAPER[key]}" for key in ("steps", "critic_batches")}
    of |= {key: f"{s[key]} of {PAPER[key]}" for key in ("batch", "width")}
    card |= {"paper": PAPER, "near_to_paper": ", ".join(f"{k} {v}" for k, v in of.items())}
    weights.save(out.weights, {"generator": generator}, out.card, card)
    io.write_dataset(out.history, history_dataset(history, ["WGAN-GP"]), attributes)
    job.remove_checkpoints(checkpoint, snakemake.input)
