"""What the chains of an experiment say in pixels, data and numbers (section 5)."""

import xarray as xr

from latentearth import io, seeds
from latentearth import samples as all_samples
from latentearth.images import pixels
from latentearth.inversion import downscaling, downscaling_solution
from support import job, provenance
from support.homogenization import homogenization
from support.image_generators import closest_images, image_generator

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    generator = image_generator(snakemake.input.weights, snakemake.input.card)
    data = io.read_dataset(snakemake.input.observed)
    chains = io.read_dataset(snakemake.input.chains)
    found = all_samples.from_dataset(chains)
    operator = homogenization(generator.side, float(data.waves), p)

    def generate(z):
        """Grey images of latent vectors."""
        return downscaling.generate(generator, z)

    parts, used = [], sorted(set(chains.target.values.tolist()))
    for target in used:
        part = found.of_chains(chains.target.values == target)
        described = downscaling_solution.describe_solution(
            part,
            generate,
            lambda images: downscaling.homogenize(operator, images),
            observed=data.observed.values[target],
            sigma=data[p.sigma].values,
            image=data.image.values[target] if "image" in data else None,
            count=p.images,
            seed=seeds.stream(p.seed, "santos2024", "solution", target),
        )
        parts.append(described.assign(acceptance=((), part.acceptance.mean(), {"units": "1"})))
    result = xr.concat(parts, "target").assign_coords(target=used)
    if "image" in data:  # what the generator can do at best, knowing the target
        targets, seed = data.image.values[used], ("santos2024", "closest_fit", "targets")
        fits, _, _ = closest_images(
            generator, targets, p.closest_fit, seeds.stream(p.seed, *seed), "float32"
        )
        shares = map(pixels.correct_share, fits, targets)
        result["correct_closest_fit"] = ("target", list(shares), {"units": "1"})
    result["waves"] = data.waves
    title = f"Solution, {snakemake.wildcards.inversion}"
    about = provenance.attributes(title, {"images": p.images}, p.seed, p.scale)
    print({name: values.values for name, values in result.items() if values.dims == ("target",)})
    io.write_dataset(snakemake.output[0], result, about | {"method": chains.attrs["method"]})
