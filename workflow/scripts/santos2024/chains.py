"""Sample the posterior of latent vectors for observed media (sections 4.3 and 5)."""

from pathlib import Path

import numpy as np
import torch
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import downscaling
from latentearth.networks import weights
from latentearth.networks.wgan_gp import load_image_generator
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import Rock, TwoPhases
from latentearth.samplers import annealing, latent_chains
from latentearth.samplers.latent_kernels import METHODS
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    device = "cuda" if p.device != "cpu" and torch.cuda.is_available() else "cpu"
    generator = load_image_generator(snakemake.input.weights, snakemake.input.card).to(device)
    data = io.read_dataset(snakemake.input.observed)
    used = np.arange(data.sizes["target"])[slice(*s["targets"])]
    target_of = np.repeat(used, s["chains"])
    rocks = TwoPhases(Rock(**p.black), Rock(**p.white))
    operator = Homogenization(generator.side, float(data.waves), rocks, p.iterations, device=device)
    chain_target, *targets = (
        downscaling.likelihood(generator, operator, data.observed.values[which],
                               data[s["sigma"]].values, s["components"], p.products, device)
        for which in (target_of, *used)
    )  # fmt: skip
    seed = seeds.stream(p.seed, "santos2024", "chains", snakemake.wildcards.inversion)
    about = {
        "data": float(data.observed.sum()), "sigma": data[s["sigma"]].values.tolist(),
        "weights": weights.checksum(snakemake.input.weights), "components": s["components"],
        "iterations": p.iterations, "products": p.products, "rocks": [p.black, p.white],
    }  # fmt: skip
    checkpoint = Path(f"{snakemake.output[0]}.checkpoint")
    first = annealing.starts(
        targets, s["chains"], s["particles"], generator.latent, seed, device, checkpoint, about
    )
    plan = latent_chains.Plan(*(s[key] for key in ("burn_in", "samples", "thinning", "block")))
    found = latent_chains.run(
        chain_target, METHODS[s["method"]], plan, first.position, seed, checkpoint, about
    )
    result = xr.Dataset(latent_chains.variables(found, plan) | {
        "target": ("chain", target_of, {"units": "1"}),
        "log_evidence": ("inverted", first.log_evidence, {"units": "1"}),
        "annealing_cpu_time": ((), first.cpu_s, {"units": "s"}),
    })  # fmt: skip
    print(f"annealing {first.cpu_s:.0f} CPU-s; acceptance {found.acceptance.mean():.2f}, "
          f"step {found.step:.3f}, {found.cpu_s:.0f} CPU-s")  # fmt: skip
    title = f"Latent chains, {snakemake.wildcards.inversion}"
    about = provenance.attributes(title, s, p.seed, p.scale) | {"method": s["method"]}
    io.write_dataset(snakemake.output[0], result, about)
    for file in (checkpoint, *first.files):
        file.unlink(missing_ok=True)
