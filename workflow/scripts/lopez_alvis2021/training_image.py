"""Make the training image of sinuous channels, or check the published or a user's own one."""

import json

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth import channels, crops
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    held_out = s["held_out_rows"]
    smallest = held_out + 2 * crops.MODEL_SHAPE[0], 2 * crops.MODEL_SHAPE[1]
    streams = {n: seeds.stream(s["seed"], "lopez_alvis2021", n) for n in ("image", "truths")}
    names = ("rows", "columns", "proportion", "widths", "wavelengths", "sinuosities", "tilt")
    made = {"seed": s["seed"]} | {name: s[name] for name in names}
    if snakemake.input.own:
        image, origin = channels.read_image(snakemake.input.own, smallest), {"kind": "own"}
    elif snakemake.input.published:
        image = channels.read_image(snakemake.input.published, smallest)
        origin = {"kind": "published"}
    else:
        settings = channels.Channels(**{name: s[name] for name in names})
        image = channels.draw_image(settings, streams["image"])
        origin = {"kind": "embedded"} | made
    if origin["kind"] == "published":
        truths = s["published_truths"]
    else:
        truths = channels.pick_truths(image, held_out, crops.MODEL_SHAPE, streams["truths"])
    print(f"{image.shape[0]} x {image.shape[1]} cells, {image.mean():.1%} channels: {origin}")
    attributes = provenance.attributes("training image", s, p.seed, p.scale)
    attributes |= {"origin": json.dumps(origin, sort_keys=True), "held_out_rows": held_out}
    corner = {"units": "cells"}
    io.write_dataset(
        snakemake.output[0],
        xr.Dataset(
            {
                "facies": (("row", "column"), image, {"units": "1", "meaning": "1: channels"}),
                "truth_row": ("truth", np.array([r for r, _ in truths]), corner),
                "truth_column": ("truth", np.array([c for _, c in truths]), corner),
            },
            {"truth": ["mc1", "mc2", "mc3"]},
        ),
        attributes,
    )
