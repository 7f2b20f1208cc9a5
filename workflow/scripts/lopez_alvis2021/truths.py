"""The six true models (Figure 7): crops of the training image, and models of the VAE."""

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.earth import crops, crosshole
from latentearth.networks import generators
from support import job, provenance
from support.vae_learning import CROPS, GENERATED, generated_truths

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    if snakemake.input.published:
        models = np.stack([np.load(path, allow_pickle=False) for path in snakemake.input.published])
    else:
        image = io.read_dataset(snakemake.input.image)
        corners = image.sel(truth=list(CROPS))
        where = corners.truth_row.values * image.sizes["column"] + corners.truth_column.values
        cut = crops.cut(image.facies.values, where)
        vae = generators.load(snakemake.input.weights, snakemake.input.card)
        drawn = generated_truths(vae, vae.latent, p.seed, p.complexity)
        models = np.concatenate([cut.astype(np.float32), drawn])
    variables = {
        "model": (("truth", "z", "x"), models.astype(np.float32), {"units": "1"}),
        "boundary": ("truth", crosshole.boundary_length(models), {"units": "m"}),
    }
    z, x = ((np.arange(count) + 0.5) * 0.1 for count in models.shape[1:])
    coordinates = {"truth": [*CROPS, *GENERATED], "z": ("z", z, {"units": "m"})}
    coordinates["x"] = ("x", x, {"units": "m"})
    settings = {"published": bool(snakemake.input.published), "complexity": p.complexity}
    attributes = provenance.attributes("True models", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], xr.Dataset(variables, coordinates), attributes)
