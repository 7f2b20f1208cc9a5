"""What one receiver records of events in a model of other velocities than the one inverted with."""

from dataclasses import fields

import numpy as np

from latentearth import io, seeds
from latentearth.earth.velocity_errors import VelocityErrors
from support import job, provenance
from support.other_grid import simulate_events

with job.logged(snakemake.log[0], snakemake.threads):
    p, name = snakemake.params, ("spurio_mancini2021", "methods")
    number, model = (int(snakemake.wildcards[key]) for key in ("receiver", "other"))
    rng = np.random.default_rng(seeds.stream(p.seed, "spurio_mancini2021", "velocity", model))
    given = io.read_dataset(snakemake.input.model)
    errors = VelocityErrors(*(p.settings[field.name] for field in fields(VelocityErrors)))
    floor = errors.slowest(p.simulation["vs_floor"])
    dataset = simulate_events(
        errors.draw(given, rng),
        io.read_dataset(snakemake.input.sources),
        number,
        (seeds.stream(p.seed, *name, "events"), seeds.stream(p.seed, *name, "validation")),
        section=p.simulation | {"samples": p.settings["samples"], "vs_floor": floor},
        sources=p.sources,
        own=p.settings,
    )
    title = f"Traces of receiver {number} of events in model {model} of other velocities"
    attributes = provenance.attributes(title, p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, attributes)
