"""Posterior of the event's position by nested sampling with emulators."""

from dataclasses import replace

import numpy as np

from latentearth import io, samples, seeds
from latentearth.emulators import base
from latentearth.inversion import likelihood_power as powers
from latentearth.inversion import location
from latentearth.operators import trace_files
from latentearth.samplers.importance import ROUGH, Importance
from latentearth.samplers.nested import Nested
from latentearth.samplers.targets import Box, Posterior
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
    likelihood = location.WaveformLikelihood(
        w.likelihood, emulators, found.observed.values, sigma, modes
    )
    target, before = Posterior(likelihood, Box(bounds)), 0.0
    if modes:
        seed = seeds.stream(p.seed, *name, "rough")
        rough = Importance(wanted=ROUGH)(target, None, seed)
        likelihood.power, before = power.at(rough.mean[2]), rough.cpu_s + rough.setup_cpu_s
        print(f"likelihood to the power of {likelihood.power:.2f}")
    sampler = Nested(p.sampler, s["live"])
    posterior = replace(sampler(target, None, seeds.stream(p.seed, *name)), setup_cpu_s=before)
    print(f"{posterior.mean} +- {posterior.deviation} m, true {found.event.values}")
    print(f"{posterior.evaluations} evaluations, {posterior.cpu_s:.1f} s of CPU time")
    title = f"Position by the emulator {w.emulator}, likelihood {w.likelihood}"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    samples.write(snakemake.output[0], posterior, attributes, "m")
