"""Compression of each ensemble (sections 3.1, 4.2, 4.4), and parameter counts (Tables A1 to A4)."""

from latentearth import io
from latentearth.ensembles.statistics import compression_rate, ensemble_values
from support import job, provenance

PAPER = 180_000  # samples of the paper's ensemble of the core-mantle boundary

with job.logged(snakemake.log[0], snakemake.threads):
    p, compression, networks = snakemake.params, [], []

    def compressed(experiment, ensemble, stored, parameters):
        """Add a row on an ensemble."""
        row = {"experiment": experiment, "ensemble": ensemble, "values_stored": stored}
        rate = compression_rate(stored, parameters)
        compression.append(row | {"parameters": parameters, "rate": rate})

    def counted(table, network, dimension, generator, critic):
        """Add a row on a pair of networks."""
        row = {"table": table, "network": network, "dimension": dimension}
        row |= {"generator_parameters": generator, "discriminator_parameters": critic}
        networks.append(row)

    columns = ("networks", "dimensions", "values_stored")
    columns += ("generator_parameters", "discriminator_parameters")
    for path in snakemake.input.cards:
        card, experiment = io.read_json(path), path.split("/")[-2]
        for name, dimension, stored, generator, critic in zip(*map(card.get, columns), strict=True):
            if not name.endswith("/0"):
                continue  # the chains of a size are alike
            name = name.removesuffix("/0")
            compressed(experiment, name, stored, generator)
            if experiment == "hypersphere":
                counted("A1", name, dimension, generator, critic)
    regional = io.read_json(snakemake.input.dcgan)
    counted("A3", "australia", *(regional[c][0] for c in columns[1:] if c != "values_stored"))
    patches = [io.read_json(path) for path in snakemake.input.wgans]
    for card in patches:
        for row in zip(*(card[c] for c in columns if c != "values_stored"), strict=True):
            counted("A4", *row)
    points = sum(sum(card["dimensions"]) for card in patches)
    whole = sum(sum(card["generator_parameters"]) for card in patches)
    stored = sum(sum(card["values_stored"]) for card in patches)
    for name, size, ours, parameters in (
        ("australia", 529, regional["values_stored"][0], regional["generator_parameters"][0]),
        ("globe", points, stored, whole),
    ):
        compressed(name, "ours", ours, parameters)
        compressed(name, "of the paper's size", ensemble_values(PAPER, size), parameters)
    attributes = provenance.attributes("Compression and network sizes", {}, p.seed, p.scale)
    io.write_table(snakemake.output.compression, compression, attributes)
    io.write_table(snakemake.output.networks, networks, attributes)
