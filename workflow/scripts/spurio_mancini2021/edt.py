"""Posterior of the event's position by differences of arrival times (equation 14)."""

import time

import numpy as np
from latentearth import io, job, provenance
from latentearth.operators import eikonal
from latentearth.samplers import nested
from latentearth.samplers import posterior as posteriors

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
    exponent = {"edt": s["exponent"], "edt_all": float(picks.size)}[snakemake.wildcards.arrivals]
    start = time.process_time()
    posterior = nested.sample(
        lambda points: eikonal.edt_log_likelihood(
            tables, low, spacing, picks, errors, exponent, points
        ),
        found.bounds.values,
        provenance.stream(p.seed, "spurio_mancini2021", "location", "edt"),
        sampler=s["sampler"],
        live=s["live"],
    )
    dataset = posteriors.dataset(posterior, time.process_time() - start)
    print(f"{posterior.mean} +- {posterior.standard_deviation} m, true {found.event.values}")
    title = f"Position by differences of arrival times, N = {exponent:g}"
    attributes = provenance.attributes(title, s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, dataset.attrs | attributes)
