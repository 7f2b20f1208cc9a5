"""Posterior of the event's position by the solver's own wave fields: what emulators approximate."""

import time

import numpy as np

from latentearth import io
from latentearth import samples as posteriors
from latentearth.operators import event_box
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.observation)
    boxes = [io.read_dataset(path) for path in snakemake.input.boxes]
    start = time.process_time()
    points, weights, log_likelihood = event_box.grid_posterior(
        boxes, found.observed.values, float(found.attrs["sigma"])
    )
    kept = weights > 1e-9
    posterior = posteriors.Posterior(
        points[kept],
        weights[kept] / weights[kept].sum(),
        log_likelihood[kept],
        np.nan,
        np.nan,
        weights.size,
        "grid",
    )
    dataset = posteriors.dataset(posterior, time.process_time() - start)
    print(f"{posterior.mean} +- {posterior.standard_deviation} m, true {found.event.values}")
    title = "Position by the solver's own traces"
    attributes = provenance.attributes(title, {}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, dataset.attrs | attributes)
