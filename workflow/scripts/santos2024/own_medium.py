"""Check a user's own effective medium, and give it the form of ours."""

from latentearth import io
from latentearth.inversion.downscaling_files import DataErrors, read_medium
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads):
    p, s = snakemake.params, snakemake.params.settings
    found = io.read_dataset(snakemake.input.errors)
    names = "coefficient", "sigma_o", "sigma_g", "mean", "spread"
    errors = DataErrors(*(found[name].values for name in names))
    result = read_medium(snakemake.input.own, s["waves"], errors, found.sizes["x"], s["sigma"])
    print({name: f"{values.dims}" for name, values in result.items()})
    attributes = provenance.attributes("Own effective medium", s, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], result, attributes)
