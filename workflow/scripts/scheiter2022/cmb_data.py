"""Make a true core-mantle boundary and differential times of ScS and S (section 4.1)."""

import functools

import numpy as np
import xarray as xr

from latentearth import io, seeds
from latentearth.earth import cmb, sphere
from latentearth.unpickle import load_arrays
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    truth_seed, data_seed = seeds.stream(p.seed, "scheiter2022", "cmb", "data").spawn(2)
    if snakemake.input.published:
        maps = load_arrays(snakemake.input.published)
        velocity = cmb.map_velocity(maps["lat"][:, 0], maps["lon"][0], maps["real_mean"])
    else:
        velocity = functools.partial(cmb.synthetic_velocity, seed=truth_seed)
    given = s["count"], s["points_per_path"], s["noise"], data_seed
    found, bounce = cmb.synthetic_data(velocity, *given)
    lat, lon = sphere.spiral(p.points)
    result = xr.Dataset(
        {
            "place": (("path_point", "axis"), found.point, {"units": "1"}),
            "datum": ("path_point", found.datum, {"units": "1"}),
            "weight": ("path_point", found.weight, {"units": "km"}),
            "differential_time": ("data", found.time, {"units": "s"}),
            "bounce": (("data", "coordinate"), bounce, {"units": "degrees"}),
            "noise": ((), s["noise"], {"units": "s"}),
            "spacing": ((), np.degrees(sphere.spacing(lat, lon)), {"units": "degrees"}),
            "truth": ("point", velocity(lat, lon), {"units": "km s-1"}),
        },
        {
            "lat": ("point", lat, {"units": "degrees_north"}),
            "lon": ("point", lon, {"units": "degrees_east"}),
        },
        {
            "vs_reference": cmb.VS_REFERENCE,
            "mean_map_published": int(bool(snakemake.input.published)),
        },
    )
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("Truth and differential times of ScS and S", s, p.seed, p.scale),
    )
