"""Table 1: accuracy, times and sizes of all emulators; here, once, the test set is read."""

from latentearth import io
from latentearth.emulators import accuracy, base
from latentearth.emulators.events import Events
from latentearth.operators.trace_files import read_traces
from latentearth.progress import progress
from support import job, provenance
from support.published_values import published
from support.tables import spurio_mancini2021

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    events = Events(read_traces(given.traces), p.train, p.validation)
    models = base.load_peaks(given.peaks)
    more = {"peaks": p.peaks, "batch": p.batch}
    more["published"] = published("spurio_mancini2021", "table1")
    rows = [
        spurio_mancini2021.table1_row(kind, given[f"of_{kind}"], events, models, **more)
        for kind in progress(p.kinds, "measuring")
    ]
    closer = spurio_mancini2021.closer({kind: given[f"of_{kind}"][0] for kind in p.kinds}, events)
    rows = [row | {"closer_than_d18": closer.get(str(row["kind"]))} for row in rows]
    rows.append(spurio_mancini2021.baseline(events, models, p.peaks))
    attributes = provenance.attributes("Table 1", {"peaks": p.peaks}, p.seed, p.scale)
    attributes |= {"hardware": job.hardware(), "test_events": len(events.traces("test"))}
    io.write_table(snakemake.output.table, rows, attributes)
    io.write_dataset(snakemake.output.peaks, accuracy.peak_errors(events, models), attributes)
    for row in rows:
        print({k: v for k, v in row.items() if not k.startswith("published")})
