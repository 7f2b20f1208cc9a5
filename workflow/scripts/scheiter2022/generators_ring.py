"""Generators of the ring, one for each chain and size, against its exact distribution."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.ensembles.shell import Radius
from support import generators, job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, rows = snakemake.params, snakemake.params.settings, []
    shell = Radius(2, p.shell["radius"], p.shell["width"])
    reference = {"shell": shell, "frequencies": np.arange(p.frequencies) + 0.5}
    card, networks = io.read_json(snakemake.input.card), io.read_dataset(snakemake.input.draws).x
    shown, count = {}, s["ring_draws"]
    rng = np.random.default_rng(seeds.stream(p.seed, "scheiter2022", "generators", "exact"))
    for size, path in zip(p.sizes, snakemake.input.ensembles, strict=True):
        chains, data = io.read_dataset(path).x.values, f"ring, {size}"
        exact = np.stack([shell.sample(rng, count) for _ in chains])
        found = generators.ring_rows(
            data, "exact samples", "floor", exact, reference, cpu_s=0, numbers=0
        )
        reference["floor"] = {row["score"]: row["value"] for row in found}
        drawn, costs = {}, {}
        for number, samples in enumerate(chains):
            seed = seeds.stream(p.seed, "scheiter2022", "generators", "ring", size, number)
            fit, draw = seed.spawn(2)
            for name, kind, model, cpu in generators.of_coordinates(
                samples, s, fit, width=s["ring_kernel"], flow="ring_flow"
            ):
                drawn.setdefault((name, kind), []).append(model.draw(count, draw))
                spent, kept = costs.get(name, (0, 0))
                costs[name] = spent + cpu, kept + model.numbers
        gan = networks.sel(size=size).values
        drawn["GAN", "network"] = gan[:, :count]
        share = gan.shape[0] / len(card["networks"])  # all sizes are trained at once
        seconds, kept = generators.network_cost(card)
        costs["GAN"] = seconds * share, round(kept * share)
        for (name, kind), samples in drawn.items():
            cpu, kept = costs[name]
            rows += generators.ring_rows(
                data, name, kind, np.stack(samples), reference, cpu_s=cpu, numbers=kept
            )
        if size == p.sizes[0]:
            shown = {name: np.stack(x)[:, :2000] for (name, _), x in drawn.items()}
            shown["exact"] = exact[:, :2000]
    attributes = provenance.attributes("Generators of the ring", s, p.seed, p.scale)
    dims = ("generator", "chain", "sample", "coordinate")
    result = xr.Dataset({"x": (dims, np.stack(list(shown.values())), {"units": "1"})})
    result = result.assign_coords(generator=list(shown))
    io.write_dataset(snakemake.output.figures, result, attributes)
    io.write_table(snakemake.output.scores, rows, attributes)
