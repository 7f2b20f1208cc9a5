"""Paths through the latent spaces of VAE and SGAN, across models that differ (poster)."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.networks import generators
from latentearth.progress import progress
from latentearth.training import scores
from support import job, provenance

POINTS = 101  # on each path

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    data = {}
    for kind in ("vae", "sgan"):
        files = snakemake.input[kind], snakemake.input[f"{kind}_card"]
        generator = generators.load(*files)
        stream = seeds.stream(p.seed, "lopez_alvis2021", "jumps", kind)
        ends = generator.draw(2 * p.paths, stream).reshape(p.paths, 2, -1)
        speeds, changes = [], []
        for first, last in progress(ends, f"paths of the {kind}"):
            models = scores.along(generator, scores.straight_path(first, last, POINTS))
            speeds.append(scores.speeds(models))
            changes.append(np.abs(models[-1] - models[0]).mean())
        shown = ends[int(np.argmax(changes))]  # the ends that differ most
        frames = scores.along(generator, scores.straight_path(*shown, p.frames))
        data[f"{kind}_frame"] = (("frame", "z", "x"), frames, {"units": "1"})
        data[f"{kind}_speed"] = (("path", "step"), np.array(speeds), {"units": "1"})
    metres = {"units": "m"}
    coordinates = {
        "z": ("z", 0.05 + 0.1 * np.arange(129), metres),
        "x": ("x", 0.05 + 0.1 * np.arange(65), metres),
        "step": (np.arange(POINTS - 1) + 0.5) / (POINTS - 1),
    }
    attributes = provenance.attributes("paths through latent spaces", {}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], xr.Dataset(data, coordinates), attributes)
