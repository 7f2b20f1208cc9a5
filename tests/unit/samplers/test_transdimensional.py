"""Trans-dimensional sampler: prior, known posteriors, bookkeeping, agreement, resuming.

Samples of a chain are correlated; wherever a test needs independent ones, models are kept so
far apart (hundreds of proposals for a handful of cells) that the effective number is close to
the nominal one, and the standard error is taken from the spread of independent chains.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.spatial import cKDTree

from latentearth.diagnostics.mixing import rank_rhat
from latentearth.earth import cmb
from latentearth.earth.sphere import latitude_longitude, spiral, unit_vectors
from latentearth.ensembles.chains import read_chain, voronoi_models
from latentearth.ensembles.voronoi import evaluate
from latentearth.samplers import chain_files, voronoi_kernel
from latentearth.samplers import transdimensional as td
from latentearth.seeds import stream

MOVES = td.CellMoves(move=90.0, noise=0.5, far=0.3, shares=(0.25, 0.2, 0.2, 0.1))
BIRTHS = [0.1, 0.3, 1.0]  # some or all velocities from the prior


def sample(data, prior, moves, seeds, proposals, thinning, burn_in=0, states=None, **settings):
    sampler = td.Transdimensional(proposals // thinning, thinning, burn_in, moves, **settings)
    return sampler.ragged(td.CellPosterior(data, prior), seeds, states)[:2]


def seeds(count, name="test"):
    return [stream(7, name, i) for i in range(count)]


@pytest.fixture(scope="module")
def tomography():
    """A small problem of the real kind: 600 data of 7 points."""

    def truth(lat, lon):
        return cmb.synthetic_velocity(lat, lon, stream(1, "truth"))

    found, _ = cmb.synthetic_data(truth, 600, 7, 0.5, stream(1, "data"))
    return found


def points_only(places, datum, time, weight=1000.0):
    """Data at a few places: every point stands for the same length of path."""
    places = np.asarray(places, float)
    return cmb.PathData(
        places, np.asarray(datum), np.full(len(places), weight), np.asarray(time, float), 7.0
    )


@pytest.mark.parametrize(("far", "near"), [*((far, 0.0) for far in BIRTHS), (0.3, 0.7)])
def test_without_data_the_prior_comes_back(tomography, far, near):
    # The bookkeeping runs as ever, only the likelihood is left out.
    prior = td.CellPrior(cells=(1, 12), vs=(6.5, 7.8), noise=(0.1, 10.0))
    moves = replace(MOVES, far=far, near=near, cap=60.0)
    data = points_only(tomography.point[::200], np.zeros(21, int), [0.0])
    chains, _ = sample(
        data, prior, moves, seeds(8, f"prior {far}"), 300_000, 600, 2000, use_data=False
    )
    n_cells = np.concatenate([c["n_cells"].values for c in chains])
    vs = np.concatenate([c["vs"].values for c in chains])
    noise = np.concatenate([c["noise"].values for c in chains])
    lat, lon = (np.concatenate([c[name].values for c in chains]) for name in ("lat", "lon"))
    # The number of cells does a random walk of about 0.28 steps up or down per proposal between
    # two walls 12 apart, which forgets in 12^2 / (pi^2 0.28) = 52 proposals: at 600 apart the
    # 4000 samples are independent, and the chi-square and Kolmogorov-Smirnov tests apply.
    counts = np.bincount(n_cells, minlength=13)[1:]
    assert stats.chisquare(counts).pvalue > 1e-3  # fails one time in a thousand, the seed is fixed
    # One cell of each model, so that the values are independent; any, as the first are the oldest,
    # and cells far from path points live longer where proposals keep to caps around those.
    chosen = np.random.default_rng(4).integers(n_cells)
    first = np.cumsum(n_cells) - n_cells + chosen
    z = np.sin(np.radians(lat[first]))
    assert stats.kstest(vs[first], "uniform", (6.5, 1.3)).pvalue > 1e-3
    assert stats.kstest(z, "uniform", (-1, 2)).pvalue > 1e-3
    assert stats.kstest(lon[first] % 360, "uniform", (0, 360)).pvalue > 1e-3
    assert stats.kstest(np.log(noise), "uniform", np.log([0.1, 100.0])).pvalue > 1e-3
    # Positions and velocities of different kinds do not depend on each other: correlation of
    # 4000 independent pairs has the standard error 1/sqrt(4000).
    for a, b in ((vs[first], z), (vs[first], n_cells), (z, n_cells), (noise, n_cells)):
        assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(len(n_cells))


@pytest.mark.parametrize("far", BIRTHS)
def test_antipodal_points_give_the_known_posterior_of_the_number_of_cells(far):
    # One datum: the mean of two antipodal places. The nucleus nearest to one place is the
    # farthest from the other, so for k >= 2 the two velocities are always independent, and for
    # k = 1 they are equal: the evidence of k is one integral or another, by quadrature.
    sigma, time = 0.5, 16.0
    data = points_only([[0, 0, 1.0], [0, 0, -1.0]], [0, 0], [time])
    prior = td.CellPrior(cells=(1, 4), vs=(6.5, 7.8), noise=(sigma, sigma * (1 + 1e-9)))
    slowness = 1000 / (6.5 + 1.3 * (np.arange(2000) + 0.5) / 2000)

    def likelihood(predicted):
        return np.exp(-0.5 * ((time - (predicted - 2000 / 7.0)) / sigma) ** 2)

    one = likelihood(2 * slowness).mean()
    two = likelihood(slowness[:, None] + slowness).mean()
    expected = np.array([one, two, two, two]) / (one + 3 * two)
    assert abs(expected[0] - 0.25) > 0.1  # the case would be no test if data did not matter
    moves = replace(MOVES, far=far, noise=0.0)
    chains, _ = sample(data, prior, moves, seeds(16, f"pole {far}"), 200_000, 50, 2000)
    share = np.array([[np.mean(c["n_cells"] == k) for k in (1, 2, 3, 4)] for c in chains])
    error = share.std(axis=0, ddof=1) / 4  # of the mean of 16 independent chains
    # 4.5 standard errors, from Student's t with 15 degrees of freedom: once in 2000.
    assert (abs(share.mean(axis=0) - expected) < 4.5 * error).all()
    assert error.max() < 0.02  # and the error is small enough to matter


@pytest.mark.parametrize("near", [0.0, 0.7])
def test_posterior_agrees_with_importance_sampling(near):
    # Four places and three data, drawn anew from the prior by numpy and weighted with the
    # likelihood: an independent way to the same posterior, moves and all.
    places = unit_vectors(np.array([0, 10, 40, -60]), np.array([0, 30, 100, 200]))
    datum, time = [0, 0, 1, 2], np.array([9.0, -8.0, 6.0])
    data = points_only(places, datum, time)
    prior = td.CellPrior(cells=(1, 6), vs=(6.5, 7.8), noise=(1.0, 4.0))
    moves = replace(MOVES, near=near, cap=60.0)
    chains, _ = sample(data, prior, moves, seeds(16, "few"), 200_000, 50, 2000)

    def summaries(n_cells, vs, noise):
        return np.column_stack(
            [*(n_cells == k for k in range(1, 7)), vs, vs[:, 0] == vs[:, 1], np.log(noise)]
        )

    ours = []
    for chain in chains:
        vs = evaluate(voronoi_models(chain), *latitude_longitude(places))
        ours.append(summaries(chain["n_cells"].values, vs, chain["noise"].values).mean(axis=0))
    rng = np.random.default_rng(3)
    n = 300_000
    n_cells, noise = rng.integers(1, 7, n), np.exp(rng.uniform(0, np.log(4.0), n))
    nuclei = rng.normal(size=(n, 6, 3))
    nuclei /= np.linalg.norm(nuclei, axis=2, keepdims=True)
    cosine = nuclei @ places.T
    cosine[np.arange(6) >= n_cells[:, None]] = -2  # cells that the model does not have
    vs = np.take_along_axis(rng.uniform(6.5, 7.8, (n, 6)), cosine.argmax(axis=1), axis=1)
    each = 1000 / vs - 1000 / 7.0
    residual = time - np.column_stack([each[:, 0] + each[:, 1], each[:, 2], each[:, 3]])
    weight = np.exp(-0.5 * (residual**2).sum(axis=1) / noise**2) / noise**3
    found = summaries(n_cells, vs, noise)
    expected = weight @ found / weight.sum()
    error2 = (weight**2) @ (found - expected) ** 2 / weight.sum() ** 2
    error2 += np.var(ours, axis=0, ddof=1) / len(ours)
    assert (np.sqrt(error2) < 0.02).all()  # small enough to matter
    # 12 numbers; 4.5 combined standard errors (t of about 15 degrees of freedom or more).
    assert (abs(np.mean(ours, axis=0) - expected) < 4.5 * np.sqrt(error2)).all()


def from_scratch(data, state):
    """Owners and residuals by another way: a k-d tree and numpy."""
    k = state.count[0]
    owner = cKDTree(state.nucleus[:k]).query(data.point)[1]
    predicted = np.bincount(data.datum, weights=data.weight / state.vs[owner])
    return owner, data.whole_time() - predicted


@pytest.mark.parametrize("cells", [(1, 4), (50, 400)])
def test_incremental_bookkeeping_equals_evaluation_from_scratch(tomography, cells):
    # Few cells make wide bounds and empty models; many make the usual case.
    prior = td.CellPrior(cells=cells)
    state = td.initial_state(tomography, prior, stream(2, "scratch"))
    paths, work, chosen = (
        td.kernel_paths(tomography),
        td.workspace(state),
        td.kernel_settings(prior, td.CellMoves()),
    )
    voronoi_kernel.advance_cells(paths, state, work, chosen, 100_000)
    owner, residual = from_scratch(tomography, state)
    assert (state.tally[:, 1] > 0).all()  # every kind of proposal has been accepted at times
    np.testing.assert_array_equal(state.owner, owner)
    # Rounding: 1e5 changes of times of about 150 s (eps 3e-14 s each) add up like a random
    # walk, 3e-14 * sqrt(1e5) = 1e-11 s at the very most.
    np.testing.assert_allclose(state.residual, residual, rtol=0, atol=1e-11)
    # The sum of squares starts near 1e4 s^2, so that it is good to 1e-16 * 1e4 * sqrt(1e5).
    assert state.fit[0] == pytest.approx(np.sum(residual**2), abs=1e-8)
    assert not work.change.any() and not work.length.any()
    for j in range(state.count[0]):  # lists: whole, in both directions; floors: true bounds
        members, p = [], state.head[j]
        while p >= 0:
            assert state.before[p] == (members[-1] if members else -1)
            members.append(p)
            p = state.after[p]
        assert sorted(members) == np.flatnonzero(owner == j).tolist()
        assert state.floor[j] <= state.cosine[members].min(initial=1.0)


def test_the_fit_reaches_the_noise_and_the_chains_agree():
    # Dense data on a smooth truth with few cells, so that 100,000 proposals are many.
    def truth(lat, lon):
        return 7.2 + 0.2 * np.sin(np.radians(lat)) * np.cos(np.radians(lon))

    rng = np.random.default_rng(5)
    bounce = rng.normal(size=(600, 3))
    direction = np.cross(bounce, rng.normal(size=(600, 3)))
    bounce, direction = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (bounce, direction))
    point, datum, weight = cmb.path_points(bounce, direction, np.full(600, 1000.0), 3)
    time = cmb.predicted_times(truth(*latitude_longitude(point)), datum, weight)
    time += 2.0 * rng.normal(size=600)
    data = cmb.PathData(point, datum, weight, time, cmb.VS_REFERENCE)
    prior, moves = td.CellPrior(cells=(2, 60)), td.CellMoves(move=20.0)
    chains, _ = sample(
        data, prior, moves, seeds(4), 100_000, 200, 20_000, start_cells=20, threads=2
    )
    lat, lon = spiral(200)
    maps = np.stack([evaluate(voronoi_models(c), lat, lon) for c in chains])
    # 1.1 is the usual threshold of R-hat (Gelman), asked of nine places in ten; the edges of
    # cells, where a place changes sides now and then, take longer.
    rhat = rank_rhat(maps)
    assert np.median(rhat) < 1.05
    assert np.quantile(rhat, 0.9) < 1.1
    rms = np.concatenate([c["misfit"].values for c in chains])
    noise = np.concatenate([c["noise"].values for c in chains])
    # The posterior of sigma balances residuals: rms / sigma = 1 to the relative standard error
    # of a sigma from N = 600 data, 1 / sqrt(2 N) = 3 per cent. The noise that was drawn differs
    # from 2 s by the same 3 per cent; three of those.
    assert np.mean(rms / noise) == pytest.approx(1.0, abs=0.03)
    assert np.mean(noise) == pytest.approx(2.0, abs=0.18)


def test_interrupted_chain_goes_on_to_the_same_bits(tomography):
    prior, moves = td.CellPrior(cells=(10, 300)), td.CellMoves()
    whole, end = sample(tomography, prior, moves, seeds(2), 40_000, 200)
    first, middle = sample(tomography, prior, moves, seeds(2), 14_000, 200)
    second, other_end = sample(tomography, prior, moves, seeds(2), 26_000, 200, states=middle)
    for a, b, c in zip(whole, first, second, strict=True):
        for name in a.variables:
            np.testing.assert_array_equal(a[name], np.concatenate([b[name], c[name]]))
    for a, b in zip(end, other_end, strict=True):
        for one, two in zip(a, b, strict=True):
            np.testing.assert_array_equal(one, two)


def test_chains_do_not_depend_on_threads_or_on_each_other(tomography):
    prior, moves = td.CellPrior(cells=(10, 300)), td.CellMoves()
    both, _ = sample(tomography, prior, moves, seeds(2), 20_000, 200, threads=2)
    alone, _ = sample(tomography, prior, moves, seeds(2)[1:], 20_000, 200, threads=1)
    assert both[1].identical(alone[0])
    assert not np.array_equal(both[0]["vs"][:100], both[1]["vs"][:100])


def test_only_the_broken_chain_is_redone_and_a_checkpoint_is_used(
    tomography, tmp_path, monkeypatch
):
    files = [tmp_path / f"chain{i}.nc" for i in range(3)]
    checkpoints = [tmp_path / "checkpoints" / f"chain{i}.nc" for i in range(3)]

    def run():
        sampler = td.Transdimensional(models=40, thinning=200, threads=2)
        target = td.CellPosterior(tomography, td.CellPrior(cells=(10, 300)))
        return chain_files.sample_to_files(
            sampler, target, seeds(3), files, checkpoints, checkpoint_every=15
        )

    # The power fails in the middle of the second chain: its first checkpoint is there.
    sample_chain, calls = chain_files.sample_chain, []

    def fails(data, state, *rest):
        calls.append(state.random.tobytes())
        if len(calls) == 5:
            raise KeyboardInterrupt
        return sample_chain(data, state, *rest)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(chain_files, "sample_chain", fails)
        patch.setattr(chain_files, "ThreadPoolExecutor", lambda _: Serial())
        run()
    assert files[0].exists() and not files[1].exists() and checkpoints[1].exists()
    assert run() == ["kept", "resumed", "sampled"]
    assert run() == ["kept", "kept", "kept"]
    assert all(checkpoint.exists() for checkpoint in checkpoints)  # until the caller is done
    # A crash cuts one file short, and a disk error damages the inside of another.
    before = [read_chain(path) for path in files]
    os.truncate(files[1], files[1].stat().st_size * 2 // 3)
    damaged = bytearray(files[2].read_bytes())
    damaged[len(damaged) // 2 :: 7] = bytes(len(damaged[len(damaged) // 2 :: 7]))
    files[2].write_bytes(damaged)
    kept_at = files[0].stat().st_mtime_ns
    with pytest.warns(UserWarning, match="sampled anew"):
        assert run() == ["kept", "resumed", "resumed"]
    assert files[0].stat().st_mtime_ns == kept_at
    for path, chain in zip(files, before, strict=True):  # resumed or redone: the same bits
        for name in chain.variables:
            np.testing.assert_array_equal(read_chain(path)[name], chain[name])


class Serial:
    """A pool of no threads, to decide which chain an interruption meets."""

    map = staticmethod(map)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


def test_wrong_data_and_settings_are_refused():
    with pytest.raises(ValueError, match="unit vectors"):
        points_only([[0, 0, 2.0]], [0], [1.0])
    with pytest.raises(ValueError, match="belong to data"):
        points_only([[0, 0, 1.0]], [1], [1.0])
    with pytest.raises(ValueError, match="finite"):
        points_only([[0, 0, 1.0]], [0], [np.nan])
    with pytest.raises(ValueError, match="cells"):
        td.CellPrior(cells=(0, 10))
    with pytest.raises(ValueError, match="vs"):
        td.CellPrior(vs=(7.8, 6.5))
    with pytest.raises(ValueError, match="negative"):
        td.CellMoves(move=-1.0)
    with pytest.raises(ValueError, match="start_cells"):
        td.initial_state(points_only([[0, 0, 1.0]], [0], [1.0]), td.CellPrior(), stream(1), 5000)
