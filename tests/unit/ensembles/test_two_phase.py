"""Profiles of two phases against their exact distribution."""

import numpy as np
import pytest

from latentearth.ensembles.two_phase import TwoPhase

PROFILE, SEED = TwoPhase(), np.random.SeedSequence(5)


def test_samples_have_the_exact_covariance_and_marginals():
    x = PROFILE.draw(40000, 6, SEED)
    # five standard errors: products of two coordinates have a deviation of at most 1.2
    assert np.abs(np.cov(x.T) - PROFILE.covariance(6)).max() < 5 * 1.2 / 200
    share = np.array([0.05, 0.25, 0.5, 0.8])
    np.testing.assert_allclose(PROFILE.cdf(PROFILE.quantile(share)), share, atol=1e-3)
    # and of a share of the samples below a value: at most 0.5 / 200
    for value in (-1.2, 0.0, 0.9):
        assert np.abs((x < value).mean(0) - PROFILE.cdf(np.array(value))).max() < 5 * 0.5 / 200


def test_scores_tell_what_is_wrong():
    x = PROFILE.draw(20000, 8, SEED)
    good = PROFILE.scores(x)
    assert good["lost"] == 0 and good["emd"] < 0.05
    assert good["between"] == pytest.approx(0.048, abs=0.003)  # errors of 0.001
    assert good["std_ratio"] == pytest.approx(1, abs=0.01)
    one = np.where(np.arange(8) < 2, np.abs(x), x).astype(np.float32)
    assert PROFILE.scores(one)["lost"] == 0.25 and PROFILE.scores(one)["emd"] > 0.2
    normal = np.random.default_rng(1).standard_normal(x.shape).astype(np.float32)
    assert PROFILE.scores(normal)["between"] > 0.3
    # without correlation the error is the correlation itself, 0.7 / 1.09
    assert PROFILE.scores(normal)["correlation_error"] == pytest.approx(0.642, abs=0.02)
    assert PROFILE.scores(np.zeros_like(x))["correlation_error"] == pytest.approx(0.642, abs=1e-3)
