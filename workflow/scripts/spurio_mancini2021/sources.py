"""Where receivers and sources are: a Latin hypercube on the simulation's nodes, or given."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth import marine
from latentearth.operators import explosions, trace_files
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    model = io.read_dataset(snakemake.input.model)
    axes = marine.grid(model, p.spacing)
    grid = marine.resample(model, axes, p.vs_floor)
    places = [(x, y, marine.first_water(grid, x, y)) for x, y in p.receivers]
    nodes = explosions.to_nodes(np.array(places), axes, "receivers")
    receivers = np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(axes)])
    event_node = explosions.to_nodes(np.array(p.event), axes, "event")
    top = receivers[:, 2].min()
    if snakemake.input.given:
        found = trace_files.read_positions(snakemake.input.given)
        explosions.to_nodes(found, axes, snakemake.input.given)  # all inside the model?
        rows, event_row = explosions.take_event(found, np.array(p.event))
        positions, event, given = found[rows], found[event_row], len(found)
        print(f"{len(rows)} of {given} given positions; the event to be located is {event} m")
    else:
        drawn = explosions.latin_hypercube(
            seeds.stream(p.seed, "spurio_mancini2021", "sources"),
            s["count"],
            axes,
            top,
            s["clearance"],
            receivers,
            s["keep_out"],
            event_node,
        )
        positions = np.column_stack([axis[drawn[:, i]] for i, axis in enumerate(axes)])
        event = np.array([axis[event_node[0, i]] for i, axis in enumerate(axes)])
        rows, event_row, given = np.arange(len(positions)), -1, 0
    metres = {"units": "m"}
    dataset = xr.Dataset(
        {
            "position": (("source", "coordinate"), positions, metres),
            "row": ("source", rows),
            "event": ("coordinate", event, metres),
            "receiver": (("receiver", "coordinate"), receivers, metres),
        },
        attrs={"event_row": event_row, "given": given},
    )
    title = "Positions of sources, receivers and the event to be located"
    io.write_dataset(snakemake.output[0], dataset, provenance.attributes(title, s, p.seed, p.scale))
