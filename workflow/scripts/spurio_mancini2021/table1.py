"""Table 1: accuracy, times and sizes of all emulators; here, once, the test set is read."""

from latentearth import io, seeds
from latentearth.emulators import accuracy, base
from latentearth.emulators.events import Events
from latentearth.operators.trace_files import read_traces
from latentearth.progress import progress
from support import job, provenance
from support.published_values import published
from support.tables import spurio_mancini2021 as tables

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    events = Events(read_traces(given.traces), p.train, p.validation)
    models = [base.load_peaks(given.peaks, number) for number in range(p.seeds)]
    more = {"peaks": p.peaks, "batch": p.batch}
    more["published"] = published("spurio_mancini2021", "table1")
    rows = [
        tables.table1_row(kind, given[f"of_{kind}"], events, models, **more)
        for kind in progress(p.kinds, "measuring")
    ]
    nulls = accuracy.null_emulators(events, models)
    rows += [tables.null_row(kind, some, events, models, p.peaks) for kind, some in nulls.items()]
    firsts = {kind: base.load(given[f"of_{kind}"][0]) for kind in p.kinds}
    firsts |= {kind: some[0] for kind, some in nulls.items()}
    # the noise of the event to be located
    sigma = float(events.record.observed.max() / p.peak_to_noise)
    seed = seeds.stream(p.seed, "spurio_mancini2021", "table1")
    beside = tables.beside_r2d(firsts, events, sigma, seed)
    rows = [row | beside[str(row["kind"])] for row in rows]
    attributes = provenance.attributes("Table 1", {"peaks": p.peaks}, p.seed, p.scale)
    attributes |= {"hardware": job.hardware(), "test_events": len(events.traces("test"))}
    io.write_table(snakemake.output.table, rows, attributes)
    io.write_dataset(snakemake.output.peaks, accuracy.peak_errors(events, models[0]), attributes)
    for row in rows:
        print({k: v for k, v in row.items() if not k.startswith("published")})
