"""Integrals of sin(w phi) from the ensembles and from the GANs (section 3.2, Figure 3)."""

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.ensembles import azimuth
from latentearth.unpickle import load_arrays
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p = snakemake.params
    frequencies = np.arange(p.frequencies) + 0.5
    draws = io.read_dataset(snakemake.input.draws).x.values  # (size, chain, sample, 2)
    ensembles = [io.read_dataset(path).x.values for path in snakemake.input.ensembles]
    integrals = [
        [azimuth.sine_integrals(samples, frequencies, threads) for samples in source]
        for source in (ensembles, draws)
    ]
    spread = [[azimuth.error_spread(i, frequencies) for i in source] for source in integrals]
    floor = [azimuth.expected_spread(frequencies, size) for size in p.sizes]
    dims, units = ("source", "size", "frequency"), {"units": "1"}
    coordinates = {"source": ["mcmc", "gan"], "size": p.sizes, "frequency": frequencies}
    result = xr.Dataset(
        {
            "integral": (("source", "size", "chain", "frequency"), np.array(integrals), units),
            "error_spread": (dims, np.array(spread), units),
            "floor": (dims[1:], np.array(floor), units),
            "gan_floor": (dims[2:], azimuth.expected_spread(frequencies, draws.shape[2]), units),
        },
        coordinates,
        {"draws": draws.shape[2]},
    )
    if snakemake.input.published:
        # the authors' curves of Fig. 3; their frequencies are ours
        published = load_arrays(snakemake.input.published)
        result["published"] = (
            ("source", "published_size", "published_frequency"),
            published,
            units,
        )
        result["published_size"] = [200, 600, 1000, 100_000]
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("Errors of integrals over the ring", dict(p), p.seed, p.scale),
    )
