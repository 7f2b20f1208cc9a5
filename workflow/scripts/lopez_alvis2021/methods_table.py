"""All methods beside each other, by truth, noise and operator (beyond the paper)."""

from latentearth import io
from support import job, provenance
from support.published_values import published
from support.tables import lopez_alvis2021_methods as tables

with job.logged(snakemake.log[0], snakemake.threads):
    p, given = snakemake.params, snakemake.input
    data, models = io.read_dataset(given.data), io.read_dataset(given.truths).model
    judge = tables.Judge(models, data.threshold, published("lopez_alvis2021", "table2"))
    rows = []
    for case, file in zip(p.columns, given.linear, strict=True):
        name = case.removesuffix("_noise")
        place = {"noise_ns": 0.0 if case == name else p.noise, "operator": "straight"}
        method = {"method": p.networks[name].upper(), "case": name}
        rows += judge.network_rows(io.read_dataset(file), place, method)
    for noise, file in zip((0.0, p.noise), given.nonlinear, strict=True):
        place, method = (
            {"noise_ns": noise, "operator": "curved"},
            {"method": "VAE", "case": "VSbrd"},
        )
        rows += judge.network_rows(io.read_dataset(file), place, method)
    priors = io.read_dataset(given.priors)
    for law in map(str, priors.law.values):
        place = {"noise_ns": p.noise, "operator": "straight"}
        rows += judge.network_rows(priors.sel(law=law), place, {"method": law, "case": ""})
    for operator, file in zip(("straight", "curved"), given.regularized, strict=True):
        rows += judge.regularized_rows(io.read_dataset(file), operator)
    attributes = provenance.attributes("Methods side by side", {"noise": p.noise}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes)
