"""Posterior of the event's position by nested sampling with emulators."""

import time

from latentearth import io, job, provenance
from latentearth.emulators import base
from latentearth.operators import trace_files
from latentearth.samplers import location, nested
from latentearth.samplers import posterior as posteriors

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, w = snakemake.params, snakemake.params.settings, snakemake.wildcards
    found = io.read_dataset(snakemake.input.observation)
    emulators = [base.load(path) for path in snakemake.input.emulators]
    modes = None
    if w.likelihood == "modes":
        held = slice(p.train, p.train + p.validation)
        records = [trace_files.read_traces(path) for path in snakemake.input.traces]
        modes = [
            location.error_modes(emulator, record.positions[held], record.traces[held])
            for emulator, record in zip(emulators, records, strict=True)
        ]
    start = time.process_time()
    posterior = nested.sample(
        location.WaveformLikelihood(
            w.likelihood, emulators, found.observed.values, float(found.attrs["sigma"]), modes
        ),
        found.bounds.values,
        provenance.stream(p.seed, "spurio_mancini2021", "location", w.emulator, w.likelihood),
        sampler=p.sampler,
        live=s["live"],
    )
    dataset = posteriors.dataset(posterior, time.process_time() - start)
    print(f"{posterior.mean} +- {posterior.standard_deviation} m, true {found.event.values}")
    print(f"{posterior.evaluations} evaluations, {dataset.attrs['cpu_s']:.1f} s of CPU time")
    title = f"Position by the emulator {w.emulator}, likelihood {w.likelihood}"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, dataset.attrs | attributes)
