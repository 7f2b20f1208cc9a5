"""All generators of the core-mantle boundary against chains that none has seen (Figures 5 to 9)."""

import numpy as np

from latentearth import io, seeds
from latentearth.earth import sphere
from latentearth.ensembles import fidelity, stored
from support import generators, job, provenance
from support.drawn_networks import draw_dcgan, draw_wgans

with job.logged(snakemake.log[0], snakemake.threads):
    p, s, grid = snakemake.params, snakemake.params.settings, snakemake.wildcards.grid
    lat, lon, chain = stored.read_index(snakemake.input.ensemble)
    held_out = fidelity.held_out_chains(chain, s["held_out"])
    whole = stored.read_points(snakemake.input.ensemble)
    train, test = whole[~held_out], whole[held_out]
    del whole
    real = test[np.linspace(0, len(test) - 1, min(len(test), 2 * s["draws"])).astype(int)]
    region = np.zeros(lat.size, int)
    if grid == "globe":
        for patch, points in enumerate(sphere.regions(lat, lon, p.patches)):
            region[points] = patch
    judge = generators.Judge(grid, real, train, lat, lon, region)
    judge.keep("held-out chains", real)
    seed = seeds.stream(p.seed, "scheiter2022", "generators", grid)
    for name, kind, model, cpu in generators.of_points(train, lat, lon, s, p.seed, grid != "globe"):
        judge(name, kind, model.draw(s["draws"], seed), cpu, model.numbers)
    draw = draw_wgans if grid == "globe" else draw_dcgan
    drawn, *cost = draw(snakemake.input, lat, lon, p.network, s["draws"], seed)
    judge("WGANs" if grid == "globe" else "DCGAN", "network", drawn, *cost)
    attributes = provenance.attributes(f"Generators, {grid}", s, p.seed, p.scale)
    io.write_dataset(snakemake.output.figures, judge.dataset(), attributes)
    io.write_table(snakemake.output.scores, judge.rows, attributes)
