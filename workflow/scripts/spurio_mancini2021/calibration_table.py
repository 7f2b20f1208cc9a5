"""Coverage and location error of held-out events, by emulator and likelihood."""

import numpy as np

from latentearth import io
from latentearth.diagnostics import coverage
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, rows = snakemake.params, []
    for name, path in zip(p.names, snakemake.input.calibrations, strict=True):
        found = io.read_dataset(path)
        for kind in found.likelihood.values:
            one = found.sel(likelihood=kind)
            row = {"emulator": name, "likelihood": str(kind), "events": one.sizes["event"]}
            for part in coverage.coverage(one["quantile"].values, one.level.values):
                percent = f"{100 * part['level']:.0f}"
                row |= {
                    f"intervals_{percent}": part["intervals"],
                    f"regions_{percent}": part["regions"],
                    f"binomial_error_{percent}": part["binomial_error"],
                }
            error = np.linalg.norm(one.error.values, axis=1)
            stated = np.sqrt((one.deviation.values**2).sum(axis=1))
            row |= {
                "median_error_m": float(np.median(error)),
                "p90_error_m": float(np.quantile(error, 0.9)),
                "median_stated_m": float(np.median(stated)),
                "least_effective": float(one.effective.min()),
            }
            rows.append(row)
    title = "Calibration: coverage of credible intervals and location errors"
    io.write_table(snakemake.output[0], rows, provenance.attributes(title, {}, p.seed, p.scale))
