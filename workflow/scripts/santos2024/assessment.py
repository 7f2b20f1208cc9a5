"""Judge the generator by training images and by images that it has never seen (section 3.3)."""

import time

import numpy as np

from latentearth import io, seeds
from latentearth.images.assessment import assess
from latentearth.images.files import read_images
from latentearth.training.image_wgan import draw_images
from support import job, provenance
from support.image_generators import image_generator

SHOWN = 16  # images of each kind that Figure 6 shows

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    generator = image_generator(snakemake.input.weights, snakemake.input.card)
    training, held_out = (read_images(snakemake.input[k]) for k in ("prior", "held_out"))
    seed, start = seeds.stream(p.seed, "santos2024", "draws"), time.process_time()
    drawn = np.concatenate(list(draw_images(generator, s["draws"], seed)))
    milliseconds = 1e3 * (time.process_time() - start) / len(drawn)
    result = assess(
        training,
        held_out,
        drawn,
        seeds.stream(p.seed, "santos2024", "directions"),
        s["nearest"],
        s["side"],
        s["neighbours"],
        s["directions"],
    )
    for name, images in (("training", training), ("generated", drawn)):
        dims = ("shown", "y", "x")
        result[f"{name}_image"] = (dims, images[:SHOWN].astype(np.float32), {"units": "1"})
    near = result["nearest_index"].sel(compared="generated").values[:SHOWN]
    result["nearest_image"] = (dims, training[near].astype(np.float32), {"units": "1"})
    result["milliseconds"] = ((), milliseconds, {"units": "ms of processor time per image"})
    attributes = provenance.attributes("Assessment of the generator", s, p.seed, p.scale)
    attributes["weights"] = p.weights
    io.write_dataset(snakemake.output[0], result, attributes)
    print(result[["slope", "binarity", "precision", "recall", "coverage"]])
