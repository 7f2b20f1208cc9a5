"""Generators of any ensemble: which suit it, what they score, and the page."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from latentearth.ensembles.brought import read_brought
from latentearth.figures import style
from latentearth.io import InputError
from support import own_ensemble
from support.figures import own_ensemble as figures

SECTION = {
    "held_out": 1,
    "draws": 600,
    "knots": 17,
    "most_points": 40,
    "flow": {"width": 16, "layers": 2, "steps": 20, "batch": 64, "learning_rate": 1e-3, "moves": 4},
    "network": {"latent": 10, "hidden": [16], "slope": 0.1, "drop": 0.2, "bias": 0.01, "steps": 20}
    | {"batch": 50, "learning_rate": 1e-3, "average": 0.9, "clip": 0.1, "critic_steps": 1},
}
AXES = {
    "sphere": (("lat", np.linspace(-80, 80, 5)), ("lon", np.arange(0.0, 360, 60))),
    "plane": (("y", np.arange(5.0)), ("x", np.arange(6.0))),
    "line": (("depth", np.arange(30.0)),),
    "none": (("p", None),),
}


def given(folder, kind, samples=300):
    """A skewed ensemble with correlated neighbours, three chains, on points of a kind."""
    random = np.random.default_rng(6)
    dims = [name for name, _ in AXES[kind]]
    shape = [30 if axis is None else len(axis) for _, axis in AXES[kind]]
    values = np.exp(0.5 * np.cumsum(random.normal(0, 0.3, (3, samples, 30)), -1))
    data = {"v": (("chain", "draw", *dims), values.reshape(3, samples, *shape), {"units": "km/s"})}
    coordinates = {name: axis for name, axis in AXES[kind] if axis is not None}
    xr.Dataset(data, coordinates).to_netcdf(folder / "own.nc")
    return read_brought(folder / "own.nc")


@pytest.mark.parametrize("kind", AXES)
def test_generators_are_judged_and_shown(kind, tmp_path):
    ensemble = given(tmp_path, kind)
    assert ensemble.places.kind == kind
    judge = own_ensemble.OwnJudge(ensemble, SECTION, 1)
    chosen = ["two_numbers", "copula", *(["flow", "network"] if kind == "none" else [])]
    for name in chosen:
        assert own_ensemble.unsuited(name, ensemble, SECTION) is None
        judge(name, *own_ensemble.fit(name, judge.train, ensemble.places, SECTION, 1))
    table = pd.DataFrame(judge.rows)
    wide = table.pivot_table(index="generator", columns="score", values="value")
    # the chains are of one distribution: the skewed marginals are the copula's, not the Gaussian's,
    # and without correlations of points no covariance is right
    assert wide.emd["Gaussian copula"] < 0.5 * wide.emd["two numbers per point"]
    assert wide.covariance_correlation["Gaussian copula"] > 0.8
    assert wide.covariance_correlation["two numbers per point"] < 0.6
    assert ("neighbour_error" in wide) == (kind != "none")
    shown = judge.dataset()
    assert shown.sizes["generator"] == 1 + len(chosen)
    style.save(figures.page(shown, judge.rows), tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 10_000


def test_what_does_not_suit_is_left_out_with_its_reason(tmp_path):
    plane = given(tmp_path, "plane")
    assert "sphere" in own_ensemble.unsuited("cells", plane, SECTION)
    assert "most_points = 10" in own_ensemble.unsuited(
        "network", plane, SECTION | {"most_points": 10}
    )
    sphere = given(tmp_path, "sphere")
    assert own_ensemble.unsuited("cells", sphere, SECTION) is None


def test_the_card_says_what_was_read(tmp_path):
    ensemble = given(tmp_path, "line")
    judge = own_ensemble.OwnJudge(ensemble, SECTION, 1)
    card = own_ensemble.described(ensemble, judge)
    assert card["samples"] == {"learnt": 600, "held_out": 300}
    assert card["chains"] == {"all": 3, "held_out": [2], "whole": True}
    assert card["points"]["kind"] == "line" and len(card["file"]["sha256"]) == 64
    halves = own_ensemble.OwnJudge(ensemble, SECTION | {"held_out": 3}, 1)
    assert not own_ensemble.described(ensemble, halves)["chains"]["whole"]


def test_a_chain_too_short_to_judge_by_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"own\.nc: samples: found .* at least 20 of each"):
        own_ensemble.OwnJudge(given(tmp_path, "none", samples=15), SECTION, 1)
