"""Figure 5 of Lopez-Alvis et al. (2021)."""

import numpy as np

from latentearth import io, seeds
from latentearth.earth import crops, training_images
from latentearth.figures import style
from support import job, provenance
from support.figures import lopez_alvis2021

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    facies = training_images.read_training_image(snakemake.input.image).facies
    side = min(1000, *facies.shape)
    patch = facies[:side, :side]
    rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "fig05"))
    row = rng.integers(side - crops.MODEL_SHAPE[0], size=3)
    column = rng.integers(side - crops.MODEL_SHAPE[1], size=3)
    drawing = lopez_alvis2021.training_and_samples(
        patch,
        list(zip(row.tolist(), column.tolist(), strict=True)),
        crops.cut(patch, row * side + column),
        io.read_dataset(snakemake.input.samples),
    )
    attributes = provenance.attributes("Figure 5, Lopez-Alvis et al. (2021)", {}, p.seed, p.scale)
    style.save(drawing, snakemake.output[0], attributes)
