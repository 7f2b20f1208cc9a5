"""Sample the shell by random-walk Metropolis, or check a user's own ensemble."""

import numpy as np
import xarray as xr
from latentearth import io, job, provenance
from latentearth.ensembles.check import DIMENSIONS, check_ensemble
from latentearth.ensembles.shell import log_density
from latentearth.samplers import diagnostics, metropolis

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, s = snakemake.params, snakemake.params.settings
    dimension = int(snakemake.wildcards.dimension)
    title, quality = f"Ensemble of the shell in {dimension} dimensions", {}
    if snakemake.input.own:
        title = f"The user's ensemble {snakemake.input.own}"
        samples = check_ensemble(
            snakemake.input.own, coordinates=dimension, minimum_samples=8, minimum_chains=2
        ).values
    else:
        density = np.array([p.shell["radius"], p.shell["width"]])
        names = "scheiter2022", snakemake.wildcards.experiment, dimension
        first, chains = provenance.stream(p.seed, *names).spawn(2)
        # the chains start far apart, so that R-hat would show if they had not met
        positions = np.random.default_rng(first).normal(0, 1, (s["chains"], dimension))
        run = metropolis.sample(
            log_density,
            density,
            positions,
            chains,
            s["samples"],
            step=s["jump"] / dimension,
            thinning=s["thinning"],
            burn_in_steps=s["burn_in"],
            threads=threads,
        )
        samples = run.samples
        quality["acceptance_rate"] = float(run.acceptance.mean())
    quality["r_hat"] = float(diagnostics.rank_rhat(samples).max())
    quality["effective_share"] = float(
        diagnostics.bulk_ess(samples).min() / (samples.shape[0] * samples.shape[1])
    )
    print(quality)
    io.write_dataset(
        snakemake.output[0],
        xr.Dataset({"x": (DIMENSIONS, samples.astype(np.float32), {"units": "1"})}, attrs=quality),
        provenance.attributes(title, s | p.shell, p.seed, p.scale),
    )
