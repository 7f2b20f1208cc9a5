"""Position, origin time and moment tensor of one event, with errors; QuakeML."""

import numpy as np

from latentearth import io, seeds
from latentearth.inversion.own_event import narrowing_scan, refuse_edges
from latentearth.operators.greens_functions import read_greens_functions
from latentearth.readers.quakeml import write_quakeml
from latentearth.samplers.modes import ModeSampler
from support import event_search, job, one_event, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, simulation = snakemake.params, snakemake.params.settings, snakemake.params.simulation
    name, source = ("spurio_mancini2021", "locate"), snakemake.input.records[0]
    stores = [read_greens_functions(path) for path in snakemake.input.stores]
    given = one_event.read_event(snakemake.input, s, p.inference["receivers"])
    likelihood, ready, box = one_event.prepare(given, stores, s, simulation, source)
    rng = np.random.default_rng(seeds.stream(p.seed, *name, 0))
    # a sixteenth of the pulse's period apart
    step = 1 / (16 * simulation["frequency"])
    start = narrowing_scan(likelihood, box, step, s["scan"], rng)
    sampler = ModeSampler(
        (20.0, 20.0, 20.0, 0.01), s["starts"], s["draws"], s["rounds"], s["wanted"]
    )
    seed = seeds.stream(p.seed, *name, 1)
    errors = one_event.read_errors(snakemake.input.errors, stores)
    drawn = np.random.default_rng(seeds.stream(p.seed, *name, 2))
    pulse = ready.interval_s, simulation["frequency"]
    told = snakemake.input, s["unknown"], p.inference["receivers"], pulse, drawn
    known = {"errors": errors, "unknown": event_search.unknown_terms(*told)}
    found = event_search.sample(likelihood, ready, box, start, sampler, seed, **known)
    refuse_edges(found.best[:3], box)
    event = one_event.event_dataset(found, ready, given, simulation=simulation, rng=rng)
    event.attrs["errors"] = event_search.counted(s["unknown"], found, errors)
    rows = one_event.event_rows(
        event, given, one_event.picked_position(given, p.inference, box, rng)
    )
    attributes = provenance.attributes("One event", s, p.seed, p.scale)
    io.write_dataset(snakemake.output.event, event, attributes | event.attrs)
    io.write_table(snakemake.output.table, rows, attributes)
    told = one_event.quakeml_of(event, given)
    write_quakeml(snakemake.output.quakeml, event.position.values, **told)
    for row in rows:
        print(row)
