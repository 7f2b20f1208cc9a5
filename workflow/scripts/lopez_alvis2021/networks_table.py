"""Sizes, losses and scores of the networks beside the authors' (table_networks.csv)."""

import numpy as np

from latentearth import io, seeds
from latentearth.earth import training_images
from latentearth.networks import generators
from latentearth.training import scores
from support import job, provenance
from support.published_values import published
from support.tables.lopez_alvis2021 import network_row, vae_scores

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    image = training_images.read_training_image(snakemake.input.image)
    streams = {
        name: seeds.stream(p.seed, "lopez_alvis2021", "scores", name)
        for name in ("crops", "e", "vae", "sgan", "seen")
    }
    # the held-out rows may be easier, or harder, than the rest: the table has both
    seen = image.training_crops(p.crops, np.random.default_rng(streams["seen"]))
    unseen = image.held_out_crops(p.crops, np.random.default_rng(streams["crops"]))
    theirs, rows = published("lopez_alvis2021", "notebook"), []
    for kind in ("vae", "sgan"):
        files = snakemake.input[kind], snakemake.input[f"{kind}_card"]
        generator, card = generators.load(*files), io.read_json(files[1])
        drawn = generator.samples(p.crops, streams[kind])
        row = network_row(kind, card) | scores.compared(drawn, seen)
        if kind == "vae":
            encoder = generators.load_encoder(*files)
            row |= vae_scores(
                *(
                    scores.score_vae(encoder, generator, models, streams["e"], p.alpha)
                    for models in (unseen, seen)
                ),
                card,
                theirs,
            )
        rows.append(row)
    for name, models in {"held-out crops": unseen, "training crops": seen}.items():
        rows.append({"network": name} | scores.compared(models, seen))
    made = provenance.attributes("networks", {"crops": p.crops}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, made)
