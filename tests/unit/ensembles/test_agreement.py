"""Two ensembles side by side, against numpy and scipy on small cases."""

import numpy as np
import pytest
from scipy import stats

from latentearth.ensembles import agreement

RNG = np.random.default_rng(3)
REAL = RNG.gamma(2.0, 0.1, (900, 6)).astype(np.float32) + 7
FAKE = RNG.normal(7.2, 0.2, (700, 6)).astype(np.float32)


def test_moments_and_distances_agree_with_scipy():
    found = agreement.compare_marginals(REAL, FAKE)
    for source, samples in (("mcmc", REAL), ("gan", FAKE)):
        own, x = found.sel(source=source), samples.astype(np.float64)
        # both work in double precision: what is left is the order of the sums
        np.testing.assert_allclose(own["mean"], x.mean(0), rtol=1e-12)
        np.testing.assert_allclose(own["std"], x.std(0), rtol=1e-9)
        np.testing.assert_allclose(own["skewness"], stats.skew(x), rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(own["kurtosis"], stats.kurtosis(x), rtol=1e-6, atol=1e-9)
    expected = [stats.wasserstein_distance(REAL[:, k], FAKE[:, k]) for k in range(6)]
    np.testing.assert_allclose(found.emd, expected, rtol=1e-6)


def test_histograms_and_covariances_agree_with_numpy():
    edges = np.linspace(6.8, 8.0, 25)
    found = agreement.compare_ensembles(REAL, FAKE, edges)
    counts, _ = np.histogram(REAL[:, 2], edges)
    np.testing.assert_allclose(found.histogram.sel(source="mcmc")[2], counts / len(REAL))
    # blocks are float32 and their products are summed in that type: seven digits
    np.testing.assert_allclose(
        found.covariance.sel(source="gan"), np.cov(FAKE.T.astype(float)), rtol=1e-4, atol=1e-6
    )


def test_blocks_change_nothing(monkeypatch):
    whole = agreement.moment_maps(REAL)
    monkeypatch.setattr(agreement.blocks_of, "__defaults__", (101,))
    for name, values in agreement.moment_maps(REAL).items():
        # merging rounds differently, in double precision
        np.testing.assert_allclose(values, whole[name], rtol=1e-8, atol=1e-10)


def test_misfits_weigh_by_area():
    first = {m: np.array([0.0, 1.0, 2.0]) for m in agreement.MOMENTS}
    second = {m: np.array([0.0, 1.0, 5.0]) for m in agreement.MOMENTS}
    rows = agreement.difference_rows({"pair": (first, second)}, np.array([1.0, 1.0, 2.0]))
    assert [row["moment"] for row in rows] == list(agreement.MOMENTS)
    assert rows[0]["rmse"] == pytest.approx(np.sqrt(9 * 2 / 4))  # exact but for rounding
    same = agreement.difference_rows({"same": (first, first)}, np.ones(3))
    assert same[0]["rmse"] == 0 and same[0]["correlation"] == pytest.approx(1)


def test_correlations_within_and_across_borders():
    common = RNG.normal(size=(5000, 1))
    real = common + RNG.normal(size=(5000, 4))  # any two points correlate at a half
    fake = real.copy()
    fake[:, 2:] = RNG.permutation(fake[:, 2:])  # the second patch forgets the first
    pairs = np.array([[0, 1], [1, 2], [2, 3]])
    found = agreement.border_correlations(real, fake, pairs, np.array([0, 0, 1, 1]))
    expected = np.corrcoef(real.T)
    np.testing.assert_allclose(
        agreement.pair_correlations(real, pairs), [expected[i, j] for i, j in pairs], rtol=1e-12
    )  # the same sums in double precision
    # three standard errors, (1 - 0.25) / sqrt(5000) and 1 / sqrt(5000)
    np.testing.assert_allclose(found.pair_correlation.sel(source="mcmc"), 0.5, atol=0.035)
    np.testing.assert_allclose(found.pair_correlation.sel(source="gan"), [0.5, 0.0], atol=0.045)
    assert found.pair_count.values.tolist() == [2, 1]


def test_regions_are_joined_in_the_order_of_the_points():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(2, 50, 5)).astype(np.float32)
    regions = [np.array([1, 4]), np.array([0, 2, 3])]
    parts = {
        n: agreement.compare_marginals(real[:, points], fake[:, points])
        for n, points in enumerate(regions)
    }
    found = agreement.join_regions(parts, regions, np.arange(5.0), np.zeros(5))
    whole = agreement.compare_marginals(real, fake)
    for name in agreement.MOMENTS:
        np.testing.assert_array_equal(found[name], whole[name])
    np.testing.assert_array_equal(found.patch, [1, 0, 1, 1, 0])
    np.testing.assert_array_equal(found.patch_size, [2, 3])
    apart = whole["std"].sel(source="gan") - whole["std"].sel(source="mcmc")
    # sums of five float32 in another order
    assert float(found.std_rmse) == pytest.approx(float(np.sqrt((apart**2).mean())), rel=1e-6)


def test_the_floor_of_chains_is_higher_where_chains_differ():
    rng = np.random.default_rng(1)
    chain = np.repeat(np.arange(4), 50)
    ensemble = (rng.normal(size=(200, 3)) + 5.0 * (chain % 2)[:, None]).astype(np.float32)
    seed = np.random.SeedSequence(2)
    found = agreement.floors(ensemble, chain, 200, seed)
    assert (found.floor_chains > 4).all() and (found.floor_independent < 1).all()
    alone = agreement.floors(ensemble, np.zeros(200), 200, seed)
    assert (alone.floor_chains < 2).all()  # of unknown chains only random halves
