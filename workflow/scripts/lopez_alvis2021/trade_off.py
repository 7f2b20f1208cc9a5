"""What alpha and beta trade: errors of encode-decode and of inversion of truths no VAE has seen."""

import json

import numpy as np
import torch

from latentearth import io, seeds
from latentearth.earth.training_images import read_training_image
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance
from support.shipped import of_image
from support.tables.lopez_alvis2021_methods import trade_off_row

with job.logged(snakemake.log[0], snakemake.threads):
    p, given, s = snakemake.params, snakemake.input, snakemake.params.settings
    velocities, rows, image = tuple(p.velocities), [], read_training_image(given.image)
    truths = io.read_dataset(given.truths).true_model.values[: s["truths"]]
    operator = crosshole_survey.straight(runs.survey(p.survey))
    times = crosshole_survey.times(operator, truths, velocities)

    def row(about, encoded, inverted, seconds):
        """A row of the table, of facies encoded and decoded, and inverted."""
        models = {"encode_decode": encoded, "inversion": inverted}
        recorded = {k: crosshole_survey.times(operator, m, velocities) for k, m in models.items()}
        rows.append(about | trade_off_row(truths, times, models, recorded) | {"cpu_s": seconds})

    names = [str(number) for number in range(len(truths))]
    trained = list(zip(given.weights, given.cards, strict=True))
    files = trained or [(f"{stem}.safetensors", f"{stem}.json") for stem in p.shipped]
    for path, card in files:
        about, vae = of_image(card, json.loads(image.origin)), generators.load(path, card)
        with torch.no_grad():
            codes, _ = generators.load_encoder(path, card)(torch.from_numpy(truths))
            encoded = vae(codes).numpy()
        found = crosshole.invert_truths(
            vae,
            operator,
            velocities,
            times.astype(np.float32),
            runs.starting_points(vae, 1, p.seed),
            settings=runs.descent(p.case, s["iterations"]),
            names=names,
            streams=runs.streams(p.seed, names, 1),
            products=p.products,
            label=f"alpha {about['alpha']:g}, beta {about['beta']:g}",
        )
        place = {"method": "VAE", "alpha": about["alpha"], "beta": about["beta"]}
        place |= {"numbers": vae.latent, "divergence_nat": about["held_out"]["divergence"]}
        row(place, encoded, found.model.values[:, 0], float(found.cpu_s))
    rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "trade-off", "components"))
    seen = image.training_crops(s["crops"], rng)
    known, asked = (truths, times, operator, velocities), {"counts": s["components"]}
    for count, found in runs.with_components(seen, *known, error=p.least_error, **asked).items():
        row({"method": "principal components", "numbers": count}, *found)
    attributes = provenance.attributes("Trade-off of alpha, beta", {"settings": s}, p.seed, p.scale)
    io.write_table(snakemake.output[0], rows, attributes)
