"""Take networks that come with the project, if they belong to this training image."""

import json
import shutil

from latentearth import io
from latentearth.earth import training_images
from support import job
from support.shipped import of_image

with job.logged(snakemake.log[0], snakemake.threads):
    origin = json.loads(training_images.read_training_image(snakemake.input.image).origin)
    card = of_image(snakemake.params.card, origin)
    io.write_json(snakemake.output.card, card | {"shipped": True})
    with io.atomic(snakemake.output.weights) as temporary:
        shutil.copyfile(snakemake.params.weights, temporary)
