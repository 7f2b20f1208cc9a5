"""Random numbers of the networks: right distributions, independent, and repeatable."""

import numpy as np
import pytest
import torch
from scipy import stats

from latentearth.networks.kernels.noise import NOISE_LANES, NoiseStreams


def seeds(count, entropy=5):
    return np.random.SeedSequence(entropy).spawn(count)


def reference_xoshiro128pp(state, count):
    """One lane of xoshiro128++ in plain Python integers, as published."""
    s, out, mask = [int(word) for word in state], [], 0xFFFFFFFF

    def rotate(x, k):
        return ((x << k) | (x >> (32 - k))) & mask

    for _ in range(count):
        out.append((rotate((s[0] + s[3]) & mask, 7) + s[0]) & mask)
        t = (s[1] << 9) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 11)
    return np.array(out, np.uint64)


def test_dropout_masks_are_those_of_the_published_generator():
    streams = NoiseStreams(seeds(1))
    start = streams.state_dict()["states"].numpy()[0]
    words = np.stack(
        [reference_xoshiro128pp(start[:, lane], 8) for lane in range(NOISE_LANES)], axis=1
    )
    with torch.no_grad():
        out = streams.leaky_dropout(torch.ones(1, 8, NOISE_LANES), 0.1, 0.4)
    np.testing.assert_array_equal(out[0].numpy() > 0, words >= round(0.4 * 2**32))


def test_normal_deviates_are_normal():
    x = NoiseStreams(seeds(4)).normal(5000, 100).numpy().astype(float).ravel()
    n = len(x)
    # five standard errors of each moment of n independent normal deviates: a false alarm once
    # in half a million runs, and the seed is fixed
    assert abs(x.mean()) < 5 / np.sqrt(n)
    assert abs(x.var() - 1) < 5 * np.sqrt(2 / n)
    assert abs(stats.skew(x)) < 5 * np.sqrt(6 / n)
    assert abs(stats.kurtosis(x)) < 5 * np.sqrt(24 / n)
    assert stats.kstest(x, "norm").pvalue > 1e-4
    # the tail beyond 4, 1 in 15 787, within five Poisson standard errors
    expected = n * 2 * stats.norm.sf(4)
    assert abs((np.abs(x) > 4).sum() - expected) < 5 * np.sqrt(expected)


def test_lanes_pairs_and_networks_are_uncorrelated():
    x = NoiseStreams(seeds(2)).normal(40_000, 32).numpy().astype(float)
    columns = np.concatenate([x[0], x[1]], axis=1)  # both Box-Muller partners of every lane
    correlation = np.corrcoef(columns.T)[np.triu_indices(64, 1)]
    # 2016 coefficients of standard deviation 1/sqrt(40 000): the largest stays below 5.5 of them
    assert np.abs(correlation).max() < 5.5 / np.sqrt(40_000)


def test_a_network_draws_the_same_alone_and_among_others():
    together, alone = NoiseStreams(seeds(3)), NoiseStreams(seeds(3)[1:2])
    np.testing.assert_array_equal(together.normal(7, 9)[1], alone.normal(7, 9)[0])
    x = torch.randn(3, 7, 9)
    with torch.no_grad():
        many = together.leaky_dropout(x.clone(), 0.1, 0.4)
        one = alone.leaky_dropout(x[1:2].clone(), 0.1, 0.4)
    np.testing.assert_array_equal(many[1], one[0])


def test_leaky_dropout_drops_the_stated_share_and_keeps_the_mean():
    streams, drop = NoiseStreams(seeds(1)), 0.4
    x = torch.ones(1, 1000, 1001)  # a width that is no multiple of the lanes
    with torch.no_grad():
        y = streams.leaky_dropout(x.clone(), 0.1, drop).numpy()
    n = y.size
    # binomial: five standard errors
    assert abs((y == 0).mean() - drop) < 5 * np.sqrt(drop * (1 - drop) / n)
    np.testing.assert_allclose(y[y != 0], 1 / (1 - drop), rtol=1e-6)
    with torch.no_grad():
        y = streams.leaky_dropout(-x.clone(), 0.1, drop).numpy()
    np.testing.assert_allclose(y[y != 0], -0.1 / (1 - drop), rtol=1e-6)


@pytest.mark.parametrize("width", [3, 16, 50])
def test_gradient_is_the_factor_of_the_way_there(width):
    x = torch.randn(2, 11, width, requires_grad=True)
    start = NoiseStreams(seeds(2)).state_dict()
    streams = NoiseStreams(seeds(2))
    y = streams.leaky_dropout(x * 1.0, 0.1, 0.4)
    y.sum().backward()
    streams.load_state_dict(start)
    with torch.no_grad():
        again = streams.leaky_dropout(x.detach().clone(), 0.1, 0.4)
    # y = factor * x and dy/dx = factor: float32 rounding of one product
    np.testing.assert_allclose(x.grad.numpy() * x.detach().numpy(), again.numpy(), rtol=1e-6)


def test_state_continues_to_the_same_numbers():
    streams = NoiseStreams(seeds(2))
    streams.normal(3, 5)
    state = streams.state_dict()
    expected = streams.normal(3, 5).clone()
    other = NoiseStreams(seeds(2, entropy=9))
    other.load_state_dict(state)
    np.testing.assert_array_equal(other.normal(3, 5), expected)
