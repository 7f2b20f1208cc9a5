"""The first samples of every chain, or the authors' ensemble of that size."""

import xarray as xr

from latentearth import io
from latentearth.ensembles.given import GIVEN_DIMENSIONS, check_given
from latentearth.unpickle import load_arrays
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, source, size = snakemake.params, snakemake.input.ensemble, int(snakemake.wildcards.size)
    if source.endswith(".obj"):
        title = f"The authors' ensemble of {size} samples per chain"
        values = load_arrays(source).swapaxes(0, 1)  # theirs: (sample, chain, coordinate)
        dataset = xr.Dataset({"x": (GIVEN_DIMENSIONS, values.astype("float32"), {"units": "1"})})
    else:
        title = f"The first {size} samples of every chain"
        dataset = io.read_dataset(source)
    samples = check_given(
        dataset["x"], source, coordinates=2, minimum_samples=size, minimum_chains=2
    )
    io.write_dataset(
        snakemake.output[0],
        samples[:, :size].to_dataset(name="x"),
        provenance.attributes(title, p.settings, p.seed, p.scale),
    )
