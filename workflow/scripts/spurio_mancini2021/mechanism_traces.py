"""Traces of six elementary moment tensors at random events, on another grid."""

from latentearth import io, seeds
from support import job, mechanisms, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    number = int(snakemake.wildcards.receiver)
    dataset = mechanisms.elementary_traces(
        io.read_dataset(snakemake.input.model),
        io.read_dataset(snakemake.input.sources),
        number,
        seeds.stream(p.seed, "spurio_mancini2021", "mechanisms"),
        section=p.simulation,
        own=p.settings,
        clearance=p.clearance,
    )
    title = f"Traces of moment tensors at receiver {number}, on another grid"
    attributes = provenance.attributes(title, p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, attributes)
