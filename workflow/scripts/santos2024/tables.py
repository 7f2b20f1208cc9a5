"""Distances of targets from the training images, and tables of misfits and recovery."""

import numpy as np

from latentearth import io
from latentearth.images.scores import nearest_images
from support import job, provenance

NUMBERS = (
    "misfit_of_mean",
    "misfit_of_mode",
    "correct_mean",
    "correct_of_mean",
    "correct_of_mode",
    "correct_samples",
    "correct_closest_fit",
    "mean_deviation",
    "acceptance",
)

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    prior = io.read_dataset(snakemake.input.prior).image.values
    errors = io.read_dataset(snakemake.input.errors)
    solutions = dict(
        zip(p.experiments, map(io.read_dataset, snakemake.input.solutions), strict=True)
    )
    rows = {"experiments": [], "targets": [], "twins": []}
    for name, found in solutions.items():
        truth = found.true_image.values > 0.5
        distance, _ = nearest_images(truth.astype(prior.dtype), prior)
        flat = np.mean(truth == (errors.prior_mean.values > 0.5), (1, 2))
        into = name.partition("_")[0] if name.startswith(("targets", "twins")) else "experiments"
        for k in range(found.sizes["target"]):
            one = found.isel(target=k)
            row = {
                "experiment": name,
                "method": found.attrs["method"],
                "target": int(one.target),
                "waves": float(one.waves),
                "d_min": distance[k],
                "correct_best_prior_image": 1 - distance[k],
                "correct_prior_mean": flat[k],
                **{key: float(one[key]) for key in NUMBERS},
                "prior_deviation": float(errors.prior_deviation.mean()),
                "latent_deviation_mean": float(one.latent_deviation.mean()),
                "r_hat_largest": float(one.r_hat.max()),
                "ess_median": float(one.effective_samples.median()),
            }
            rows[into].append(row)
            print(row)
    attributes = provenance.attributes("Misfits and recovery", {}, p.seed, p.scale)
    for name, table in rows.items():
        io.write_table(snakemake.output[name], table, attributes)
