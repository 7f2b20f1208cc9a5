"""What one receiver records of events on the nodes of another grid than that which locates them."""

from latentearth import io, seeds
from support import job, provenance
from support.simulation import simulate_events

with job.logged(snakemake.log[0], snakemake.threads):
    p, number = snakemake.params, int(snakemake.wildcards.receiver)
    dataset = simulate_events(
        io.read_dataset(snakemake.input.model),
        io.read_dataset(snakemake.input.sources),
        number,
        seeds.stream(p.seed, "spurio_mancini2021", "methods", "events"),
        section=p.simulation,
        sources=p.sources,
        methods=p.settings,
        validation=seeds.stream(p.seed, "spurio_mancini2021", "methods", "validation"),
    )
    title = f"Traces of receiver {number} of events to be located by several methods"
    attributes = provenance.attributes(title, p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, attributes)
