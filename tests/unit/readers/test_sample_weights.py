"""Samples with weights become fewer of equal weight, none twice, or are refused."""

import numpy as np
import pytest
import xarray as xr

from latentearth.ensembles.given import read_given, read_given_points
from latentearth.images.files import read_own
from latentearth.io import InputError
from latentearth.readers.sample_weights import drawn_without_repeats

RNG = np.random.default_rng(8)
COUNT = 4000
PROPOSED = RNG.normal(0, 2, (2, COUNT, 2))
# of a standard normal density over that of the proposal, as logarithms without a constant
LOG_WEIGHTS = (-(PROPOSED**2) / 2 + PROPOSED**2 / 8).sum(-1)


def test_systematic_sampling_takes_from_each_stretch_what_its_weight_asks_for():
    weights = RNG.exponential(size=(3, 500)) ** 2
    drawn = drawn_without_repeats(weights)
    share = weights / weights.sum(-1, keepdims=True)
    count = drawn.shape[1]
    assert count == int((1 / share.max(-1)).min())  # as many as can be without taking one twice
    for chain, each in enumerate(drawn):
        assert np.unique(each).size == count
        until = np.searchsorted(np.sort(each), np.arange(500), side="right")
        # a systematic sample differs from what is asked for by half a sample, by its definition
        assert np.abs(until - count * np.cumsum(share[chain])).max() <= 0.5 + 1e-9


def test_any_stretch_of_what_is_drawn_covers_the_chain():
    (drawn,) = drawn_without_repeats(np.exp(-np.linspace(9, 0, 3000))[None] + 1e-3)
    rank = np.argsort(np.argsort(drawn)) / drawn.size
    for start in range(0, drawn.size - 30, 30):
        part = np.sort(rank[start : start + 30])
        # fractions of the golden section leave gaps of at most (1 + golden) / count
        assert np.diff(part, prepend=0, append=1).max() < 2 / 30 + 1 / drawn.size


def test_equal_weights_take_all():
    np.testing.assert_array_equal(
        np.sort(drawn_without_repeats(np.full((2, 7), 0.3))), [range(7)] * 2
    )


@pytest.mark.parametrize(
    ("name", "weights"),
    [("log_weight", LOG_WEIGHTS), ("weights", np.exp(LOG_WEIGHTS)), ("lnW", LOG_WEIGHTS + 700)],
)
def test_weighted_chains_become_samples_of_their_density(tmp_path, name, weights):
    dims = "chain", "sample"
    data = {"x": ((*dims, "coordinate"), PROPOSED), name: (dims, weights)}
    xr.Dataset(data).to_netcdf(tmp_path / "w.nc")
    drawn = read_given(tmp_path / "w.nc")
    # of a ratio of densities of 4 exp(-3 r2 / 8), a quarter is kept: its mean over its greatest
    assert drawn.shape[1] == pytest.approx(COUNT / 4, rel=0.1)
    assert np.unique(drawn.reshape(-1, 2), axis=0).shape == (2 * drawn.shape[1], 2)
    # five standard errors of the means of x and x2; the proposal's are 0 and 4
    error = 5 / np.sqrt(drawn[..., 0].size)
    assert np.abs(drawn.mean((0, 1))).max() < error
    assert np.abs((drawn**2).mean((0, 1)) - 1).max() < 2**0.5 * error


def test_weights_without_chains_are_those_of_each(tmp_path):
    data = {"x": (("chain", "sample", "coordinate"), PROPOSED)}
    data["weights"] = "sample", np.r_[np.ones(100), np.zeros(COUNT - 100)]
    xr.Dataset(data).to_netcdf(tmp_path / "w.nc")
    drawn = read_given(tmp_path / "w.nc")
    assert drawn.shape == (2, 100, 2)
    np.testing.assert_array_equal(np.sort(drawn, 1), np.sort(PROPOSED[:, :100], 1))


def test_an_ensemble_at_points_keeps_each_sample_with_its_chain(tmp_path):
    lat, lon = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    values = np.tile(7 + np.arange(600) / 1000, (2, 1)).T
    data = {"vs": (("sample", "point"), values, {"units": "km/s"}), "chain": ("sample", range(600))}
    data |= {"lat": ("point", lat), "lon": ("point", lon)}
    data["weights"] = "sample", np.repeat([1.0, 2.0, 0.0], 200)
    xr.Dataset(data).to_netcdf(tmp_path / "e.nc")
    blocks = list(read_given_points(tmp_path / "e.nc", lat, lon))
    assert len(blocks) > 1
    found, chain, model = (np.concatenate(part) for part in zip(*blocks, strict=True))
    assert len(found) == 300 and (chain < 200).sum() == 100 and chain.max() < 400
    np.testing.assert_array_equal(chain, model)
    np.testing.assert_allclose(found[:, 0], 7 + chain / 1000, rtol=1e-6)  # single precision


def test_prior_images_are_drawn(tmp_path):
    images = np.arange(6, dtype="u1")[:, None, None] // 3 * np.ones((8, 8), "u1")
    data = {"image": (("image", "y", "x"), images), "weights": ("image", [2.0, 2, 2, 1, 1, 0])}
    xr.Dataset(data).to_netcdf(tmp_path / "p.nc")
    found = read_own(tmp_path / "p.nc", 4)
    assert found.shape == (4, 8, 8) and found[:, 0, 0].sum() == 1


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"weights": [1.0, -1, 1]}, "'weights': found some that are negative"),
        ({"weights": [1.0, np.nan, 1]}, "'weights': found some that are .* no numbers"),
        ({"log_weight": [0.0, np.inf, 1]}, "'log_weight': found some that are .* no numbers"),
        ({"weights": [1.0, 2, 1], "logwt": [0, 0.7, 0]}, "weights: found .*; expected one of them"),
        ({"weights": ["a", "b", "c"]}, "type of 'weights'"),
    ],
)
def test_what_is_no_weight_is_refused(tmp_path, weights, words):
    data = {"x": (("chain", "sample", "coordinate"), np.ones((2, 3, 2)))}
    data |= {name: ("sample", values) for name, values in weights.items()}
    xr.Dataset(data).to_netcdf(tmp_path / "w.nc")
    with pytest.raises(InputError, match=words):
        read_given(tmp_path / "w.nc")


def test_too_few_samples_that_count_are_refused_with_their_number(tmp_path):
    data = {"x": (("chain", "sample", "coordinate"), PROPOSED)}
    data["weights"] = "sample", np.r_[1e6, np.ones(COUNT - 1)]
    xr.Dataset(data).to_netcdf(tmp_path / "w.nc")
    with pytest.raises(InputError, match="'sample': found 1; expected at least 50"):
        read_given(tmp_path / "w.nc", minimum_samples=50)
