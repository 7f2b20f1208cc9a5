"""Observe a Gaussian, fit it, and draw from the fit (Figure 1)."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    rng = np.random.default_rng(seeds.stream(p.seed, "scheiter2022", "gaussian"))
    observed = rng.normal(s["mean"], s["standard_deviation"], s["observations"])
    mean, deviation = observed.mean(), observed.std(ddof=1)
    drawn = rng.normal(mean, deviation, s["draws"])
    result = xr.Dataset(
        {
            "observed": ("observation", observed, {"units": "1"}),
            "drawn": ("draw", drawn, {"units": "1"}),
            "mean": ((), mean, {"units": "1", "long_name": "mean of the observations"}),
            "standard_deviation": ((), deviation, {"units": "1"}),
        }
    )
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("A Gaussian fitted to few samples", s, p.seed, p.scale),
    )
