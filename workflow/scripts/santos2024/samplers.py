"""The samplers side by side on the data of the principal experiment."""

from pathlib import Path

import xarray as xr

from latentearth import checkpoints, io, seeds
from latentearth.diagnostics import efficiency
from latentearth.inversion import downscaling
from latentearth.networks import weights
from latentearth.samplers.annealing import Annealing, anneal_all
from latentearth.samplers.latent_chains import LatentChains, first_positions
from latentearth.samplers.latent_kernels import METHODS
from support import job, provenance
from support.homogenization import homogenization
from support.image_generators import image_generator

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    generator = image_generator(snakemake.input.weights, snakemake.input.card)
    data = io.read_dataset(snakemake.input.observed)
    operator = homogenization(generator.side, float(data.waves), p)
    observed, sigma = data.observed.values[0], data.sigma.values
    network = weights.file_checksum(snakemake.input.weights)
    target = downscaling.latent_posterior(
        generator,
        operator,
        observed,
        sigma,
        generator.latent,
        products=p.products,
        identity=checkpoints.fingerprint(
            observed, sigma, network, float(data.waves), p.iterations, p.products, p.black, p.white
        ),
    )
    # all methods start in the same places: in the posterior, so that mixing alone is compared
    seed, table = seeds.stream(p.seed, "santos2024", "samplers"), Path(snakemake.output.table)
    start = None
    if s["particles"]:
        (start,) = anneal_all(Annealing(s["particles"]), [target], seed, f"{table}.checkpoint")
    first, runs = first_positions(target.prior, start, s["chains"], seed).numpy(), {}
    for name in s["methods"]:
        move = METHODS[name]
        part = s["gradient_share"] / move.leapfrog**0.5 if move.uses_gradient else 1.0
        burn_in, samples = (max(8, round(part * s[key])) for key in ("burn_in", "samples"))
        sampler = LatentChains(move, burn_in, samples, 1, s["block"])
        seed = seeds.stream(p.seed, "santos2024", "samplers", name)
        runs[name] = sampler(target, first, seed, Path(f"{table}.{name}.checkpoint"))
        print(
            f"{name}: {runs[name].cpu_s:.0f} CPU-s, acceptance {runs[name].acceptance.mean():.2f}"
        )
    rows = efficiency.compare_samplers(runs)
    attributes = provenance.attributes("Samplers compared", s, p.seed, p.scale)
    io.write_table(table, rows, attributes)
    result = xr.Dataset(efficiency.autocorrelation_curves(runs), {"method": list(runs)})
    io.write_dataset(snakemake.output.curves, result, attributes)
    job.remove_checkpoints(f"{table}.*checkpoint*", snakemake.input)
