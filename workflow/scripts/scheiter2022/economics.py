"""Samples per second of GAN, Metropolis and exact sampling, and the time to a full slice."""

import numpy as np

from latentearth import io, seeds
from latentearth.diagnostics import speed
from latentearth.ensembles import shell
from latentearth.ensembles.slices import in_slice
from latentearth.networks.mlp_gan import StackSampler
from latentearth.samplers import random_walk
from latentearth.training.ensemble_gans import load_ensemble_generator
from support import job, provenance
from support.settings import gan_settings

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, s = snakemake.params, snakemake.params.settings
    shape, chains = (p.shell["radius"], p.shell["width"]), s["ensemble"]
    density = random_walk.Density(shell.log_density, np.array(shape))
    dimensions, rows = io.read_json(snakemake.input.card)["dimensions"], []
    for network, d in enumerate(dimensions):
        seed = seeds.stream(p.seed, "scheiter2022", "economics", d)
        exact, rng = shell.Radius(d, *shape), np.random.default_rng(seed)
        stack = snakemake.input.weights, dimensions, gan_settings(s["gan"])[0], [network]
        gan = StackSampler(load_ensemble_generator(*stack), [seed])
        state = random_walk.begin_walk(density, exact.sample(rng, chains["chains"]), seed)
        walk = {
            thinning: random_walk.drawer(
                density,
                state,
                20_000,
                step_size=chains["jump"] / d,
                thinning=thinning,
                inside=in_slice,
                limits=(s["half_width"],),
                threads=threads,
            )
            for thinning in (1, chains["thinning"])
        }
        slices = io.read_dataset(snakemake.input.slices[network])
        share = shell.slice_probability(d, s["half_width"], *shape)
        for method, draw, probability in (
            ("GAN", lambda g=gan: g.draw_block().shape[1], slices.gan_found / slices.gan_drawn),
            ("Metropolis, every state", lambda w=walk[1]: w()[1], share),
            ("Metropolis, thinned", lambda w=walk[chains["thinning"]]: w()[1], share),
            ("exact", lambda e=exact, r=rng: len(e.sample(r, 50_000)), share),
        ):
            row = {"dimension": d, "method": method, "slice_probability": float(probability)}
            row["samples_per_s"] = speed.samples_per_second(draw, s["timed_draws"])
            row["draws_for_slice"] = s["slice_samples"] / max(row["slice_probability"], 1e-300)
            row["time_for_slice_s"] = row["draws_for_slice"] / row["samples_per_s"]
            rows.append(row | {"threads": threads, "hardware": job.hardware()})
            print(rows[-1], flush=True)
    attributes = provenance.attributes("Cost of slices", s, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes)
