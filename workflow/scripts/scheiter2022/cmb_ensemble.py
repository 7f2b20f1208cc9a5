"""Burn-in, thinning and evaluation at points, or a user's own chains or ensemble."""

from latentearth.earth import sphere
from latentearth.ensembles import chains, given, stored, thinning
from latentearth.progress import progress
from support import job, provenance
from support.chains import own_chains

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, source = snakemake.params, snakemake.params.settings, snakemake.input
    if snakemake.wildcards.grid == "globe":
        lat, lon = sphere.spiral(p.points)
    else:
        lat, lon = sphere.grid_points(*sphere.regional_grid(**p.region))
    what = "A user's" if p.given else "Our"
    attributes = provenance.attributes(f"{what} thinned ensemble", s, p.seed, p.scale)
    if source.own:
        blocks = given.read_given_points(source.own, lat, lon)
        written = stored.write_ensemble(snakemake.output[0], blocks, lat, lon, attributes)
    else:
        opened = (chains.foreign_chains if p.given else own_chains)(source.chains)
        written = thinning.thin_ensemble(
            snakemake.output[0],
            progress(opened, "thinning", len(source.chains)),
            lat,
            lon,
            burn_in=s["burn_in"],
            thin=s["thinning"],
            attributes=attributes,
            names=source.chains,
        )
    print(f"{written} samples at {len(lat)} points")
