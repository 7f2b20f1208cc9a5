"""Inversion of a user's traveltimes, measured with a user's or the built-in survey."""

import numpy as np

from latentearth import io
from latentearth.inversion import crosshole
from latentearth.inversion.own_traveltimes import (
    compare_with_picks,
    read_own_traveltimes,
    weighted,
)
from latentearth.networks import generators, weights
from latentearth.operators.shortest_path import ShortestPath
from latentearth.operators.straight_rays import Grid, StraightRays
from support import crosshole as runs
from support import job, provenance

with job.logged(snakemake.log[0], snakemake.threads) as threads:
    p, given = snakemake.params, snakemake.input
    s, survey = p.settings, given.survey or None
    ends = getattr(runs.survey(p.survey), s["operator"])
    grid = Grid(spacing=s["cell"])
    own = read_own_traveltimes(given.traveltimes, survey, ends, grid, tuple(s["origin"]))
    picks, ends = own.picks, (own.sources, own.receivers)
    print(f"{len(picks.times)} picks, {picks.missing} pairs without; error {own.error:.3g} ns")
    if s["operator"] == "straight":
        rays, case = StraightRays(grid, *ends), p.linear
    else:
        rays = ShortestPath(grid, *ends, p.curved["secondary"], p.curved["engine"], threads)
        case = p.curved["descent"]
    operator = weighted(rays, own.weights)
    case = case | {"batch": min(25, len(picks.times))}
    generator = generators.load(given.weights, given.card)
    found = crosshole.invert_truths(
        generator,
        operator,
        tuple(p.velocities),
        (picks.times * own.weights)[None].astype(np.float32),
        runs.starting_points(generator, s["starts"], p.seed),
        settings=runs.descent(case, s["iterations"]),
        names=["own"],
        streams=runs.streams(p.seed, ["own"], s["starts"]),
        products=p.products,
        checkpoint=(checkpoint := snakemake.output[0].replace(".nc", ".checkpoint")),
        checkpoint_every=p.checkpoint_every,
        identity=weights.file_checksum(given.weights),
        label="own data",
    )
    found = compare_with_picks(found, rays, own, p.velocities, s["noise"])
    found.attrs["cell"] = grid.spacing
    print(found.attrs["fit"])
    attributes = provenance.attributes("Own traveltimes", {"own": s}, p.seed, p.scale)
    io.write_dataset(snakemake.output[0], found, attributes | found.attrs)
    job.remove_checkpoints(f"{checkpoint}.*", snakemake.input)
