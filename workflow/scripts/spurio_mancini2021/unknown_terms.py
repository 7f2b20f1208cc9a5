"""Events with terms of stations, or in models of other velocities, located in one way."""

import time
from functools import partial

import numpy as np

from latentearth import io, seeds
from latentearth.diagnostics import coverage
from latentearth.operators.greens_functions import read_greens_functions
from latentearth.progress import progress
from latentearth.samplers.importance import Importance, scanned
from latentearth.samplers.targets import Box, Posterior
from support import job, provenance, unknown_ways

BEST = 1500  # points of the scan that a search begins from

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, way = snakemake.params, snakemake.params.settings, snakemake.wildcards.way
    name, cause = ("spurio_mancini2021", "unknown_terms"), way.removesuffix("_ignored")
    found = io.read_dataset(snakemake.input.observation)
    sigma, bounds = float(found.attrs["sigma"]), found.bounds.values.copy()
    bounds[2, 1] -= p.clearance  # where events are drawn from
    # the same events, noise and scan marginalised and ignored
    begin, rng = time.process_time(), np.random.default_rng(seeds.stream(p.seed, *name, cause))
    stores = [read_greens_functions(path) for path in snakemake.input.greens]
    events, count = [io.read_dataset(path) for path in snakemake.input.events], len(stores)
    if cause == "store_station":
        record, method = unknown_ways.station_way(stores, events, sigma, p.own, rng)
    else:
        models = [events[k : k + count] for k in range(0, len(events), count)]
        receivers = io.read_dataset(snakemake.input.sources).receiver.values[p.receivers]
        given = io.read_dataset(snakemake.input.model), receivers, p.frequency
        record, method = unknown_ways.velocity_way(stores, models, sigma, p.own, given, rng)
    if way != cause:
        method = unknown_ways.AloneWay(method.stores, sigma)
    setup = (
        time.process_time() - begin + sum(io.read_json(c)["cpu_s"] for c in snakemake.input.costs)
    )
    scan, points = (Box(bounds).draw(size, rng) for size in (s["scan"], len(record.data)))  # TARP
    begin = time.process_time()
    first = method.scan(scan, record.data, sigma)
    shared = (time.process_time() - begin) / len(first)
    locate, rows = Importance(draws=s["draws"], rounds=s["rounds"]), []
    for n in progress(range(len(first)), "events"):
        best = np.argsort(first[n])[::-1][:BEST]
        likelihood = method.likelihood(n, record.data[n], record.before[n], scan[best[0]])
        draw = np.random.default_rng(seeds.stream(p.seed, *name, way, n))
        start = scanned(scan[best], first[n][best])
        posterior = Posterior(likelihood, Box(bounds))
        mixture = partial(method.mixture, n)
        posterior, samples = unknown_ways.locate_wider(locate, posterior, start, draw, mixture)
        row = coverage.score(samples, record.positions[n], posterior.log_likelihood)
        row["tarp"] = coverage.nearer(samples, record.positions[n], points[n])
        rows.append(row | {"cpu_s": samples.cpu_s + shared})
    dataset = coverage.scores_dataset({way: rows}, record.positions)
    attributes = provenance.attributes(f"Events located by {way}", p.own, p.seed, p.scale)
    attributes |= {"setup_cpu_s": setup, "sea_bed": float(found.bounds.values[2, 1])}
    io.write_dataset(snakemake.output[0], dataset, attributes)
