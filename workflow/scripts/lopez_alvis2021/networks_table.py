"""Sizes, losses and scores of the networks beside the authors' (table_networks.csv)."""

import numpy as np
import torch

from latentearth import io, seeds
from latentearth.earth import crops, training_images
from latentearth.networks import generators
from latentearth.training import scores
from support import job, provenance

AUTHORS = {  # of the notebook's last step, on training crops
    "vae": {"authors_error_per_sample": 153.5, "authors_divergence_per_dimension_nat": 3.6},
    "sgan": {},
}

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    image = training_images.read_training_image(snakemake.input.image)
    streams = {
        name: seeds.stream(p.seed, "lopez_alvis2021", "scores", name)
        for name in ("crops", "e", "vae", "sgan", "seen")
    }
    # the held-out rows may be easier, or harder, than the rest: the table has both
    rng = np.random.default_rng(streams["seen"])
    seen = crops.cut(image.facies, rng.choice(image.training_corners(), p.crops))
    unseen = image.held_out_crops(p.crops, np.random.default_rng(streams["crops"]))
    rows = []
    for kind in AUTHORS:
        files = snakemake.input[kind], snakemake.input[f"{kind}_card"]
        generator, card = generators.load(*files), io.read_json(files[1])
        codes = torch.from_numpy(generator.draw(len(unseen), streams[kind]))
        drawn = np.concatenate([generator(block).numpy() for block in codes.split(100)])
        row = {
            "network": kind,
            "weights": "shipped" if card.get("shipped") else "trained",
            "training_image": card["training_image"]["kind"],
            "generator_parameters": card["generator_parameters"],
            "parameters": card.get("parameters"),
        } | {key: card[key] for key in ("steps", "samples")}
        if kind == "vae":
            encoder = generators.load_encoder(*files)
            found, fit = (
                scores.score_vae(encoder, generator, models, streams["e"], p.alpha)
                for models in (unseen, seen)
            )
            row |= {
                "error_per_sample": found["error"],
                "error_of_mean_code_per_sample": found["error_of_mean"],
                "model_rmse_of_mean_code": found["model_rmse"],
                "divergence_per_dimension_nat": found["divergence"],
                "active_dimensions": found["active"],
                "training_error_per_sample": fit["error"],
                "last_error_of_training_per_sample": card["last_error"],
            }
        row |= scores.pattern_statistics(drawn) | AUTHORS[kind]
        rows.append(row)
    for name, models in {"held-out crops": unseen, "training crops": seen}.items():
        rows.append({"network": name} | scores.pattern_statistics(models.astype(np.float32)))
    made = provenance.attributes("networks", {"crops": p.crops}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, made)
