"""Take networks that come with the project, if they belong to this training image."""

import json
import shutil

from latentearth import io
from latentearth.earth import training_images
from support import job

with job.logged(snakemake.log[0], snakemake.threads):
    origin = json.loads(training_images.read_training_image(snakemake.input.image).origin)
    card = io.read_json(snakemake.params.card)
    if card["training_image"] != origin:
        raise io.InputError(
            snakemake.params.card,
            "training_image",
            card["training_image"],
            f"{origin}, or lopez_alvis2021.weights: train in the config",
        )
    io.write_json(snakemake.output.card, card | {"shipped": True})
    with io.atomic(snakemake.output.weights) as temporary:
        shutil.copyfile(snakemake.params.weights, temporary)
