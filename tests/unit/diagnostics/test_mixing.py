"""Diagnostics against autoregressive chains, whose autocorrelation is known exactly."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from latentearth.diagnostics import mixing

RHO = np.array([-0.5, 0.0, 0.5, 0.9])
CHAINS, SAMPLES = 4, 50_000


def _autoregressive(rho, chains=CHAINS, samples=SAMPLES, seed=1):
    """Stationary chains x_t = rho x_(t-1) + noise of unit variance, (chain, sample, parameter)."""
    generator = np.random.default_rng(seed)
    noise = generator.standard_normal((chains, samples, len(rho)))
    noise[:, 1:] *= np.sqrt(1 - rho**2)
    return np.stack(
        [lfilter([1], [1, -r], noise[..., k], axis=1) for k, r in enumerate(rho)], axis=2
    )


def _tolerance(exact, total):
    """Four relative standard errors of the estimated time, sqrt(2 (2 W + 1) / N) in Sokal's
    formula, where the window W of Geyer's sequence is about five times.
    """
    window = 5 * np.maximum(exact, 1)
    return 4 * np.sqrt(2 * (2 * window + 1) / total)


def test_autocorrelation_time_of_autoregressive_chains():
    exact = (1 + RHO) / (1 - RHO)
    time = mixing.autocorrelation_time(_autoregressive(RHO))
    assert time.shape == (4,)
    assert (np.abs(time / exact - 1) < _tolerance(exact, CHAINS * SAMPLES)).all()


def test_tail_ess_of_autoregressive_chains():
    # the share below the 5 per cent quantile: correlation of its indicator at each lag from the
    # probability that both of two normal variables are below
    quantile, p = ndtri(0.05), 0.05
    exact = []
    for rho in RHO:
        powers = rho ** np.arange(1, 80)
        both = [
            multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([quantile, quantile]) for r in powers
        ]
        exact.append(1 + 2 * np.sum((np.array(both) - p**2) / (p * (1 - p))))
    exact = np.array(exact)
    size = mixing.tail_ess(_autoregressive(RHO))
    total = CHAINS * SAMPLES
    # beside the window's error, that of few values in a tail: p N of them, in clusters
    allowed = np.hypot(_tolerance(exact, total), 4 * np.sqrt(exact / (p * total)))
    assert (np.abs(total / exact / size - 1) < allowed).all()


def test_bulk_ess_of_autoregressive_chains():
    # Normal scores of Gaussian values are the values, so that the exact time holds here too.
    exact = (1 + RHO) / (1 - RHO)
    size = mixing.bulk_ess(_autoregressive(RHO))
    total = CHAINS * SAMPLES
    assert (np.abs(size * exact / total - 1) < _tolerance(exact, total)).all()


def test_time_gives_the_error_of_the_mean():
    # The definition of the time: the variance of a chain's mean, over 2000 short chains. The
    # variance of 2000 values has a relative standard error of sqrt(2 / 2000) = 3 per cent; the
    # time of a chain of 500 with rho = 0.8 is 2 per cent short, an end effect.
    chains = _autoregressive(np.array([0.8]), 2000, 500)
    variance = chains[..., 0].mean(axis=1).var()
    expected = mixing.autocorrelation_time(chains)[0] / 500
    assert variance == pytest.approx(expected, rel=4 * 0.032 + 0.02)


def test_bulk_ess_and_rhat_do_not_change_with_a_monotone_map():
    chains = _autoregressive(np.array([0.5]), samples=2000)
    for function in (np.exp, lambda x: np.sinh(3 * x)):
        np.testing.assert_allclose(
            mixing.bulk_ess(function(chains)), mixing.bulk_ess(chains), rtol=1e-12
        )


def test_rhat_is_one_for_mixed_chains():
    # Between-chain variance of 8 halves adds about tau / (2 n) to R-hat - 1: 2e-4 at most here.
    rhat = mixing.rank_rhat(_autoregressive(RHO))
    assert (np.abs(rhat - 1) < 1e-3).all()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: x[3].__iadd__(0.5),  # one chain elsewhere
        lambda x: x[:, 1000:].__iadd__(0.5),  # all chains drift: only the split shows it
        lambda x: x[3].__imul__(3.0),  # one chain wider: only the folded ranks show it
    ],
    ids=["shifted", "drifting", "wider"],
)
def test_rhat_flags_bad_chains(spoil):
    chains = _autoregressive(np.array([0.0]), samples=2000)
    assert mixing.rank_rhat(chains)[0] < 1.01  # the paper's limit
    spoil(chains)
    assert mixing.rank_rhat(chains)[0] > 1.01


def test_rhat_of_a_shift_has_its_exact_value():
    # Two chains of n normal values, means +-s apart, in the split form without ranks:
    # R-hat^2 = 1 + Var(means) = 1 + (4/3) s^2 for four halves. Ranks change values little while
    # the mixture is nearly normal (s = 0.3: 1 per cent of R-hat - 1 comes from the ranks; the
    # halves' means, of standard error 1 / sqrt(50000), give 3 per cent).
    chains = np.random.default_rng(2).standard_normal((2, 100_000, 1))
    chains[0] += 0.3
    chains[1] -= 0.3
    expected = np.sqrt(1 + 4 / 3 * 0.3**2)
    assert mixing.rank_rhat(chains)[0] - 1 == pytest.approx(expected - 1, rel=0.05)


def test_disagreeing_chains_have_a_long_time_and_a_small_ess():
    chains = _autoregressive(np.array([0.0]), samples=2000)
    chains[0] += 5
    assert mixing.bulk_ess(chains)[0] < 50
    assert mixing.autocorrelation_time(chains)[0] > 100


def test_shapes_and_values_without_meaning():
    chains = _autoregressive(RHO, samples=101).astype(np.float32)
    np.testing.assert_array_equal(mixing.bulk_ess(chains)[:1], mixing.bulk_ess(chains[:, :, 0]))
    chains[..., 0] = 1.0
    chains[1, 5, 2] = np.nan
    for function in (
        mixing.bulk_ess,
        mixing.rank_rhat,
        mixing.autocorrelation_time,
    ):
        np.testing.assert_array_equal(np.isnan(function(chains)), [True, False, True, False])
        with pytest.raises(ValueError, match="at least 4 samples"):
            function(chains[:, :3])
        with pytest.raises(ValueError, match="expected \\(chain, sample, parameter\\)"):
            function(chains[None])
