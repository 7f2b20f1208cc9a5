"""Sample a DCGAN and compare it with the full ensemble around Australia (Figures 5 to 8)."""

import numpy as np

from latentearth import io, seeds
from latentearth.ensembles import stored
from latentearth.ensembles.agreement import compare_ensembles
from latentearth.networks import dcgan, weights
from latentearth.progress import progress
from latentearth.training.map_dcgan import draw_grids
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, percent = snakemake.params, int(snakemake.wildcards.percent)
    lat, lon, chain = stored.read_index(snakemake.input.ensemble)
    real = stored.read_points(snakemake.input.ensemble)
    generator = dcgan.Generator(np.random.SeedSequence(0), p.latent, p.width)  # weights follow
    weights.load_into(snakemake.input.weights, "generator", generator)
    count = p.draws or len(real)
    seed = seeds.stream(p.seed, "scheiter2022", "cmb", "dcgan draw", percent)
    blocks = progress(draw_grids(generator, count, seed), "drawing", -(-count // 500))
    edges = np.linspace(*p.marginals["vs"], p.marginals["bins"] + 1)
    result = compare_ensembles(real, np.concatenate(list(blocks)), edges)
    result = result.assign_coords(
        lat=("point", lat, {"units": "degrees_north"}),
        lon=("point", lon, {"units": "degrees_east"}),
    )
    # small in memory, but not to be read in one go by everybody: single precision is plenty
    result["covariance"] = result.covariance.astype(np.float32).assign_attrs(units="km2 s-2")
    for name in ("mean", "std", "skewness", "kurtosis"):
        first, second = result[name].values
        result[f"{name}_correlation"] = ((), np.corrcoef(first, second)[0, 1], {"units": "1"})
    matrices = result.covariance.values.reshape(2, -1)
    result["covariance_correlation"] = ((), np.corrcoef(*matrices)[0, 1], {"units": "1"})
    inside = np.pad(np.ones((19, 19), bool), 2).ravel()  # of the 23 x 23 points
    for name, part in (("margin", ~inside), ("inside", inside)):
        result[f"emd_{name}"] = ((), result.emd.values[part].mean(), {"units": "km s-1"})
    print({name: float(result[name]) for name in result if name.endswith("correlation")})
    print("median EMD:", float(result.emd.median()), "km/s")
    print("of Gaussians:", float(result.emd_gaussian.median()), "km/s")
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("Ensemble and DCGAN around Australia", {}, p.seed, p.scale),
    )
