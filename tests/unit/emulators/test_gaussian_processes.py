"""Our exact Gaussian processes against closed forms and finite differences."""

import numpy as np
import pytest
from scipy import stats

from latentearth.emulators import gaussian_processes as gp


def points(n, seed=0, features=4):
    return np.random.default_rng(seed).normal(size=(n, features))


LENGTHS = np.array([1.0, 2.0, 0.5, 3.0])


def test_kernel_is_equation_2():
    x, other = points(40), points(30, 1)
    r = np.sqrt((((x[:, None] - other) / LENGTHS) ** 2).sum(-1))
    expected = (1 + np.sqrt(3) * r) * np.exp(-np.sqrt(3) * r)
    # our exponential is a polynomial that is right to the last bits of float64
    np.testing.assert_allclose(gp.kernel(x, other, LENGTHS), expected, rtol=2e-14, atol=1e-300)


def test_far_points_do_not_correlate_and_equal_ones_do():
    far = gp.kernel(np.zeros((1, 4)), np.full((1, 4), 1e6), np.ones(4))
    assert 0 <= far[0, 0] < 1e-280
    assert gp.kernel(np.ones((1, 4)), np.ones((1, 4)), LENGTHS)[0, 0] == 1


def test_two_points_have_a_closed_form():
    # k(x, X) (K + s)^-1 y for two points, with the inverse of a 2 x 2 matrix written out
    x, y, noise = np.array([[0.0], [1.0]]), np.array([[1.0], [-2.0]]), 0.1
    found = gp.condition(x, y, [np.array([0.7])], [noise], 1).apply(np.array([[0.4]]))

    def k(r):
        return (1 + np.sqrt(3) * r / 0.7) * np.exp(-np.sqrt(3) * r / 0.7)

    a, b = 1 + noise, k(1.0)
    alpha = np.array([a * 1 + b * 2, -b * 1 - a * 2]) / (a * a - b * b)
    expected = k(0.4) * alpha[0] + k(0.6) * alpha[1]
    assert found[0, 0] == pytest.approx(expected, rel=1e-12)


def test_gradient_of_the_likelihood_is_its_derivative():
    x = points(60)
    y = np.stack([np.sin(x[:, 0]), np.cos(x @ LENGTHS), x[:, 1] ** 2 - 1], 1)
    at = np.log([1.3, 0.8, 2.0, 1.5, 0.05])
    _, gradient = gp.negative_log_likelihood(at, x, y)
    for i, slope in enumerate(gradient):
        step = np.zeros(5)
        step[i] = 1e-5
        ends = [gp.negative_log_likelihood(at + sign * step, x, y)[0] for sign in (1, -1)]
        # central differences: 1e-10 from the third derivative, 1e-9 from rounding
        assert slope == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-6, abs=1e-6)


def test_a_second_search_finds_what_one_takes_for_noise():
    # A fast oscillation, which a search from long length scales explains as noise alone.
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.7, 1.7, (80, 1))
    y = np.sin(30 * x) + 0.02 * rng.standard_normal(x.shape)
    y -= y.mean()
    ratios, values = [], []
    for starts in (1, 2, 3):
        seed = np.random.default_rng(0)
        lengths, noise = gp.fit_group(x, y, gp.GaussianFit(1, 80, 60, starts), seed)
        at = np.log(np.append(lengths, noise))
        ratios.append(noise)
        values.append(gp.negative_log_likelihood(at, x, y)[0])
    assert ratios[0] == pytest.approx(10)  # the upper bound: nothing but noise
    # The true ratio of variances is 8e-4; 80 points know it to a factor of some ten.
    assert ratios[1] < 8e-3
    assert values[1] < values[0] - 20  # in nats: beyond any doubt
    assert values[2] <= values[1]  # more searches never make it worse


def test_likelihood_and_predictions_are_those_of_a_normal_distribution():
    x, new = points(80), points(15, 1)
    y = np.sin(x[:, :1]) + x[:, 3:] ** 2
    y -= y.mean()
    noise = 0.03
    value, _ = gp.negative_log_likelihood(np.log([*LENGTHS, noise]), x, y)
    covariance = gp.kernel(x, x, LENGTHS) + noise * np.eye(80)
    alpha = np.linalg.solve(covariance, y)
    variance = float((y * alpha).sum() / 80)  # where our likelihood is taken
    expected = stats.multivariate_normal(np.zeros(80), variance * covariance).logpdf(y[:, 0])
    # both to the last bits but for the matrix's condition, 1e4
    assert value == pytest.approx(-expected, rel=1e-10)
    ours = gp.condition(x, y, [LENGTHS], [noise], 1).apply(new)
    np.testing.assert_allclose(ours, gp.kernel(new, x, LENGTHS) @ alpha, rtol=1e-9, atol=1e-10)


def test_a_group_is_as_good_as_processes_alone_when_length_scales_agree():
    x = points(200)
    y = np.stack([np.sin(x[:, 0] + 0.3 * k) for k in range(3)], 1)
    y -= y.mean(0)
    new = points(100, 5)
    seed = np.random.SeedSequence(1)
    truth = np.stack([np.sin(new[:, 0] + 0.3 * k) for k in range(3)], 1)
    for group in (1, 3):
        found = gp.fit(x, y, gp.GaussianFit(group, 200, 60), seed).apply(new)
        found += np.stack([np.sin(x[:, 0] + 0.3 * k) for k in range(3)], 1).mean(0)
        # a smooth function of one of four coordinates from 200 points: a few per cent
        assert np.sqrt(np.mean((found - truth) ** 2)) < 0.05


def test_predictions_at_training_points_interpolate_without_noise():
    x = points(50)
    y = np.sin(x[:, :2])
    found = gp.condition(x, y, [LENGTHS], [1e-10], 2).apply(x)
    np.testing.assert_allclose(found, y, atol=1e-7)  # noise over signal times the weights


def test_twenty_outputs_in_one_group_share_their_factorisations(monkeypatch):
    # the point of sharing: the cubic work is done once for a group, not once for an output
    x = points(60)
    y = np.sin(x @ np.random.default_rng(3).normal(size=(4, 20)))
    y -= y.mean(0)
    counts, factor = {}, gp._factor
    for group in (1, 20):
        calls = []
        monkeypatch.setattr(gp, "_factor", lambda *args, c=calls: c.append(1) or factor(*args))
        gp.fit(x, y, gp.GaussianFit(group, 60, 12), np.random.SeedSequence(0))
        counts[group] = len(calls)
    # L-BFGS-B may end the line search that it is in: twice the evaluations at most, and one
    # factorisation that conditions the group
    assert counts[20] <= 2 * 12 + 1
    # at least two evaluations and one for conditioning for every output alone
    assert counts[1] >= 20 * 3


def test_targets_that_are_not_finite_are_refused():
    y = np.zeros((10, 1))
    y[3] = np.nan
    with pytest.raises(FloatingPointError, match="not finite"):
        gp.fit(points(10), y, gp.GaussianFit(1, 10, 5), np.random.SeedSequence(0))
