"""Sample the posterior of latent vectors for observed media (sections 4.3 and 5)."""

from pathlib import Path

import numpy as np

from latentearth import checkpoints, io, samples, seeds
from latentearth.inversion import downscaling
from latentearth.networks import weights
from support import job, provenance
from support.devices import device
from support.homogenization import homogenization
from support.image_generators import image_generator
from support.latent_runs import sample_targets

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    device = str(device(p.device))
    generator = image_generator(snakemake.input.weights, snakemake.input.card).to(device)
    data = io.read_dataset(snakemake.input.observed)
    used = np.arange(data.sizes["target"])[slice(*s["targets"])]
    target_of = np.repeat(used, s["chains"])
    operator = homogenization(generator.side, float(data.waves), p, device)
    sigma, network = data[s["sigma"]].values, weights.file_checksum(snakemake.input.weights)
    chain_target, *targets = (
        downscaling.latent_posterior(
            generator, operator, observed, sigma, generator.latent, components=s["components"],
            products=p.products, device=device, identity=checkpoints.fingerprint(
                observed, sigma, network, s["components"], float(data.waves), p.iterations,
                p.products, p.black, p.white,
            ),
        )
        for observed in (data.observed.values[which] for which in (target_of, *used))
    )  # fmt: skip
    seed = seeds.stream(p.seed, "santos2024", "chains", snakemake.wildcards.inversion)
    output = Path(snakemake.output[0])
    checkpoint = Path(f"{output}.checkpoint")
    count = len(s["components"]) * operator.points**2
    chains, evidence = sample_targets(
        s, targets, chain_target, seed, checkpoint, count=count, device=device
    )
    others = {
        "target": ("chain", target_of, {"units": "1"}),
        "target_log_evidence": ("inverted", evidence, {"units": "1"}),
    }
    title = f"Latent chains, {snakemake.wildcards.inversion}"
    about = provenance.attributes(title, s, p.seed, p.scale) | {"method": s["method"]}
    samples.write(output, chains, about, others=others)
    job.remove_checkpoints(f"{checkpoint}*", snakemake.input)
