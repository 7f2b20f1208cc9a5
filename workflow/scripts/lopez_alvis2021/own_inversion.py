"""Inversion of a user's traveltimes, measured with a user's or the built-in survey."""

import numpy as np

from latentearth import io
from latentearth.earth.crosshole import read_traveltimes
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.networks import generators, weights
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    s, survey = p.settings, given.survey or None
    ends = crosshole_survey.pairs(p.survey, s["operator"], survey)
    times = read_traveltimes(given.traveltimes, len(ends[0]))
    if s["operator"] == "straight":
        operator, case, batch = crosshole_survey.straight(p.survey, survey), dict(p.linear), 25
    else:
        operator = crosshole_survey.curved(p.survey, p.curved, survey, threads)
        case, batch = dict(p.curved["descent"]), 25
    case["batch"] = min(batch, len(times))
    case.pop("network")
    generator = generators.load(given.weights, given.card)
    found = crosshole.invert_truths(
        generator,
        operator,
        tuple(p.velocities),
        times[None].astype(np.float32),
        crosshole.starting_points(generator.kind, generator.latent, s["starts"], p.seed),
        Descent(**case, iterations=s["iterations"]),
        ["own"],
        p.seed,
        products=p.products,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.checksum(given.weights),
        label="own data",
    )
    found["observed"] = ("datum", times, {"units": "ns"})
    best = found.model.isel(truth=0, start=int(found.misfit.values.argmin())).values
    found["simulated"] = ("datum", crosshole_survey.times(operator, best[None], p.velocities)[0],
                          {"units": "ns"})  # fmt: skip
    attributes = provenance.attributes("Own traveltimes", {"own": s}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    crosshole.remove_checkpoints(checkpoint)
