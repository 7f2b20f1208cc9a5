"""Section 4.3 as a rule: distances of generators of two halves of the chains, beside R-hat."""

from functools import partial

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.ensembles import stored
from latentearth.generators import gaussian, stopping
from latentearth.generators.mapped import fit_copula
from support import job, provenance

EVERY = 4  # points of the grid that are looked at

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    lat, _, chain = stored.read_index(snakemake.input.ensemble)
    samples = stored.read_points(snakemake.input.ensemble, np.arange(0, lat.size, EVERY))
    if len(np.unique(chain)) == 1:  # of a single chain, its first and its second half
        chain = 2 * np.arange(len(chain)) // len(chain)
    fits = {
        "ensembles": None,
        "copula": partial(fit_copula, knots=s["knots"]),
        "two_numbers": gaussian.fit_independent,
    }
    parts, seed = np.array(p.percent), seeds.stream(p.seed, "scheiter2022", "stopping")
    course = stopping.course_of_chains(
        samples, chain, parts / 100, fits, draws=s["draws"], seed=seed
    )
    found = xr.Dataset(coords={"percent": parts})
    for name, values in course.items():
        limit, units = ("r_hat", "1") if name == "r_hat" else ("emd", "km s-1")
        tolerance = s["stopping"][limit]
        stops = stopping.stops_at(parts, values, tolerance)
        found[name] = ("percent", values, {"units": units, "tolerance": tolerance})
        found[f"{name}_stops"] = ((), stops, {"units": "per cent"})
    print({name: found[name].values.round(4).tolist() for name in found})
    attributes = provenance.attributes("When chains may stop", s["stopping"], p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes)
