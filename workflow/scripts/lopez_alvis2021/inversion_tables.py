"""Tables 1 to 4, the nonlinear inversions and the new truths, beside the published values."""

from latentearth import io
from support import job, provenance
from support.published_values import published
from support.tables import lopez_alvis2021 as tables

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, out = snakemake.params, snakemake.input, snakemake.output
    data = io.read_dataset(given.data)
    floor = {kind: data.threshold.sel(operator=kind) for kind in ("straight", "curved")}
    linear = {n: io.read_dataset(f) for n, f in zip(p.columns, given.linear, strict=True)}
    noise = {n: p.noise * n.endswith("noise") for n in p.columns}
    curved = {n: io.read_dataset(f) for n, f in zip(("clean", "noisy"), given.curved, strict=True)}
    curved_thresholds = {"clean": floor["curved"], "noisy": floor["curved"] + p.noise}
    theirs = {number: published("lopez_alvis2021", f"table{number}") for number in (1, 2, 3, 4)}
    new = tables.new_truths(io.read_dataset(given.new))
    for name, rows in {
        "table1": tables.cases(p.cases, theirs[1]),
        "table2": tables.floor(data, theirs[2]),
        "table3": tables.acceptance_table(linear, floor["straight"], noise, theirs[3], theirs[2]),
        "table4": tables.misfits(linear, theirs[4]),
        "table_nonlinear": tables.nonlinear(curved, curved_thresholds),
        "table_new_truths": new,
        "table_new_truths_summary": tables.new_truths_summary(new),
    }.items():
        attributes = provenance.attributes(name, p.cases, p.seed, p.scale)
        io.write_table(out[name], rows, attributes)
