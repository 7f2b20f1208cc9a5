"""Does the fit say that a medium is no marble cake? A row for each foreign one, and an own one."""

from latentearth import io
from latentearth.inversion.linear_downscaling import gaussian_evidence
from support import job, provenance
from support.tables.santos2024_recovery import fit_row

with job.logged(snakemake.log[0], snakemake.threads):
    p, rows, runs = snakemake.params, [], iter(snakemake.input.runs)
    for observed, bank in zip(snakemake.input.observed, snakemake.input.banks, strict=True):
        data, media = io.read_dataset(observed), io.read_dataset(bank).medium.values
        for target, medium in enumerate(data.observed.values):
            smooth = gaussian_evidence(media, medium, data.sigma_o.values)
            rows.append(fit_row(io.read_dataset(next(runs)), data, target, smooth))
            print(rows[-1])
    about = provenance.attributes("Fit of foreign media", {}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, about)
