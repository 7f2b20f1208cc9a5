"""Compression of each ensemble (section 3.1), and parameter counts of Tables A1 to A4."""

from latentearth import io, job, provenance
from latentearth.ensembles.statistics import compression_rate

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    compression, networks = [], []
    for path in snakemake.input.cards:
        card, experiment = io.read_json(path), path.split("/")[-2]
        columns = ("networks", "dimensions", "values_stored", "generator_parameters")
        for name, dimension, stored, parameters in zip(*(card[c] for c in columns), strict=True):
            if not name.endswith("/0"):
                continue  # the chains of a size are alike
            name = name.removesuffix("/0")
            compression.append(
                {
                    "experiment": experiment,
                    "ensemble": name,
                    "values_stored": stored,
                    "parameters": parameters,
                    "rate": compression_rate(stored, parameters),
                }
            )
            if experiment == "hypersphere":
                critic = card["discriminator_parameters"][len(networks)]
                networks.append(
                    {
                        "table": "A1",
                        "dimension": dimension,
                        "generator_parameters": parameters,
                        "discriminator_parameters": critic,
                    }
                )
    attributes = provenance.attributes("Compression and network sizes", {}, p.seed, p.scale)
    io.write_table(snakemake.output.compression, compression, attributes)
    io.write_table(snakemake.output.networks, networks, attributes)
