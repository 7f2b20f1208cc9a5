"""How much of the chains does a GAN need? EMD to the full ensemble, by part (section 4.3)."""

import numpy as np

from latentearth import io, seeds
from latentearth.ensembles import stored
from latentearth.ensembles.agreement import floors
from latentearth.ensembles.marginals import earth_movers_distance
from latentearth.ensembles.thinning import first_part
from latentearth.progress import progress
from latentearth.training.ensemble_gans import load_ensemble_generator
from latentearth.training.patch_wgans import draw_velocities
from support import job, provenance
from support.settings import gan_settings

with job.logged(snakemake.log[0], snakemake.threads):
    p = snakemake.params
    full = stored.read_points(snakemake.input.ensemble)
    _, _, chain = stored.read_index(snakemake.input.ensemble)
    card, count = io.read_json(snakemake.input.card), p.draws or len(full)
    stack = load_ensemble_generator(
        snakemake.input.weights, card["dimensions"], gan_settings(p.settings)[0]
    )
    points, gan, plain = [np.arange(full.shape[1])], [], []
    for network, percent in enumerate(progress(p.percent, "comparing parts")):
        seed = seeds.stream(p.seed, "scheiter2022", "cmb", "sweep draw", percent)
        one, reference = stack.select([network]), p.settings["reference"]
        drawn = draw_velocities(one, points, count, [seed], copies=4, reference=reference)
        gan.append(earth_movers_distance(np.concatenate(list(drawn)), full))
        plain.append(earth_movers_distance(full[first_part(chain, percent / 100)], full))
    seed = seeds.stream(p.seed, "scheiter2022", "cmb", "halves")
    dims, units = ("percent", "point"), {"units": "km s-1"}
    result = floors(full, chain, count, seed).assign(
        emd_gan=(dims, np.stack(gan), units), emd_ensemble=(dims, np.stack(plain), units)
    )
    result = result.assign_coords(percent=p.percent)
    print(result.median("point").to_dataframe())
    io.write_dataset(
        snakemake.output[0],
        result,
        provenance.attributes("EMD by part of the chains", p.settings, p.seed, p.scale),
    )
