"""Traveltimes through the true models, noise, and what encoding and decoding leaves (Table 2)."""

import numpy as np
import torch
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import crosshole_survey
from latentearth.networks import generators
from support import crosshole as runs
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    truths = io.read_dataset(given.truths)
    models = truths.model.values
    vae = generators.load(given.weights, given.card)
    encoder = generators.load_encoder(given.weights, given.card)
    with torch.no_grad():
        decoded = vae(encoder(torch.from_numpy(models))[0]).numpy()
    survey = runs.survey(p.survey, given.survey)
    straight = crosshole_survey.straight(survey)
    # the data are made with fewer secondary nodes than they are inverted with
    data, inverted = (
        crosshole_survey.curved(survey, p.curved[secondary], p.curved["engine"], threads)
        for secondary in ("data_secondary", "secondary")
    )
    times = [crosshole_survey.times(o, models, p.velocities) for o in (straight, data)]
    recoded = [crosshole_survey.times(o, decoded, p.velocities) for o in (straight, inverted)]
    rms = np.sqrt(((np.stack(recoded) - np.stack(times)) ** 2).mean(-1))
    if given.noise:
        noise = np.load(given.noise, allow_pickle=False)
    else:
        stream = seeds.stream(p.seed, "lopez_alvis2021", "noise")
        noise = np.random.default_rng(stream).standard_normal(times[0].shape[1])
    error = np.sqrt(((decoded - models) ** 2).mean((1, 2)))
    kinds = ("operator", "truth", "datum")
    variables = {
        "times": (kinds, np.stack(times), {"units": "ns"}),
        "noise": ("datum", noise, {"units": "1", "long_name": "standard normal deviates"}),
        "encoded": (("truth", "z", "x"), decoded, {"units": "1"}),
        "threshold": (kinds[:2], rms, {"units": "ns"}),
        "encoded_error": ("truth", error, {"units": "1"}),
        "rays": ((), straight.lengths.nnz, {"units": "1", "long_name": "non-zeros of F"}),
    }
    coordinates = {"operator": ["straight", "curved"], "truth": truths.truth.values}
    settings = {"survey": p.survey, "curved": p.curved, "velocities": p.velocities}
    attributes = provenance.attributes("Traveltimes of the truths", settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], xr.Dataset(variables, coordinates), attributes)
