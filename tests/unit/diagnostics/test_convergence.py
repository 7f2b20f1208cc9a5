"""Signs of convergence on chains whose correlation is known."""

import numpy as np
import pytest

from latentearth.diagnostics.convergence import (
    autocorrelation,
    bimodality,
    describe_chains,
    levels,
    thirds,
)
from latentearth.samples import Samples, even_weights


def chains_of(x, log_density):
    """Chains (chain, sample, parameter) whose cost is of no interest."""
    weight, acceptance = even_weights(*log_density.shape), np.ones(len(x))
    return Samples(x, log_density, log_density, weight, acceptance, evaluations=0, cpu_s=0.0)


def autoregressive(rho, chains=4, samples=4000, parameters=3, seed=1):
    """Chains x' = rho x + noise, of variance 1: autocorrelation rho^lag."""
    rng = np.random.default_rng(seed)
    x = np.empty((chains, samples, parameters))
    x[:, 0] = rng.normal(size=(chains, parameters))
    for k in range(1, samples):
        noise = rng.normal(size=(chains, parameters))
        x[:, k] = rho * x[:, k - 1] + np.sqrt(1 - rho**2) * noise
    return x


def test_thirds_against_means():
    samples = np.arange(2 * 7 * 1.0).reshape(2, 7, 1)
    assert thirds(samples).ravel().tolist() == [4.0, 9.0]  # of 0, 1, 7, 8 and of 5, 6, 12, 13


def test_autocorrelation_against_its_definition():
    x = autoregressive(0.5, 1, 50, 1)[0, :, 0]
    centred = x - x.mean()
    wanted = [np.sum(centred[: 50 - k] * centred[k:]) / np.sum(centred**2) for k in range(6)]
    np.testing.assert_allclose(autocorrelation(x[None, :, None], 6)[0, 0], wanted, atol=1e-12)


def test_a_chain_that_never_moved_has_no_autocorrelation():
    samples = autoregressive(0.5, 2, 30, 1)
    samples[0] = 1.0
    found = autocorrelation(samples, 5)
    assert np.isnan(found[0]).all() and np.isfinite(found[1]).all()


def test_chains_of_known_correlation():
    x = autoregressive(0.8)
    found = describe_chains(chains_of(x, -0.5 * np.square(x).sum(-1)), 20)
    lags = np.arange(20)
    # 12 curves of 4000 samples, with about 4000 / 9 independent ones each: 1/sqrt(5300) = 0.014
    np.testing.assert_allclose(found.mean_autocorrelation, 0.8**lags, atol=0.06)
    # (1 + rho) / (1 - rho)
    assert found.autocorrelation_time.values == pytest.approx(9.0, rel=0.2)
    assert found.r_hat.max() < 1.02 and found.third_gap < 0.15
    # 4000 samples hold some 440 independent ones, and a mean of them 0.05 of the deviation
    assert found.level_gap < 0.2 and found.level_trend < 0.4
    assert found.bimodality.values == pytest.approx(1 / 3, abs=0.03)  # as of a Gaussian
    np.testing.assert_allclose(found.covariance, np.eye(3), atol=0.15)


def test_chains_that_drift_are_told():
    samples = autoregressive(0.5) + np.linspace(0, 4, 4000)[:, None]
    found = describe_chains(chains_of(samples, samples.sum(-1)), 20)
    assert found.third_gap > 1 and found.r_hat.min() > 1.1


def test_bimodality_of_known_distributions():
    rng = np.random.default_rng(4)
    uniform, points = rng.random(200_000), rng.integers(0, 2, 200_000)
    found = bimodality(np.stack([uniform, points, rng.normal(size=200_000)], axis=1))
    # moments of 200 000 samples are known to some 0.01
    np.testing.assert_allclose(found, [5 / 9, 1.0, 1 / 3], atol=0.01)


def test_levels_of_chains():
    noise = np.tile([1.0, -1.0], 30)  # of deviation 1 and mean 0
    gap, trend = levels(np.stack([noise, noise + 4.0]))
    assert gap == pytest.approx(2.0) and trend == pytest.approx(0.0)  # exact but for rounding
    rising = np.repeat([0.0, 1.0, 2.0], 20)
    assert levels(rising[None])[1] == pytest.approx(2 / rising.std())
