"""Scores that tell generators apart: perfect ones, and ones that are wrong in one thing."""

import numpy as np
import pytest

from latentearth.earth import sphere
from latentearth.ensembles import fidelity
from latentearth.ensembles.shell import Radius


@pytest.fixture(scope="module")
def cells():
    """Two independent halves of Voronoi models, and their points."""
    rng = np.random.default_rng(1)
    lat, lon = sphere.grid_points(np.linspace(30, -30, 9), np.linspace(0, 60, 9))
    models = []
    for _ in range(3000):
        nuclei = rng.uniform(-35, 35, 12), rng.uniform(-5, 65, 12)
        nearest = sphere.nearest_points(*nuclei, lat, lon)
        models.append((7 + 0.1 * rng.exponential(size=12))[nearest])
    models = np.array(models, np.float32)
    return models[::2], models[1::2], lat, lon


def test_independent_samples_of_one_ensemble_score_well(cells):
    real, fake, lat, lon = cells
    pairs = sphere.neighbour_pairs(lat, lon)
    found = fidelity.marginal_scores(real, fake)
    # deviations of 0.1 and 1500 samples of each: errors of 0.1 sqrt(2 / 1500) = 0.0037
    assert found["mean_rmse"] < 0.006 and found["emd"] < 0.01
    assert found["std_ratio"] == pytest.approx(1, abs=0.05)
    joint = fidelity.joint_scores(real, fake, pairs)
    assert joint["covariance_correlation"] > 0.9
    assert abs(joint["shared_error"]) < 0.01 and joint["jump_ratio"] == pytest.approx(1, abs=0.05)
    assert "border_error" not in joint
    seed = np.random.SeedSequence(2)
    whitened = fidelity.whitened_scores(real[:750], fake, real[750:], seed)
    # 500 samples of each kind are judged at most: 0.5 with a standard error of 0.022
    assert whitened["classifier_accuracy"] < 0.62
    assert whitened["nearest_ratio"] == pytest.approx(1, abs=0.1)


def test_what_is_wrong_shows(cells):
    real, fake, lat, lon = cells
    pairs = sphere.neighbour_pairs(lat, lon)
    seed, rng = np.random.SeedSequence(3), np.random.default_rng(4)
    apart = np.stack([rng.permutation(column) for column in fake.T], 1)  # marginals stay
    same, region = fidelity.marginal_scores(fake, apart), (lon > 30).astype(int)
    assert same["emd"] == 0 and same["std_ratio"] == pytest.approx(1)
    joint = fidelity.joint_scores(real, apart, pairs, region)
    assert joint["neighbour_error"] < -0.3 and joint["border_error"] < -0.3
    assert joint["shared_error"] < -0.3
    whitened = fidelity.whitened_scores(real, apart, real, seed)
    assert whitened["classifier_accuracy"] > 0.75 and whitened["sliced_wasserstein"] > 0.02
    learnt = fidelity.whitened_scores(fake, real, real, seed)
    assert learnt["nearest_ratio"] < 0.01  # the samples that were learnt


def test_curves_by_distance_are_within_and_across_patches(cells):
    real, _, lat, lon = cells
    seed, region = np.random.SeedSequence(5), (lon > 30).astype(int)
    pairs, distance, edges = fidelity.near_pairs(lat, lon, seed, region)
    assert set(pairs) == {"within", "across"}
    for place, same in (("within", True), ("across", False)):
        first, second = pairs[place].T
        assert ((region[first] == region[second]) == same).all()
        exact = np.degrees(
            sphere.great_circle_distance(lat[first], lon[first], lat[second], lon[second])
        )
        np.testing.assert_allclose(distance[place], exact, atol=1e-6)
    curve = fidelity.correlation_by_distance(real, pairs["within"], distance["within"], edges)
    known = curve[np.isfinite(curve)]
    assert known[0] > 0.5 and known[0] > known[-1] + 0.3
    assert set(fidelity.near_pairs(lat, lon, seed, None)[0]) == {"within"}


def test_whole_chains_are_held_out():
    chain = np.repeat([0, 1, 2, 3], 5)
    np.testing.assert_array_equal(fidelity.held_out_chains(chain, 2), chain >= 2)
    np.testing.assert_array_equal(fidelity.held_out_chains(chain[:6], 2), [0, 0, 0, 1, 1, 1])


def test_a_ring_shows_half_of_itself_and_a_filled_hole():
    shell, rng = Radius(2), np.random.default_rng(6)
    exact = shell.sample(rng, 40000)[None]
    good = fidelity.ring_scores(exact, shell)
    # standard errors: 0.1 / sqrt(40 000), sectors sqrt(12 / 40 000), modes 1 / sqrt(40 000)
    assert good["radius_w1"] < 0.003 and good["sectors"] < 0.08 and good["angular_modes"] < 0.03
    assert abs(good["hole"]) < 0.001
    half = exact * np.where(exact[..., :1] > 0, 1, -1)
    assert fidelity.ring_scores(half, shell)["sectors"] > 0.9
    filled = exact + 0.14 * rng.standard_normal(exact.shape)
    assert fidelity.ring_scores(filled, shell)["hole"] > 0.01
