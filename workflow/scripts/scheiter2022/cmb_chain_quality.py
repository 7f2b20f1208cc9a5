"""Misfit, noise level, number of cells and agreement of the raw chains."""

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.diagnostics.mixing import bulk_ess, rank_rhat
from latentearth.ensembles import stored
from latentearth.ensembles.chains import foreign_record, read_chain
from latentearth.ensembles.statistics import map_difference
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, result = snakemake.params, snakemake.params.settings, xr.Dataset()
    read = foreign_record if p.given else read_chain
    raw = [read(path) for path in snakemake.input.chains]
    if raw:
        shortest = min(chain.sizes["model"] for chain in raw)
        for name in ("misfit", "noise", "n_cells"):
            trace = np.stack([chain[name].values[:shortest] for chain in raw])
            result[name] = (
                ("chain", "model"),
                trace,
                {"units": raw[0][name].attrs.get("units", "s")},
            )
        kept = slice(s["burn_in"], None)
        result["mean_cells"] = result.n_cells[:, kept].mean().assign_attrs(units="1")
        ratio = (result.misfit / result.noise)[:, kept].mean("model")
        result["misfit_to_noise"] = ratio.assign_attrs(units="1")
    # the agreement of the chains at some points tells that of the map
    found = io.read_dataset(snakemake.input.data)
    points = np.arange(0, found.sizes["point"], max(1, found.sizes["point"] // 200))
    samples = stored.read_points(snakemake.input.ensemble, points)
    _, _, chain = stored.read_index(snakemake.input.ensemble)
    length = min(np.bincount(np.unique(chain, return_inverse=True)[1]))
    by_chain = np.stack([samples[chain == name][:length] for name in np.unique(chain)])
    if length >= 8:
        result["r_hat"] = ("place", rank_rhat(by_chain), {"units": "1"})
        result["effective_samples"] = ("place", bulk_ess(by_chain), {"units": "1"})
    result["chains"] = ((), len(by_chain), {"units": "1"})
    rmse, correlation = map_difference(
        samples.mean(0), found.truth.values[points], np.ones(len(points))
    )
    result["truth_rmse"] = ((), rmse, {"units": "km s-1"})
    result["truth_correlation"] = ((), correlation, {"units": "1"})
    print({name: float(result[name].median()) for name in result})
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("Quality of the raw chains", s, p.seed, p.scale),
    )
