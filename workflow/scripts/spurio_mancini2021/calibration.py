"""Locate held-out events with one emulator and each likelihood; where the true positions fall."""

from dataclasses import replace

import numpy as np

from latentearth import io, seeds
from latentearth.diagnostics import coverage
from latentearth.emulators import base
from latentearth.inversion import likelihood_power as powers
from latentearth.inversion import location
from latentearth.operators import trace_files
from latentearth.progress import progress
from latentearth.samplers import importance
from latentearth.samplers.targets import Box, Posterior
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    name = ("spurio_mancini2021", "calibration")
    found = io.read_dataset(snakemake.input.observation)
    bounds, sigma = found.bounds.values, float(found.attrs["sigma"])
    records = [trace_files.read_traces(path) for path in snakemake.input.traces]
    emulators = [base.load(path) for path in snakemake.input.emulators]
    held = slice(p.train, p.train + p.validation)
    known = np.stack([record.traces[held] for record in records])
    modes, power = powers.learn_power(
        emulators, records[0].positions[held], known, sigma, seeds.stream(p.seed, *name)
    )
    # the same events, noise and scan for every emulator and likelihood
    rng = np.random.default_rng(seeds.stream(p.seed, *name, "events"))
    test = np.arange(p.train + p.validation, len(records[0].positions))
    events = rng.choice(test, min(s["events"], test.size), replace=False)
    truth = records[0].positions[events]
    data = np.stack([record.traces[events] for record in records], axis=1)
    data = data + rng.normal(0.0, sigma, data.shape).astype("f4")
    scan = Box(bounds).draw(s["scan"], rng)
    first = -0.5 * location.squared_residuals(emulators, data, scan) / sigma**2
    locate = importance.Importance(draws=s["draws"], rounds=s["rounds"])
    rough = replace(locate, draws=s["draws"] // 2, wanted=importance.ROUGH)
    rows = {kind: [] for kind in location.LIKELIHOODS}
    for number in progress(range(len(events)), "events"):
        for kind in location.LIKELIHOODS:
            likelihood = location.WaveformLikelihood(kind, emulators, data[number], sigma, modes)
            draw = np.random.default_rng(seeds.stream(p.seed, *name, kind, number))
            target, start = (
                Posterior(likelihood, Box(bounds)),
                importance.scanned(scan, first[number]),
            )
            if kind == "modes":  # where about is it? the power depends on the depth
                likelihood.power = power.at(rough(target, start, draw).mean[2])
            row = coverage.score(locate(target, start, draw), truth[number], likelihood)
            rows[kind].append(row | {"power": likelihood.power})
    dataset = coverage.scores_dataset(rows, truth)
    title = f"{len(events)} held-out events located with {snakemake.wildcards.emulator}"
    io.write_dataset(snakemake.output[0], dataset, provenance.attributes(title, s, p.seed, p.scale))
