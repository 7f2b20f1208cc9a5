"""How runs of a recovery agree, on runs as a recovery writes them; samplers side by side."""

import numpy as np
import pytest

from latentearth.samples import even_weights, unordered
from support.recovery import runs_dataset
from support.tables.santos2024_agreement import agreement, sampler_rows
from support.tables.santos2024_recovery import row_of

DRAWS = 100


def recovered(white, effective=DRAWS):
    """A run for each image of probabilities of white, (run, y, x), of independent draws."""
    runs, moments = [], []
    for probability, rng in zip(white, np.random.default_rng(2).spawn(len(white)), strict=True):
        images = (rng.random((DRAWS, *probability.shape)) < probability).astype(float)
        moments.append((images.mean(axis=0), images.std(axis=0)))
        about = {"screened": 0.0, "correlation": 0.0, "tries": 1}
        rest = {"evaluations": 9, "cpu_s": 1.0, "independent": float(effective), "about": about}
        weight, values = even_weights(1, DRAWS)[0], np.zeros(DRAWS)
        runs.append(unordered(np.zeros((DRAWS, 8)), values, weight, **rest))
    return runs_dataset(runs, moments)


def chances(runs, low, high):
    """The same probabilities of white in each run, and black in the upper half."""
    white = np.random.default_rng(1).uniform(low, high, (16, 16))
    white[:8] = 0
    return np.tile(white, (runs, 1, 1))


def test_runs_of_one_posterior_agree():
    first, second = agreement(recovered(chances(2, 0.1, 0.9)), DRAWS)
    assert first["changing_pixels"] == 128  # of the lower half
    assert 0.97 < first["mean_correlation"] == pytest.approx(second["mean_correlation"])
    assert first["r_hat_median"] == pytest.approx(1, abs=0.01)
    # 128 pixels, chi-square of one degree of freedom over 100 draws: 12.6 of 20 sets, and no more
    assert 1.02 < first["r_hat_largest"] < first["r_hat_by_chance"] < 1.08
    few = agreement(recovered(chances(2, 0.1, 0.9), effective=10), DRAWS)[0]
    assert few["r_hat_by_chance"] > 1.2 and few["r_hat_largest"] == first["r_hat_largest"]


def test_one_pixel_of_another_run_is_seen():
    """White at 0.2 and 0.8: variances of means, over those within, (0.6^2 / 2) / 0.16."""
    white = chances(2, 0.45, 0.55)
    white[:, 12, 12] = 0.2, 0.8
    found = agreement(recovered(white), DRAWS)[0]
    assert found["r_hat_largest"] == pytest.approx(np.sqrt(1 + 0.18 / 0.16), rel=0.1)
    assert found["r_hat_largest"] > found["r_hat_by_chance"]


def test_a_run_in_another_basin_is_told_from_the_others():
    white = chances(3, 0.1, 0.9)
    white[2] = white[2][::-1]  # upside down: pixels that stand still in each run, and differ
    rows = agreement(recovered(white), DRAWS)
    assert rows[2]["mean_correlation"] < 0 and rows[0]["changing_pixels"] == 256
    assert 1.3 < rows[0]["r_hat_largest"] < np.inf
    assert rows[0]["mean_correlation"] == pytest.approx(rows[2]["mean_correlation"], abs=0.1)


def test_runs_without_any_scatter_and_a_run_alone():
    still = agreement(recovered(np.ones((2, 4, 4)) * [0, 1, 0, 1]), DRAWS)[0]
    assert still["mean_correlation"] == pytest.approx(1) and "r_hat_largest" not in still
    assert agreement(recovered(chances(1, 0.1, 0.9)), DRAWS) == [{}]


def test_samplers_are_compared_on_the_targets_that_populations_invert():
    told = {"log_likelihood": -300.0, "log_likelihood_of_truth": -298.0}
    rows = [row_of(t, 5.0, "wiener", pixels_right=0.1 * t, cpu_s=1.0, **told) for t in (1, 2, 9)]
    rows += [
        row_of(t, 5.0, "stirring", sampler="population_annealing", seed=seed, pixels_right=0.9)
        | {"log_evidence": -300.0 + 2 * t * seed, "ancestors": 100.0 + seed, "cpu_s": 50.0 + seed}
        | {"mean_correlation": 0.99, "r_hat_largest": 1.02 + 0.01 * t}
        | told
        for t in (1, 2)
        for seed in (0, 1)
    ]
    nulls, flow = sampler_rows(rows)
    assert nulls["targets"] == nulls["runs"] == 2 and nulls["sampler"] == "none"
    assert nulls["pixels_right"] == pytest.approx(0.15)  # not of target 9
    assert np.isnan(nulls["log_evidence_deviation"]) and np.isnan(nulls["r_hat_largest"])
    assert (flow["targets"], flow["runs"], flow["ancestors_fewest"]) == (2, 4, 100)
    assert flow["log_evidence_deviation"] == pytest.approx(4 / 2**0.5)  # of target 2
    assert flow["log_likelihood_deficit"] == 2 and flow["r_hat_largest"] == pytest.approx(1.04)
    assert flow["cpu_s"] == 50.5
