"""Travel times of P waves from every receiver to every node of the model."""

import time

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.operators import eikonal
from latentearth.progress import progress
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    model = io.read_dataset(snakemake.input.model)
    receivers = io.read_dataset(snakemake.input.sources).receiver.values
    axes = [model[name].values for name in "xyz"]
    begin = time.process_time()
    tables = [
        eikonal.travel_times(model.vp.values, axes, receiver)
        for receiver in progress(receivers, "travel times")
    ]
    dims = ("receiver", "x", "y", "z")
    dataset = xr.Dataset(
        {
            "travel_time": (dims, np.array(tables, "f4"), {"units": "s"}),
            "position": (("receiver", "coordinate"), receivers, {"units": "m"}),
        },
        {name: model[name] for name in "xyz"},
        {"cpu_s": time.process_time() - begin},
    )
    title = "First arrivals of P waves (eikonal equation)"
    attributes = provenance.attributes(title, {}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], dataset, dataset.attrs | attributes)
