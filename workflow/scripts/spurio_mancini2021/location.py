"""Posterior of the event's position by nested sampling with emulators."""

import time

import numpy as np

from latentearth import io, seeds
from latentearth import samples as posteriors
from latentearth.emulators import base
from latentearth.inversion import likelihood_power as powers
from latentearth.inversion import location
from latentearth.operators import trace_files
from latentearth.samplers import importance, nested
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, w = snakemake.params, snakemake.params.settings, snakemake.wildcards
    found = io.read_dataset(snakemake.input.observation)
    emulators = [base.load(path) for path in snakemake.input.emulators]
    sigma, bounds = float(found.attrs["sigma"]), found.bounds.values
    name = ("spurio_mancini2021", "location", w.emulator, w.likelihood)
    modes = None
    if w.likelihood == "modes":
        held = slice(p.train, p.train + p.validation)
        records = [trace_files.read_traces(path) for path in snakemake.input.traces]
        known = np.stack([record.traces[held] for record in records])
        modes, power = powers.learn_power(
            emulators, records[0].positions[held], known, sigma, seeds.stream(p.seed, *name)
        )
    start = time.process_time()
    likelihood = location.WaveformLikelihood(
        w.likelihood, emulators, found.observed.values, sigma, modes
    )
    if modes:
        place = importance.rough(likelihood, bounds, seeds.stream(p.seed, *name, "rough"))
        likelihood.power = power.at(place[2])
        print(f"likelihood to the power of {likelihood.power:.2f}")
    posterior = nested.sample(
        likelihood, bounds, seeds.stream(p.seed, *name), sampler=p.sampler, live=s["live"]
    )
    dataset = posteriors.dataset(posterior, time.process_time() - start)
    print(f"{posterior.mean} +- {posterior.standard_deviation} m, true {found.event.values}")
    print(f"{posterior.evaluations} evaluations, {dataset.attrs['cpu_s']:.1f} s of CPU time")
    title = f"Position by the emulator {w.emulator}, likelihood {w.likelihood}"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, dataset.attrs | attributes)
