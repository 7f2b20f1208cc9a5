"""Posterior of the event's position by the solver's own wave fields: what emulators approximate."""

import time

from latentearth import io, samples
from latentearth.operators import event_box
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    found = io.read_dataset(snakemake.input.observation)
    boxes = [io.read_dataset(path) for path in snakemake.input.boxes]
    start = time.process_time()
    points, weight, log_likelihood = event_box.grid_posterior(
        boxes, found.observed.values, float(found.attrs["sigma"])
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
    attributes = provenance.attributes(title, {}, p.seed, p.scale)
    samples.write(snakemake.output[0], posterior, attributes, "m")
