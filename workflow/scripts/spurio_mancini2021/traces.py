"""All traces of one receiver: by one elastic simulation, or from a file."""

import time

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.operators import trace_files
from latentearth.progress import report_every
from support import job, provenance
from support.simulation import simulate

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, given = snakemake.params, snakemake.params.settings, snakemake.input.given
    number, survey = int(snakemake.wildcards.receiver), io.read_dataset(snakemake.input.sources)
    start = time.process_time()
    if given:
        traces, interval = trace_files.read_given_traces(given, survey.attrs["given"], p.interval)
        record, box = (
            trace_files.Traces(
                survey.position.values,
                traces[survey.row.values],
                survey.receiver.values[number],
                interval,
                np.nan,  # nobody says when the pulse of given traces begins
                traces[survey.attrs["event_row"]],
                survey.event.values,
            ),
            xr.Dataset(),
        )
    else:
        report = report_every(f"receiver {number}")
        record, box = simulate(
            io.read_dataset(snakemake.input.model),
            survey,
            number,
            section=s,
            box=p.box,
            report=lambda done, of: report(step=done, of=of),
        )
    name = f"Traces of receiver {number}"
    attributes = provenance.attributes(name, s, p.seed, p.scale)
    dataset = trace_files.traces_dataset(record)
    io.write_dataset(snakemake.output.traces, dataset, attributes | dataset.attrs)
    attributes |= {"title": f"{name} around the event"}
    io.write_dataset(snakemake.output.box, box, attributes)
    io.write_json(snakemake.output.cost, {"cpu_s": time.process_time() - start})
