"""Which receivers locate the event by arrival times as closely as Table 2 says."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import arrival_spread
from support import edt_receivers, job, provenance
from support.published_values import published

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    model = io.read_dataset(snakemake.input.model)
    found = io.read_dataset(snakemake.input.observation)
    event, bounds = found.event.values, found.bounds.values
    ours = found.position.values
    places = edt_receivers.lattice(model, s["along"], ours[:, 2].min())
    receivers = np.concatenate([places, ours])
    tables = edt_receivers.travel_times(model, receivers, s["every"])
    slowness = arrival_spread.slownesses(*tables, event)
    theirs = published("spurio_mancini2021", "table2")
    wanted = np.array([1e3 * theirs.at("edt_plus", coordinate=name) for name in "xyz"])
    sets, spread = edt_receivers.chosen_sets(slowness, len(ours), p.pick_error, wanted)
    rows = []
    for name, numbers in sets.items():
        rows += edt_receivers.rows_of(
            name,
            numbers,
            receivers,
            tables,
            event,
            bounds=bounds,
            error=p.pick_error,
            wanted=wanted,
            seed=seeds.stream(p.seed, "spurio_mancini2021", "receivers of EDT", name),
        )
    title = "Intervals by arrival times at several sets of receivers"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    io.write_table(snakemake.output.table, rows, attributes)
    metres = {"units": "m"}
    dataset = xr.Dataset(
        {
            "known": (("set", "coordinate"), spread[True], metres),
            "unknown": (("set", "coordinate"), spread[False], metres),
            "published": ("coordinate", wanted, metres),
            "event": ("coordinate", event, metres),
            "bounds": (("coordinate", "end"), bounds, metres),
            "nearest": (("receiver", "coordinate"), receivers[list(sets.values())[1]], metres),
            "ours": (("own", "coordinate"), ours, metres),
        }
    )
    io.write_dataset(snakemake.output.spread, dataset, attributes)
