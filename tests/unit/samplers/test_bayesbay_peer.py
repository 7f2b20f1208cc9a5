"""The trans-dimensional sampler beside BayesBay's Voronoi tessellations of the sphere."""

import random

import numpy as np
import pytest

from latentearth.earth import cmb
from latentearth.earth.sphere import latitude_longitude, unit_vectors
from latentearth.ensembles.chains import voronoi_models
from latentearth.ensembles.voronoi import evaluate
from latentearth.samplers import transdimensional as td
from latentearth.seeds import stream

bayesbay = pytest.importorskip("bayesbay", reason="needs the extra peers")
PLACES = unit_vectors(np.array([0, 10, 40, -60]), np.array([0, 30, 100, 200]))
DATUM, TIME, SIGMA = [0, 0, 1, 2], np.array([9.0, -8.0, 6.0]), 2.0
CELLS, VS, CHAINS = (2, 6), (6.5, 7.8), 12


def summaries(n_cells, vs):
    """Shares of numbers of cells, mean velocities, whether the first two places share a cell."""
    counts = [np.mean(n_cells == k) for k in range(CELLS[0], CELLS[1] + 1)]
    return np.array([*counts, *vs.mean(axis=0), np.mean(vs[:, 0] == vs[:, 1])])


def ours(proposals):
    data = cmb.PathData(PLACES, np.array(DATUM), np.full(4, 1000.0), TIME, 7.0)
    prior = td.CellPrior(CELLS, VS, (SIGMA, SIGMA * (1 + 1e-9)))
    moves = td.CellMoves(move=90.0, noise=0.0, far=0.3, shares=(0.25, 0.2, 0.2, 0.1))
    sampler = td.Transdimensional(proposals // 50, 50, 2000, moves)
    seeds = [stream(7, "peer", i) for i in range(CHAINS)]
    chains = sampler.ragged(td.CellPosterior(data, prior), seeds)[0]
    places = latitude_longitude(PLACES)
    return np.array(
        [summaries(c["n_cells"].values, evaluate(voronoi_models(c), *places)) for c in chains]
    )


def theirs(proposals):
    latitude, longitude = latitude_longitude(PLACES)
    cells = bayesbay.discretization.Voronoi2DSphere(
        "cells",
        perturb_std=60.0,
        interpolation_positions=np.column_stack([longitude, latitude]),
        n_dimensions_min=CELLS[0],
        n_dimensions_max=CELLS[1],
        n_dimensions_init_range=1.0,
        parameters=[bayesbay.prior.UniformPrior("vs", *VS, perturb_std=0.4)],
        birth_from="prior",
    )

    def log_likelihood(state):
        vs = cells.get_interpolated_values(state["cells"], "vs")
        late = np.bincount(DATUM, weights=1000 / vs - 1000 / 7.0)
        return -0.5 * (((TIME - late) / SIGMA) ** 2).sum()

    inversion = bayesbay.BayesianInversion(
        bayesbay.parameterization.Parameterization(cells),
        bayesbay.likelihood.LogLikelihood(log_like_func=log_likelihood),
        n_chains=CHAINS,
    )
    alone = {"n_jobs": 1}
    inversion.run(
        n_iterations=proposals,
        burnin_iterations=1000,
        save_every=20,
        verbose=False,
        parallel_config=alone,
    )
    found = []
    kept = inversion.get_results(["cells.discretization", "cells.vs"], concatenate_chains=False)
    for sites, velocities in zip(kept["cells.discretization"], kept["cells.vs"], strict=True):
        nearest = [
            (PLACES @ unit_vectors(site[:, 1], site[:, 0]).T).argmax(axis=1) for site in sites
        ]
        vs = np.array([v[cell] for v, cell in zip(velocities, nearest, strict=True)])
        found.append(summaries(np.array([len(v) for v in velocities]), vs))
    return np.array(found)


def test_both_have_the_same_posterior():
    random.seed(1)  # theirs draws from the generators of the process
    np.random.seed(1)  # noqa: NPY002
    one, other = ours(200_000), theirs(12_000)
    error = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / CHAINS)
    assert error.max() < 0.03  # small enough to matter
    # 10 numbers; 4.5 standard errors of independent chains (t of 11 degrees of freedom or more)
    assert (abs(one.mean(axis=0) - other.mean(axis=0)) < 4.5 * error).all()
