"""All traces of one receiver, and its Green's functions: by one elastic simulation, or a file."""

import time

import xarray as xr

from latentearth import io
from latentearth.operators import given_traces, greens_functions, trace_files
from latentearth.progress import report_every
from support import job, provenance
from support.simulation import simulate

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, given = snakemake.params, snakemake.params.settings, snakemake.input.given
    number, survey = int(snakemake.wildcards.receiver), io.read_dataset(snakemake.input.sources)
    start = time.process_time()
    if given:
        fastest = float(io.read_dataset(snakemake.input.model).vp.max())
        record = given_traces.read_record(given, survey, number, fastest, **p.given)
        stores = {}
        about = f"{record.sample_interval_s:g} s apart, in {record.units}"
        print(f"{record.traces.shape} samples, {about}")
    else:
        report = report_every(f"receiver {number}")
        record, stores = simulate(
            io.read_dataset(snakemake.input.model),
            survey,
            number,
            section=s,
            greens=p.greens,
            report=lambda done, of: report(step=done, of=of),
        )
    name = f"Traces of receiver {number}"
    attributes = provenance.attributes(name, s, p.seed, p.scale)
    dataset = trace_files.traces_dataset(record)
    io.write_dataset(snakemake.output.traces, dataset, attributes | dataset.attrs)
    for kind, path in zip(("explosions", "tensors"), snakemake.output.stores, strict=True):
        found = greens_functions.greens_dataset(stores[kind]) if stores else xr.Dataset()
        about = attributes | found.attrs | {"title": f"Green's functions: {name}, {kind}"}
        chunks = greens_functions.greens_chunks(found) if stores else None
        io.write_dataset(path, found, about, chunks)
    io.write_json(snakemake.output.cost, {"cpu_s": time.process_time() - start})
