"""Descent with noise among three minima (Figure 6), and how often each is found."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.inversion import three_minima
from support import job, provenance

NEAR = 0.1  # a run that ends this close to a minimum has found it

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    rng = np.random.default_rng(seeds.stream(p.seed, "lopez_alvis2021", "three minima"))
    settings = {key: value for key, value in p.settings.items() if key != "starts"}
    starts = rng.standard_normal((p.settings["starts"], 2))
    paths = three_minima.descend_example(starts, rng, **settings)
    minima = three_minima.minima()
    apart = np.linalg.norm(paths[-1][:, None] - minima, axis=-1)
    share = (apart < NEAR).mean(0)
    quiet = three_minima.descend_example(starts, rng, **settings | {"noise": 0.0})[-1]
    without = (np.linalg.norm(quiet[:, None] - minima, axis=-1) < NEAR).mean(0)
    deepest = np.flatnonzero(apart[:, 0] < NEAR)
    shown = paths[:, deepest[0] if len(deepest) else 0]
    variables = {
        "path": (("step", "axis"), shown, {"units": "1"}),
        "misfit": ("step", three_minima.objective(shown), {"units": "1"}),
        "minimum": (("number", "axis"), minima, {"units": "1"}),
        "depth": ("number", three_minima.objective(minima), {"units": "1"}),
        "share": ("number", share, {"units": "1", "long_name": "part of the runs that end there"}),
        "share_without_noise": ("number", without, {"units": "1"}),
        "start": (("run", "axis"), starts, {"units": "1"}),
        "end": (("run", "axis"), paths[-1], {"units": "1"}),
    }
    attributes = provenance.attributes("Three minima", p.settings, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], xr.Dataset(variables), attributes)
