"""Stir marble cakes to learn from and others to judge by, or check a user's own images."""

import time

import numpy as np

from latentearth import io, seeds
from latentearth.earth.stirring import FLOW_PARAMETERS, Distributions, Flow, sample_parameters, stir
from latentearth.images.files import image_dataset, read_own
from latentearth.progress import progress
from support import job, provenance

PARTS = {"prior": "count", "held_out": "held_out"}
BLOCK = 256  # images between two lines of progress

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, stirring = snakemake.params, snakemake.params.settings, snakemake.params.stirring
    sets, milliseconds = {}, np.nan
    if snakemake.input.own:
        images = read_own(snakemake.input.own, p.least + s["held_out"])
        seed = seeds.stream(p.seed, "santos2024", "own")
        order = np.random.default_rng(seed).permutation(len(images))
        sets["held_out"] = images[order[: s["held_out"]]], None
        sets["prior"] = images[order[s["held_out"] :]], None
    else:
        flow = Flow(stirring["speed"], stirring["duration"], stirring["steps"])
        laws = Distributions(*(stirring[k] for k in ("centre", "amplitude", "frequency", "phase")))
        for name, count in PARTS.items():
            seed = seeds.stream(p.seed, "santos2024", name)
            parameters = sample_parameters(laws, s[count], seed)
            images = np.empty((s[count], stirring["size"], stirring["size"]), np.uint8)
            stir(parameters[:1], stirring["size"], flow)  # compiles
            start = time.process_time()
            for k in progress(range(0, s[count], BLOCK), f"stirring {name} images"):
                images[k : k + BLOCK] = stir(parameters[k : k + BLOCK], stirring["size"], flow)
            milliseconds = 1e3 * (time.process_time() - start) / s[count]
            sets[name] = images, parameters
    for name, (images, parameters) in sets.items():
        attributes = provenance.attributes(f"Images: {name}", s | stirring, p.seed, p.scale)
        dataset = image_dataset(images, parameters, FLOW_PARAMETERS)
        dataset["milliseconds"] = ((), milliseconds, {"units": "ms of processor time per image"})
        io.write_dataset(snakemake.output[name], dataset, attributes)
        print(f"{name}: {len(images)} images, {images.mean():.4f} white")
