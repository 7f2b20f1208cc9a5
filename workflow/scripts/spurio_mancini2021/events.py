"""What one receiver records of events on the nodes of other grids than that which locates them."""

from functools import partial

from latentearth import io, seeds
from support import job, provenance
from support.other_grid import plan_explosions, plan_tensors, simulate_plans

with job.logged(snakemake.log[0], snakemake.threads):
    p, number = snakemake.params, int(snakemake.wildcards.receiver)
    name, s = "spurio_mancini2021", p.settings
    survey = io.read_dataset(snakemake.input.sources)
    streams = [seeds.stream(p.seed, name, "methods", part) for part in ("events", "validation")]
    plans = {"events": (s, partial(plan_explosions, survey, number, streams, s, p.sources))}
    outputs, own = {"events": snakemake.output.events}, p.mechanisms
    if snakemake.output.elementary:
        stream, clearance = seeds.stream(p.seed, name, "mechanisms"), p.sources["clearance"]
        plan = partial(plan_tensors, survey, number, stream, own, clearance)
        plans["elementary"] = own, plan
        outputs["elementary"] = snakemake.output.elementary[0]
    model = io.read_dataset(snakemake.input.model)
    found = simulate_plans(model, survey, number, plans, p.simulation)
    for kind, path in outputs.items():
        title = f"Traces of receiver {number} on another grid: {kind}"
        attributes = provenance.attributes(title, plans[kind][0], p.seed, p.scale)
        io.write_dataset(path, found[kind], attributes)
