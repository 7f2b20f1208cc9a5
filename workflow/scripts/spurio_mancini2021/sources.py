"""Where receivers and sources are: a Latin hypercube on the simulation's nodes, or given."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth import marine
from latentearth.operators import explosions, given_traces
from support import job, provenance
from support.simulation import receiver_nodes

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    model = io.read_dataset(snakemake.input.model)
    axes = marine.grid(model, p.spacing)
    grid = marine.resample(model, axes, p.vs_floor)
    nodes = receiver_nodes(grid, p.receivers)
    receivers = np.column_stack([axis[nodes[:, i]] for i, axis in enumerate(axes)])
    event_node = explosions.to_nodes(np.array(p.event), axes, "event")
    top = receivers[:, 2].min()
    marine.check_in_rock(model, np.array([p.event]), "config", "event")
    if p.event[2] >= top:
        wanted = f"below {top:g} m, where the lowest receiver stands"
        raise io.InputError("config", "event", f"z = {p.event[2]:g} m", wanted)
    if file := snakemake.input.given:
        depth_0 = float(model.z.max()) + model.attrs.get("depth_of_top", 0.0)
        found = given_traces.read_positions(file, depth_0)
        explosions.to_nodes(found, axes, file)  # all inside the model?
        marine.check_in_rock(model, found, file, "source")
        rows, event_row = explosions.take_sources(found, np.array(p.event), p.split, file)
        positions, event, given = found[rows], found[event_row], len(found)
        print(f"the event to be located is {event} m")
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
