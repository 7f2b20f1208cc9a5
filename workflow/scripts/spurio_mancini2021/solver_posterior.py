"""Posterior of the event's position by the solver's own wave fields: what emulators approximate."""

import time

import numpy as np

from latentearth import io, samples
from latentearth.operators import event_box
from latentearth.operators.greens_functions import read_greens_functions
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.observation)
    event, half_width = found.event.values, np.array(p.settings["box"])
    box = np.column_stack([event - half_width, event + half_width])
    stores = [read_greens_functions(path, box) for path in snakemake.input.greens]
    start = time.process_time()
    points, weight, log_likelihood = event_box.grid_posterior(
        stores, found.observed.values, float(found.attrs["sigma"])
    )
    kept = weight > 1e-9
    posterior = samples.unordered(
        points[kept],
        log_likelihood[kept],
        weight[kept] / weight[kept].sum(),
        evaluations=weight.size,
        cpu_s=time.process_time() - start,
        about={"engine": "grid"},
    )
    print(f"{posterior.mean} +- {posterior.deviation} m, true {found.event.values}")
    title = "Position by the solver's own traces"
    attributes = provenance.attributes(title, p.settings, p.seed, p.scale)
    samples.write(snakemake.output[0], posterior, attributes, "m")
