"""Maps of the authors' McMC and WGANs, of their generators as we sample them, and of ours."""

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.earth import sphere
from latentearth.ensembles.agreement import MOMENTS, difference_rows
from latentearth.unpickle import load_arrays
from support import job, provenance

SHORT = {"mean": "mean", "std": "std", "skewness": "skew", "kurtosis": "kurt"}

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    authors, ours = load_arrays(snakemake.input.published), io.read_dataset(snakemake.input.maps)
    lat, lon = authors["lat"], authors["lon"]
    node = sphere.nearest_points(ours.lat.values, ours.lon.values, lat, lon)
    maps = {
        "published McMC": {m: authors[f"real_{SHORT[m]}"] for m in MOMENTS},
        "published WGAN": {m: authors[f"fake_{SHORT[m]}"] for m in MOMENTS},
        "published generators, our draws": {m: ours[m].values[0][node] for m in MOMENTS},
        "our WGAN": {m: ours[m].values[1][node] for m in MOMENTS},
    }
    mcmc, fake, drawn, own = maps
    pairs = [(mcmc, fake), (mcmc, drawn), (fake, drawn), (mcmc, own), (drawn, own)]
    flat = {name: {m: v.ravel() for m, v in values.items()} for name, values in maps.items()}
    rows = difference_rows(
        {f"{a} | {b}": (flat[a], flat[b]) for a, b in pairs}, np.cos(np.radians(lat)).ravel()
    )
    result = xr.Dataset(
        {
            m: (("ensemble", "lat", "lon"), np.stack([v[m] for v in maps.values()]), {"units": u})
            for m, u in MOMENTS.items()
        },
        {"ensemble": list(maps), "lat": lat[:, 0], "lon": lon[0]},
    )
    attributes = provenance.attributes("Published maps and ours", {}, p.seed, p.scale)
    io.write_dataset(snakemake.output.maps, result, attributes)
    io.write_table(snakemake.output.table, rows, attributes)
