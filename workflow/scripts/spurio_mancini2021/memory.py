"""Error of traces of another grid against the bytes that are stored for a receiver."""

import numpy as np

from latentearth import io, seeds
from latentearth.emulators.aligned_store import first_wave
from latentearth.operators.greens_functions import read_greens_functions
from latentearth.operators.trace_files import read_traces
from support import job, memory, provenance
from support.direct_waves import direct_wave

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, given = snakemake.params, snakemake.params.settings, snakemake.input
    own, found = {**s["memory"], "slope": s["slope"]}, io.read_dataset(given.events)
    record, store = read_traces(given.traces), read_greens_functions(given.greens)
    model, times = io.read_dataset(given.model), io.read_dataset(given.times)
    known = direct_wave(model, times.travel_time[0].values, record, p.spacing, p.vs_floor)
    wave, seed = first_wave(store, known), seeds.stream(p.seed, "spurio_mancini2021", "memory")
    kinds = zip(p.kinds, given.emulators, strict=True)
    candidates = [
        *memory.stores(store, wave, own),
        *memory.networks(store, wave, own, seed),
        *(memory.emulator(kind, path) for kind, path in kinds),
    ]
    positions, traces = (
        np.concatenate([found[name].values, found[f"validation_{name}"].values])
        for name in ("position", "traces")
    )
    rows = [memory.row(each, positions, traces, own["batch"]) for each in candidates]
    for row in rows:
        print(row)
    title = "Error of traces against bytes stored for a receiver"
    attributes = provenance.attributes(title, own, p.seed, p.scale)
    attributes |= {"hardware": job.hardware(), "events": len(traces)}
    io.write_table(snakemake.output[0], rows, attributes)
