"""Posterior of the event's position by arrival times: equation 14, or a known origin time."""

from functools import partial

import numpy as np

from latentearth import io, samples, seeds
from latentearth.operators import eikonal
from latentearth.samplers.nested import Nested
from latentearth.samplers.targets import Box, Posterior
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    found, times = (
        io.read_dataset(snakemake.input.observation),
        io.read_dataset(snakemake.input.times),
    )
    tables = times.travel_time.values[s["receivers"]].astype(float)
    low = np.array([times[name].values[0] for name in "xyz"])
    spacing = np.array([np.diff(times[name].values[:2])[0] for name in "xyz"])
    picks = found.pick.values
    errors = np.full(picks.size, s["pick_error"])
    given = tables, low, spacing, picks, errors
    if snakemake.wildcards.arrivals == "origin":
        title = "Position by arrival times after a known origin time"
        likelihood = partial(eikonal.arrival_log_likelihood, *given)
    else:
        every = snakemake.wildcards.arrivals == "edt_all"
        exponent = float(picks.size) if every else s["exponent"]
        title = f"Position by differences of arrival times, N = {exponent:g}"
        likelihood = partial(eikonal.edt_log_likelihood, *given, exponent)
    seed = seeds.stream(p.seed, "spurio_mancini2021", "location", "edt")
    target = Posterior(likelihood, Box(found.bounds.values))
    posterior = Nested(s["sampler"], s["live"])(target, None, seed)
    print(f"{posterior.mean} +- {posterior.deviation} m, true {found.event.values}")
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    samples.write(snakemake.output[0], posterior, attributes, "m")
