"""What the chains of an experiment say in pixels, data and numbers (section 5)."""

import xarray as xr
from latentearth import io, job, provenance
from latentearth.ensembles import latent_images
from latentearth.networks.wgan_gp import load_generator
from latentearth.operators.homogenization import Homogenization
from latentearth.operators.homogenization_elastic import Rock, TwoPhases
from latentearth.samplers import downscaling, solutions
from latentearth.samplers.closest_fit import Search, closest_fits

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    generator = load_generator(snakemake.input.weights, snakemake.input.card)
    data = io.read_dataset(snakemake.input.observed)
    chains = io.read_dataset(snakemake.input.chains)
    operator = Homogenization(
        generator.side, float(data.waves), TwoPhases(Rock(**p.black), Rock(**p.white)), p.iterations
    )

    def generate(z):
        """Grey images of latent vectors."""
        return downscaling.generate(generator, z)

    parts, used = [], sorted(set(chains.target.values.tolist()))
    for target in used:
        part = chains.isel(chain=chains.target.values == target)
        described = solutions.describe(
            part.position.values,
            part.log_likelihood.values,
            generate,
            lambda images: downscaling.homogenize(operator, images),
            data.observed.values[target],
            data[p.sigma].values,
            data.image.values[target] if "image" in data else None,
            p.images,
            provenance.stream(p.seed, "santos2024", "solution", target),
        )
        parts.append(described.assign(acceptance=part.acceptance.mean()))
    result = xr.concat(parts, "target").assign_coords(target=used)
    if "image" in data:  # what the generator can do at best, knowing the target
        search = Search(**{key: value for key, value in p.closest_fit.items() if key != "images"})
        targets, seed = data.image.values[used], ("santos2024", "closest_fit", "targets")
        z, _, _ = closest_fits(
            generator, targets, generator.latent, search, provenance.stream(p.seed, *seed)
        )
        shares = map(latent_images.correct_share, generate(z), targets)
        result["correct_closest_fit"] = ("target", list(shares), {"units": "1"})
    result["waves"] = data.waves
    title = f"Solution, {snakemake.wildcards.inversion}"
    about = provenance.attributes(title, {"images": p.images}, p.seed, p.scale)
    print({name: values.values for name, values in result.items() if values.dims == ("target",)})
    io.write_dataset(snakemake.output[0], result, about | {"method": chains.attrs["method"]})
