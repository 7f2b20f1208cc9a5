"""Sample the shell by random-walk Metropolis, or check a user's own ensemble."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.diagnostics import mixing
from latentearth.ensembles.given import GIVEN_DIMENSIONS, read_given
from latentearth.ensembles.shell import log_density
from latentearth.samplers.metropolis import Metropolis
from latentearth.samplers.random_walk import Density
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, s = snakemake.params, snakemake.params.settings
    dimension = int(snakemake.wildcards.dimension)
    title, quality = f"Ensemble of the shell in {dimension} dimensions", {}
    if snakemake.input.own:
        title = f"The user's ensemble {snakemake.input.own}"
        samples = read_given(
            snakemake.input.own, coordinates=dimension, minimum_samples=8, minimum_chains=2
        )
    else:
        density = Density(log_density, np.array([p.shell["radius"], p.shell["width"]]))
        names = "scheiter2022", snakemake.wildcards.experiment, dimension
        first, chains = seeds.stream(p.seed, *names).spawn(2)
        # the chains start far apart, so that R-hat would show if they had not met
        positions = np.random.default_rng(first).normal(0, 1, (s["chains"], dimension))
        sampler = Metropolis(
            s["jump"] / dimension, s["samples"], s["thinning"], s["burn_in"], threads=threads
        )
        found = sampler(density, positions, chains)
        samples = found.position
        quality["acceptance_rate"] = float(found.acceptance.mean())
    quality["r_hat"] = float(mixing.rank_rhat(samples).max())
    quality["effective_share"] = float(
        mixing.bulk_ess(samples).min() / (samples.shape[0] * samples.shape[1])
    )
    print(quality)
    io.write_dataset(
        snakemake.output[0],
        xr.Dataset(
            {"x": (GIVEN_DIMENSIONS, samples.astype(np.float32), {"units": "1"})}, attrs=quality
        ),
        provenance.attributes(title, s | p.shell, p.seed, p.scale),
    )
