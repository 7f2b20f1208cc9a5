"""Events of another grid located by one method; where the true positions fall."""

import time

import numpy as np

from latentearth import io, seeds
from latentearth.diagnostics import coverage
from latentearth.progress import progress
from latentearth.samplers.importance import Importance
from latentearth.samplers.targets import Box, Posterior
from support import job, provenance
from support.methods import Amortised, method_of

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, kind = snakemake.params, snakemake.params.settings, snakemake.wildcards.method
    name = ("spurio_mancini2021", "methods")
    found = io.read_dataset(snakemake.input.observation)
    sigma, bounds = float(found.attrs["sigma"]), found.bounds.values.copy()
    bounds[2, 1] -= p.clearance  # where events are drawn from
    events = [io.read_dataset(path) for path in snakemake.input.events]
    truth = events[0].position.values
    clean = np.stack([one.traces.values for one in events], axis=1)
    # the same noise and scan for every method, for as many events as it locates
    rng = np.random.default_rng(seeds.stream(p.seed, *name, "noise"))
    data = clean + rng.normal(0.0, sigma, clean.shape).astype("f4")
    scan = Box(bounds).draw(s["scan"], rng)
    points = Box(bounds).draw(len(truth), rng)  # distances from these are ranked, see TARP
    truth, data = truth[: p.located], data[: p.located]
    known = p.methods | {"npe": p.npe, "bounds": bounds, "seed": p.seed}
    method = method_of(kind, dict(snakemake.input.items()), known, sigma)
    begin = time.process_time()
    starts = method.scan(scan, data)
    shared = (time.process_time() - begin) / len(truth)
    locate, rows = Importance(draws=s["draws"], rounds=s["rounds"]), []
    for number in progress(range(len(truth)), "events"):
        best = starts[number].log_likelihood.argmax()
        likelihood = method.likelihood(data[number], starts[number].flat[best])
        draw = np.random.default_rng(seeds.stream(p.seed, *name, kind, number))
        samples = starts[number]  # of a posterior that is drawn from, all there is
        if not isinstance(method, Amortised):
            samples = locate(Posterior(likelihood, Box(bounds)), samples, draw)
        row = coverage.score(samples, truth[number], likelihood)
        row["tarp"] = coverage.nearer(samples, truth[number], points[number])
        rows.append(row | {"cpu_s": samples.cpu_s + shared})
    dataset = coverage.scores_dataset({kind: rows}, truth)
    attributes = provenance.attributes(f"Events located by {kind}", s, p.seed, p.scale)
    attributes |= {"setup_cpu_s": method.setup_cpu_s, "sea_bed": float(found.bounds.values[2, 1])}
    io.write_dataset(snakemake.output[0], dataset, attributes)
