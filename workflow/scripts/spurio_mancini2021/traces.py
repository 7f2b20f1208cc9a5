"""All traces of one receiver: by one elastic simulation, or from a file."""

import time

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.earth import marine
from latentearth.operators import elastic_waves, event_box, explosions, trace_files
from latentearth.progress import report_every
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    number, survey = int(snakemake.wildcards.receiver), io.read_dataset(snakemake.input.sources)
    receiver, positions = survey.receiver.values[number], survey.position.values
    event, box = survey.event.values, xr.Dataset()
    start = time.process_time()
    if snakemake.input.given:
        traces, step = trace_files.read_given_traces(
            snakemake.input.given, survey.attrs["given"], p.interval
        )
        observed, traces = traces[survey.attrs["event_row"]], traces[survey.row.values]
        delay = np.nan  # nobody says when the pulse of given traces begins
    else:
        model = io.read_dataset(snakemake.input.model)
        model = marine.resample(model, marine.grid(model, s["spacing"]), s["vs_floor"])
        raised = 100 * model.attrs["raised"]
        print(f"Vs raised to {s['vs_floor']:.0f} m/s at {raised:.2f} per cent of the rock")
        medium = elastic_waves.Medium.of(model)
        nodes = explosions.to_nodes(positions, medium.axes, "sources")
        at = explosions.to_nodes(event, medium.axes, "event")
        around = event_box.nodes_around(
            at[0], medium.axes, p.box, survey.receiver.values[:, 2].min()
        )
        report = report_every(f"receiver {number}")
        recorded = elastic_waves.reciprocal_traces(
            medium,
            explosions.to_nodes(receiver, medium.axes, "receiver")[0],
            np.concatenate([nodes, at, event_box.flat(around)]),
            **{name: s[name] for name in ("step", "samples", "every", "frequency", "moment")},
            **{name: s[name] for name in ("pml", "engine")},
            report=lambda done, of: report(step=done, of=of),
        )
        traces, observed, inside = np.split(recorded, [len(nodes), len(nodes) + 1])
        observed, box = observed[0], event_box.box_dataset(around, medium.axes, inside)
        positions = np.column_stack([a[nodes[:, i]] for i, a in enumerate(medium.axes)])
        event = np.array([a[at[0, i]] for i, a in enumerate(medium.axes)])
        step, delay = s["step"] * s["every"], explosions.delay(s["frequency"])
    record = trace_files.Traces(positions, traces, receiver, step, delay, observed, event)
    for path, dataset, title in (
        (
            snakemake.output.traces,
            trace_files.traces_dataset(record),
            f"Traces of receiver {number}",
        ),
        (snakemake.output.box, box, f"Traces of receiver {number} around the event"),
    ):
        attributes = provenance.attributes(title, s, p.seed, p.scale)
        io.write_dataset(path, dataset, attributes | dataset.attrs)
    io.write_json(snakemake.output.cost, {"cpu_s": time.process_time() - start})
