"""Sample the posterior of latent vectors for observed media (sections 4.3 and 5)."""

from pathlib import Path

import numpy as np
import torch
import xarray as xr
from latentearth import io, job, provenance
from latentearth.networks import shipped
from latentearth.networks.wgan_gp import load_generator
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import Rock, TwoPhases
from latentearth.samplers import downscaling, latent_chains
from latentearth.samplers.latent_kernels import METHODS

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    device = "cuda" if p.device != "cpu" and torch.cuda.is_available() else "cpu"
    generator = load_generator(snakemake.input.weights, snakemake.input.card).to(device)
    data = io.read_dataset(snakemake.input.observed)
    used = list(range(data.sizes["target"]))[slice(*s["targets"])]
    target_of = np.repeat(used, s["chains"])
    operator = Homogenization(
        generator.side, float(data.waves), TwoPhases(Rock(**p.black), Rock(**p.white)),
        p.iterations, device=device,
    )  # fmt: skip
    target = downscaling.likelihood(
        generator, operator, data.observed.values[target_of], data.sigma.values,
        s["components"], p.precision, device,
    )  # fmt: skip
    seed = provenance.stream(p.seed, "santos2024", "chains", snakemake.wildcards.inversion)
    plan = latent_chains.Plan(*(s[key] for key in ("burn_in", "samples", "thinning", "block")))
    found = latent_chains.run(
        target, METHODS[s["method"]], plan,
        latent_chains.prior_starts(seed, len(target_of), generator.latent).to(device), seed,
        checkpoint := Path(f"{snakemake.output[0]}.checkpoint"),
        {"data": float(data.observed.sum()), "sigma": data.sigma.values.tolist(),
         "weights": shipped.checksum(snakemake.input.weights), "components": s["components"],
         "iterations": p.iterations, "precision": p.precision, "rocks": [p.black, p.white]},
    )  # fmt: skip
    one, pair, cpu = {"units": "1"}, ("chain", "sample"), {"units": "s"}
    result = xr.Dataset(
        {
            "position": ((*pair, "latent"), found.position, one | {"thinning": plan.thinning}),
            "log_likelihood": (pair, found.log_likelihood, one),
            "log_posterior": (pair, found.log_posterior, one),
            "acceptance": ("chain", found.acceptance, one),
            "target": ("chain", target_of, one),
            "step": ((), found.step, one),
            "evaluations": ((), found.evaluations, one),
            "cpu_time": ((), found.cpu_s, cpu),
            "burn_in_cpu_time": ((), found.burn_in_cpu_s, cpu),
        }
    )
    print(f"acceptance {found.acceptance.mean():.2f}, step {found.step:.3f}, {found.cpu_s:.0f} s")
    title = f"Latent chains, {snakemake.wildcards.inversion}"
    about = provenance.attributes(title, s, p.seed, p.scale) | {"method": s["method"]}
    io.write_dataset(snakemake.output[0], result, about)
    checkpoint.unlink(missing_ok=True)
