"""Inversion of a user's traveltimes, measured with a user's or the built-in survey."""

import numpy as np
from latentearth import io, job, provenance
from latentearth.earth import crosshole
from latentearth.networks import generators, shipped
from latentearth.samplers import latent_runs, surveys
from latentearth.samplers.latent_descent import Descent

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    s, survey = p.settings, given.survey or None
    ends = surveys.pairs(p.survey, s["operator"], survey)
    times = crosshole.read_traveltimes(given.traveltimes, len(ends[0]))
    if s["operator"] == "straight":
        operator, case, batch = surveys.straight(p.survey, survey), dict(p.linear), 25
    else:
        operator = surveys.curved(p.survey, p.curved, survey, threads)
        case, batch = dict(p.curved["descent"]), 25
    case["batch"] = min(batch, len(times))
    case.pop("network")
    generator = generators.load(given.weights, given.card)
    found = latent_runs.invert_truths(
        generator,
        operator,
        tuple(p.velocities),
        times[None].astype(np.float32),
        latent_runs.starting_points(generator.kind, generator.latent, s["starts"], p.seed),
        Descent(**case, iterations=s["iterations"]),
        ["own"],
        p.seed,
        half=p.precision == "bfloat16",
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=shipped.checksum(given.weights),
        label="own data",
    )
    found["observed"] = ("datum", times, {"units": "ns"})
    best = found.model.isel(truth=0, start=int(found.misfit.values.argmin())).values
    found["simulated"] = ("datum", surveys.times(operator, best[None], p.velocities)[0],
                          {"units": "ns"})  # fmt: skip
    attributes = provenance.attributes("Own traveltimes", {"own": s}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
    latent_runs.forget(checkpoint)
