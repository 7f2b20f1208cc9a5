"""The samplers side by side on the data of the principal experiment."""

from pathlib import Path

import xarray as xr

from latentearth import io, seeds
from latentearth.diagnostics import efficiency
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
    generator = load_image_generator(snakemake.input.weights, snakemake.input.card)
    data = io.read_dataset(snakemake.input.observed)
    operator = Homogenization(
        generator.side, float(data.waves), TwoPhases(Rock(**p.black), Rock(**p.white)), p.iterations
    )
    target = downscaling.likelihood(
        generator, operator, data.observed.values[0], data.sigma.values, products=p.products
    )
    about = {"data": float(data.observed.sum()), "sigma": data.sigma.values.tolist()}
    about["weights"] = weights.checksum(snakemake.input.weights)
    about |= {"iterations": p.iterations, "products": p.products, "rocks": [p.black, p.white]}
    # all methods start in the same places: in the posterior, so that mixing alone is compared
    start = annealing.starts(
        [target], s["chains"], s["particles"], generator.latent,
        seeds.stream(p.seed, "santos2024", "samplers"),
        checkpoint=f"{snakemake.output.table}.checkpoint", about=about,
    )  # fmt: skip
    runs, files = {}, [*start.files]
    for name in s["methods"]:
        method = METHODS[name]
        part = s["gradient_share"] / method.leapfrog**0.5 if method.uses_gradient else 1.0
        burn_in, samples = (max(8, round(part * s[key])) for key in ("burn_in", "samples"))
        plan = latent_chains.Plan(burn_in, samples, 1, s["block"])
        seed = seeds.stream(p.seed, "santos2024", "samplers", name)
        files.append(Path(f"{snakemake.output.table}.{name}.checkpoint"))
        runs[name] = latent_chains.run(target, method, plan, start.position, seed, files[-1], about)
        print(
            f"{name}: {runs[name].cpu_s:.0f} CPU-s, acceptance {runs[name].acceptance.mean():.2f}"
        )
    rows = efficiency.rows(runs)
    attributes = provenance.attributes("Samplers compared", s, p.seed, p.scale)
    io.write_table(snakemake.output.table, rows, attributes)
    result = xr.Dataset(efficiency.curves(runs), {"method": list(runs)})
    io.write_dataset(snakemake.output.curves, result, attributes)
    for file in files:
        file.unlink(missing_ok=True)
