"""Samples: their moments, intervals, equal draws, and files."""

import numpy as np
import pytest

from latentearth import io, samples

MEAN, DEVIATION = np.array([380.0, 300.0, 1575.0]), np.array([20.0, 30.0, 25.0])


@pytest.fixture(scope="module")
def wide():
    """Draws of twice the deviation, with the weights that make them draws of N(MEAN, DEVIATION)."""
    z = 2 * np.random.default_rng(0).normal(size=(40_000, 3))
    logs = -0.5 * (z**2).sum(1) + 0.125 * (z**2).sum(1)
    weight = np.exp(logs - logs.max())
    return samples.unordered(
        z * DEVIATION + MEAN,
        logs,
        weight / weight.sum(),
        evaluations=5,
        cpu_s=1.5,
        log_evidence=0.1,
        log_evidence_error=0.02,
        about={"engine": "grid", "live": 4},
        names=("x", "y", "z"),
    )


def test_moments_and_intervals(wide):
    # a sample is worth (4 / sqrt(7))^-3 = 0.29 of an equal one: errors of 1 per cent
    np.testing.assert_allclose((wide.mean - MEAN) / DEVIATION, 0, atol=0.04)
    np.testing.assert_allclose(wide.deviation, DEVIATION, rtol=0.03)
    half = np.diff(samples.credible_interval(wide)).T[0] / 2
    # 68 per cent of a normal distribution lie within 0.994 standard deviations
    np.testing.assert_allclose(half, 0.994 * DEVIATION, rtol=0.03)


def test_equal_draws_come_as_often_as_they_weigh(wide):
    weight = np.array([0.5, 0.25, 0.125, 0.125, 0.0])
    few = samples.unordered(np.arange(5.0)[:, None], weight, weight, evaluations=0, cpu_s=0.0)
    for entropy in range(5):
        drawn = samples.equal_weights(few, 20, np.random.SeedSequence(entropy))
        counts = np.bincount(drawn[:, 0].astype(int), minlength=5)
        assert (np.abs(counts - 20 * weight) < 1).all() and counts.sum() == 20
    many = samples.equal_weights(wide, 5000, np.random.SeedSequence(1))
    np.testing.assert_allclose(many.std(axis=0), DEVIATION, rtol=0.05)  # 5000 draws: 1 per cent
    chains = samples.unordered(
        np.arange(60.0)[:, None], np.zeros(60), np.full(60, 1 / 60), evaluations=0, cpu_s=0.0
    )
    thinned = samples.equal_weights(chains, 10, np.random.SeedSequence(2))[:, 0]
    np.testing.assert_array_equal(np.diff(thinned), 6)


def test_files(wide, tmp_path):
    samples.write(tmp_path / "s.nc", wide, {"title": "t"}, "m", {"target": ("chain", [3], {})})
    again = samples.read(tmp_path / "s.nc")
    for name in ("position", "log_density", "log_likelihood", "weight", "acceptance"):
        np.testing.assert_array_equal(getattr(again, name), getattr(wide, name))
    for name in ("evaluations", "cpu_s", "setup_cpu_s", "log_evidence", "independent", "names"):
        assert getattr(again, name) == getattr(wide, name)
    assert again.about == wide.about
    found = io.read_dataset(tmp_path / "s.nc")
    assert found.position.attrs["units"] == "m" and found.target.item() == 3
    io.write_dataset(tmp_path / "bad.nc", found.drop_vars("weight"), {})
    with pytest.raises(io.InputError, match="no variable 'weight'"):
        samples.read(tmp_path / "bad.nc")


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="weight"):
        samples.unordered(np.zeros((5, 2)), np.zeros(5), np.ones(4) / 4, evaluations=1, cpu_s=0.0)


def test_runs_side_by_side():
    """As one: equal weights, costs added up, and of the rest what all have alike."""
    random = np.random.default_rng(1)

    def run(chains, step):
        logs = random.normal(size=(chains, 5))
        return samples.Samples(
            random.normal(size=(chains, 5, 2)),
            logs,
            logs - 1,
            samples.even_weights(chains, 5),
            np.full(chains, step),
            10 * chains,
            cpu_s=chains,
            log_evidence=3.0,
            about={"move": "walk", "step": step},
        )

    one, other = run(2, 0.1), run(3, 0.2)
    both = samples.joined([one, other])
    np.testing.assert_array_equal(both.position[2:], other.position)
    np.testing.assert_array_equal(both.acceptance, [0.1, 0.1, 0.2, 0.2, 0.2])
    np.testing.assert_allclose(both.mean, 0.4 * one.mean + 0.6 * other.mean)
    assert (both.evaluations, both.cpu_s, both.about) == (50, 5, {"move": "walk"})
    assert np.isnan(both.log_evidence)
