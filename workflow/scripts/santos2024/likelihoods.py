"""What anisotropy tells, by errors that are independent and by errors that hang together."""

from itertools import product

import numpy as np

from latentearth import io, seeds
from latentearth.inversion import downscaling
from latentearth.samplers.annealing import Annealing
from support import job, provenance
from support.homogenization import homogenization
from support.image_generators import image_generator
from support.likelihoods import KINDS, error_laws, linear_rows, posterior_row, shown_dataset

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    generator = image_generator(snakemake.input.weights, snakemake.input.card)
    data, errors = (io.read_dataset(snakemake.input[name]) for name in ("observed", "errors"))
    operator = homogenization(generator.side, float(data.waves), p)
    prior = io.read_dataset(snakemake.input.prior).image[: s["images"]].values
    media, goals, fits = (
        downscaling.homogenize(operator, images)
        for images in (prior, errors.goal.values, errors.fit.values)
    )
    law, laws, scores = error_laws(errors, goals - fits, media)
    rows, shown = [*linear_rows(prior, media, data, laws, s["targets"])], {}
    for name, kind, target in product(scores, KINDS, range(s["targets"])):
        truth = data.isel(target=target)
        posterior = downscaling.latent_posterior(
            generator,
            operator,
            truth.observed.values,
            laws[name][1],
            generator.latent,
            components=KINDS[kind],
            products=p.products,
        )
        seed = seeds.stream(p.seed, "santos2024", "likelihoods", name, kind, target)
        found = Annealing(s["particles"])(posterior, None, seed)
        images = downscaling.generate(generator, found.flat)
        predicted = downscaling.homogenize(operator, images)
        rng = np.random.default_rng(seed)
        head = {"errors": name, "data": kind, "method": "annealing", "target": target}
        row = posterior_row(found, images, predicted, truth, laws[name], KINDS[kind], rng)
        rows.append(head | row)
        print(rows[-1])
        if target == 0:
            shown[name, kind] = images.mean(0), images.std(0)
    about = provenance.attributes("Likelihoods compared", s, p.seed, p.scale)
    io.write_table(snakemake.output.table, rows, about)
    result = shown_dataset(shown, scores, law, data)
    io.write_dataset(snakemake.output.numbers, result, about)
