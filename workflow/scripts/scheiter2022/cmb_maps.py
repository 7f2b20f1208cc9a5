"""Sample the WGANs and compare them with their ensemble point by point (section 4.4)."""

import numpy as np

from latentearth import io, seeds
from latentearth.earth import sphere
from latentearth.ensembles import stored
from latentearth.ensembles.agreement import (
    border_correlations,
    compare_marginals,
    join_regions,
)
from latentearth.progress import progress
from latentearth.training.ensemble_gans import load_ensemble_generator
from latentearth.training.patch_wgans import draw_velocities
from support import job, provenance
from support.settings import gan_settings

ROWS = 4000  # samples of each that correlations are taken from: 128 MB for 8000 points

with job.logged(snakemake.log[0], snakemake.threads):
    p, source = snakemake.params, snakemake.wildcards.source
    lat, lon, chain = stored.read_index(snakemake.input.ensemble)
    patches, parts, count = sphere.regions(lat, lon, p.patches), {}, p.draws or len(chain)
    some = [np.zeros((min(n, ROWS), lat.size), np.float32) for n in (len(chain), count)]
    for weights, path in zip(snakemake.input.weights, snakemake.input.cards, strict=True):
        card = io.read_json(path)
        generator = load_ensemble_generator(
            weights, card["dimensions"], gan_settings(p.settings)[0]
        )
        for network, patch in enumerate(progress(card["patches"], "comparing patches")):
            seed = seeds.stream(p.seed, "scheiter2022", "cmb", "draw", source, patch)
            own = [np.arange(len(patches[patch]))]
            one, reference = generator.select([network]), p.settings["reference"]
            drawn = draw_velocities(one, own, count, [seed], copies=4, reference=reference)
            real = stored.read_points(snakemake.input.ensemble, patches[patch])
            fake = np.concatenate(list(drawn))
            parts[patch] = compare_marginals(real, fake)
            for part, whole in zip(some, (real, fake), strict=True):
                rows = np.linspace(0, len(whole) - 1, len(part)).astype(int)  # evenly spread
                part[:, patches[patch]] = whole[rows]
    joined = join_regions(parts, patches, lat, lon)
    pairs = sphere.neighbour_pairs(lat, lon)
    joined = joined.merge(border_correlations(*some, pairs, joined.patch.values))
    joined["samples"] = ("source", [len(chain), count], {"units": "1"})
    print({name: float(joined[name]) for name in joined if name.endswith("rmse")})
    print("correlation within and across patches:", joined.pair_correlation.values)
    io.write_dataset(
        snakemake.output[0],
        joined,
        provenance.attributes("Ensemble and WGANs at every point", p.settings, p.seed, p.scale),
    )
