"""The marble cake of Figure 1 as it is stirred: images, contours, and how long these become."""

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth.stirred_contour import deform, enclosed_area
from latentearth.earth.stirring import Distributions, Flow, sample_parameters, stir
from latentearth.images.spectra import shell_spectrum, spectral_slope
from support import job, provenance

GAP = 0.004  # box sides between two points of a contour

with job.logged(snakemake.log[0], snakemake.threads):
    p, stirring, example = snakemake.params, snakemake.params.stirring, snakemake.params.example
    parameters, images, contours, rows = np.array(example["parameters"]), [], {}, []
    speed, duration, steps = (stirring[key] for key in ("speed", "duration", "steps"))
    for k, time in enumerate(example["times"]):
        until = Flow(speed, time, max(1, round(steps * time / duration)))
        images.append(stir(parameters, p.size, until)[0])
        contour = deform(parameters, time, Flow(speed, duration, steps), GAP)
        closed = np.vstack([contour, contour[:1]])
        length = np.linalg.norm(np.diff(closed, axis=0), axis=1).sum()
        rows.append((length, enclosed_area(contour), images[-1].mean(), len(contour)))
        contours[f"contour_{k}"] = ((f"point_{k}", "axis"), contour, {"units": "box side"})
    result = xr.Dataset(contours, {"time": example["times"], "axis": ["x", "y"]})
    result["image"] = (("time", "y", "x"), np.stack(images), {"units": "1"})
    names = {"length": "box side", "area": "box side squared", "white": "1", "points": "1"}
    for (name, units), values in zip(names.items(), zip(*rows, strict=True), strict=True):
        result[name] = ("time", np.array(values, float), {"units": units})
    # equations 1 to 5 as they read: a speed of 1
    laws = Distributions(*(stirring[k] for k in ("centre", "amplitude", "frequency", "phase")))
    seed = seeds.stream(p.seed, "santos2024", "literal")
    drawn = sample_parameters(laws, example["literal"]["images"], seed)
    literal = {"duration": example["literal"]["durations"]}
    flows = [Flow(1.0, t, max(stirring["steps"], round(80 * t))) for t in literal["duration"]]
    slopes = [spectral_slope(*shell_spectrum(stir(drawn, p.image_size, flow))) for flow in flows]
    result = result.assign_coords(literal)
    result["literal_slope"] = ("duration", slopes, {"units": "1"})
    attributes = provenance.attributes("Figure 1", stirring | example, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, attributes)
    print(result[list(names)].to_dataframe(), result.literal_slope)
