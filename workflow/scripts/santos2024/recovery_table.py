"""Tables of recovery: targets by priors, samplers and seeds; samplers side by side."""

from latentearth import io
from support import job, provenance
from support.tables import santos2024_recovery as tables
from support.tables.santos2024_agreement import sampler_rows

with job.logged(snakemake.log[0], snakemake.threads):
    p, rows = snakemake.params, []
    media, nulls = (
        {w: io.read_dataset(file) for w, file in zip(p.waves, files, strict=True)}
        for files in (snakemake.input.observed, snakemake.input.nulls)
    )
    files = dict(zip(p.runs, snakemake.input.runs, strict=True))
    banks = dict(zip(p.banks, snakemake.input.banks, strict=True))
    for waves, data in media.items():
        for target in range(data.sizes["target"]):
            rows += tables.null_rows(nulls[waves], data, target)
        for prior in p.priors:
            bank = io.read_dataset(banks[f"{prior}_{waves}"])
            for target in range(p.targets[waves]):
                found = io.read_dataset(files[f"{prior}_{waves}_{target}"])
                rows += tables.population_rows(found, bank, data, prior, target, p.images)
    for solution, chains in zip(snakemake.input.solutions, snakemake.input.chains, strict=True):
        found = io.read_dataset(solution)
        data = media[f"{float(found.waves):g}"]
        rows += tables.chain_rows(found, io.read_dataset(chains), data)
    for row in rows:
        print(row)
    attributes = provenance.attributes("Recovery by several priors", {}, p.seed, p.scale)
    io.write_table(snakemake.output.table, rows, attributes)
    io.write_table(snakemake.output.samplers, [*sampler_rows(rows)], attributes)
