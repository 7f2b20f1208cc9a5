"""What needs no learning: damped, smoothed and total-variation least squares of the truths."""

import time

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.inversion import crosshole_survey
from latentearth.inversion.total_variation import invert_bent_rays
from support import crosshole as runs
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given, rays = snakemake.params, snakemake.input, snakemake.wildcards.rays
    truths = io.read_dataset(given.truths).model.sel(truth=p.truths)
    data = io.read_dataset(given.data).sel(truth=p.truths, operator=rays)
    survey, shape = runs.survey(p.survey, given.survey), truths.shape[1:]
    methods = runs.regularized_methods(p.settings, p.velocities)
    straight, least = crosshole_survey.straight(survey).lengths, p.settings["least_error"]
    if rays == "curved":
        curved, other = (
            crosshole_survey.curved(survey, p.curved[nodes], p.curved["engine"], threads)
            for nodes in ("secondary", "data_secondary")
        )
        least = runs.operator_error(curved, other, p.velocities)
        del methods["damping"]  # it does not converge with bent rays
    found = []
    for level in p.levels:
        observed = data.times.values + level * data.noise.values
        error = float(np.hypot(level, least))
        for name, method in methods.items():
            clock = time.process_time()
            if rays == "straight":
                models = method(straight, shape, observed, error)
                recorded = models @ straight.T
            else:
                models = invert_bent_rays(method, curved, observed, error, p.settings["tracings"])
                recorded = np.stack([times for times, _ in curved.rays(models)])
            seconds = (time.process_time() - clock) / len(models)
            one = runs.regularized(models, recorded - observed, truths.values, p.velocities)
            one["cpu_s"] = ((), seconds, {"units": "s", "long_name": "CPU time of a truth"})
            print(f"{name}, noise {level:g} ns: {seconds:.2f} s, {one.misfit.values.round(3)} ns")
            found.append(one.assign_coords(noise=level, penalty=name, truth=p.truths))
    rows = [xr.concat(found[k :: len(methods)], "noise") for k in range(len(methods))]
    settings = {"settings": p.settings, "error_ns": least}
    attributes = provenance.attributes(
        f"Inversions without a network, {rays} rays", settings, p.seed, p.scale
    )
    io.write_dataset(snakemake.output[0], xr.concat(rows, "penalty"), attributes)
