"""Selectors and combinations of the claim ledger: numbers out of result files."""

import json

import numpy as np
import pytest
import xarray as xr
from entries import FREQUENCY, ROW, SECONDS, measured
from safetensors.numpy import save_file

from support.claims_yaml import MeasurementError, NotFiniteError


# The expected numbers follow by hand from the fixture; all are exact in binary.
@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"file": "a.nc", "variable": "single"}, 7),
        ({"file": "a.nc", "variable": "curve", "reduce": [{"max": "all"}]}, 40),
        (
            {
                "file": "a.nc",
                "variable": "curve",
                "select": {"source": "gan", "frequency": {"first": 1, "last": 2.5}},
                "reduce": [{"mean": "frequency"}],
            },
            30,
        ),
        (
            {
                "file": "a.nc",
                "variable": "curve",
                "select": {"frequency": [0.5, 2.5]},
                "index": {"source": -1},
                "reduce": [{"sum": ["frequency"]}],
            },
            50,
        ),
        # maximum over sources of the mean over frequencies: the order of reductions counts
        (
            {"file": "a.nc", "variable": "curve", "reduce": [{"max": "source"}, {"min": "all"}]},
            10,
        ),
        ({"file": "a.nc", "variable": "x", "reduce": [{"norm": "coordinate"}, {"max": "all"}]}, 5),
        ({"file": "a.nc", "variable": "x", "reduce": [{"norm": "coordinate"}, {"std": "all"}]}, 2),
        ({"file": "a.nc", "variable": "x", "reduce": [{"count": "sample"}, {"max": "all"}]}, 2),
        ({"file": "a.nc", "variable": "none", "reduce": [{"count": "all"}]}, 0),
        ({"file": "a.nc", "variable": "frequency", "reduce": [{"median": "all"}]}, 1.5),
        ({"file": "a.nc", "attribute": "draws"}, 5),
        ({"file": "a.nc", "attribute": "settings", "keys": ["gan", "betas", 0]}, 0.5),
        ({"file": "card.json", "keys": ["seconds"]}, 12.5),
        ({"file": "card.json", "keys": ["names"], "reduce": [{"count": "all"}]}, 2),
        ({"file": "card.json", "keys": ["settings", "steps"]}, 400),
        ({"file": "t.csv", "row": {"name": "GAN", "size": 200}, "column": "rate_s"}, 3.5),
        ({"file": "t.csv", "row": {"name": "GAN", "size": "2d"}, "column": "rate_s"}, 4),
        ({"file": "t.csv", "column": "rate_s", "reduce": [{"max": "all"}]}, 9),
    ],
)
def test_selectors(results, what, expected):
    assert measured(what, results) == expected


@pytest.mark.parametrize(
    ("op", "of", "expected"),
    [
        ("ratio", [SECONDS, 5], 2.5),
        ("percent", [SECONDS, 25], 50),
        ("saving", [SECONDS, 50], 75),
        ("difference", [SECONDS, 13], -0.5),
        ("distance", [SECONDS, 13], 0.5),
        ("sum", [SECONDS, 1, 2], 15.5),
        ("product", [SECONDS, 2, 2], 50),
        ("least", [SECONDS, 13, 20], 12.5),
        ("greatest", [SECONDS, 3, 13], 13),
        ("decreasing", [20, SECONDS, 3], 1),
        ("decreasing", [20, SECONDS, 12.5], 0),
        ("ratio", [{"op": "sum", "of": [SECONDS, 12.5]}, SECONDS], 2),
    ],
)
def test_operations(results, op, of, expected):
    assert measured({"op": op, "of": of}, results) == expected


def test_operations_work_element_by_element(results):
    gan = ROW | {"select": {"source": "gan"}}
    ratio = {"op": "ratio", "of": [gan, ROW], "reduce": [{"min": "all"}]}
    assert measured(ratio, results) == 10
    # curve 1, 2, 4 at 0.5, 1.5, 2.5: the slope in logarithms, by numpy's own fit
    slope = measured({"op": "log_slope", "of": [FREQUENCY, ROW]}, results)
    expected = np.polyfit(np.log([0.5, 1.5, 2.5]), np.log([1, 2, 4]), 1)[0]
    # both are least squares in double precision over three points
    assert slope == pytest.approx(expected, rel=1e-12)


def test_minima_are_counted(tmp_path):
    line = np.linspace(-1.5, 1.5, 31)
    x, y = np.meshgrid(line, line)
    # two basins at x = -1 and 1, one at 0, and none inside a plane, which is lowest at its edge
    maps = np.stack([(x**2 - 1) ** 2 + y**2, x**2 + y**2, x])
    xr.Dataset({"map": (("net", "y", "x"), maps)}).to_netcdf(tmp_path / "b.nc")
    for net, number in enumerate([2, 1, 0]):
        what = {"file": "b.nc", "variable": "map", "index": {"net": net}}
        assert measured(what | {"reduce": [{"minima": "all"}]}, tmp_path) == number
    every = {"file": "b.nc", "variable": "map", "reduce": [{"minima": ["y", "x"]}, {"sum": "all"}]}
    assert measured(every, tmp_path) == 3


def test_the_header_of_weights_is_read(tmp_path):
    card = json.dumps({"settings": json.dumps({"hidden": [64, 128]})})
    arrays = {"stage0.weight": np.zeros((3, 5, 4, 4), np.float32)}
    save_file(arrays, tmp_path / "w.safetensors", {"card": card})
    for keys, value in [
        (["__metadata__", "card", "settings", "hidden", 1], 128),
        (["stage0.weight", "shape", 2], 4),
    ]:
        assert measured({"file": "w.safetensors", "keys": keys}, tmp_path) == value


def test_means_of_single_precision_are_taken_in_double(tmp_path):
    values = np.full(2_000_000, 0.1, np.float32)
    xr.Dataset({"x": ("sample", values)}).to_netcdf(tmp_path / "b.nc")
    mean = measured({"file": "b.nc", "variable": "x", "reduce": [{"mean": "all"}]}, tmp_path)
    # equal values have that value as mean; pairwise sums in double lose less than 1e-13
    assert mean == pytest.approx(float(np.float32(0.1)), rel=1e-12)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"file": "gone.nc", "variable": "x"}, ["gone.nc", "found nothing"]),
        ({"file": "a.nc", "variable": "y"}, ["a.nc", "no 'y'", "curve"]),
        ({"file": "a.nc", "attribute": "y"}, ["no 'y'", "draws"]),
        ({"file": "a.nc", "variable": "curve", "select": {"source": "vae"}}, ["no vae", "gan"]),
        ({"file": "a.nc", "variable": "curve", "select": {"size": 200}}, ["size", "frequency"]),
        ({"file": "a.nc", "variable": "x", "select": {"sample": 1}}, ["labels of 'sample'"]),
        ({"file": "a.nc", "variable": "x", "index": {"sample": 2}}, ["index", "below 2"]),
        ({"file": "a.nc", "variable": "x", "reduce": [{"mean": "chain"}]}, ["no chain", "sample"]),
        ({"file": "a.nc", "variable": "x"}, ["shape (2, 2)", "one number"]),
        ({"file": "a.nc", "attribute": "settings"}, ["one number"]),
        ({"file": "card.json", "keys": ["settings", "step"]}, ["no 'step'", "settings", "steps"]),
        ({"file": "card.json", "keys": ["names", 2]}, ["names", "no 2"]),
        ({"file": "t.csv", "row": {"name": "VAE"}, "column": "rate_s"}, ["t.csv", "found 0"]),
        ({"file": "t.csv", "row": {"name": "GAN"}, "column": "rate_s"}, ["found 2", "one"]),
        ({"file": "t.csv", "row": {"nam": "GAN"}, "column": "rate_s"}, ["no nam", "rate_s"]),
        ({"file": "t.csv", "row": {"size": 200, "name": "GAN"}, "column": "name"}, ["numbers"]),
        ({"op": "ratio", "of": [ROW, {"file": "a.nc", "variable": "x"}]}, ["equal shapes"]),
    ],
)
def test_a_broken_measurement_says_what_is_missing(results, what, words):
    with pytest.raises(MeasurementError) as error:
        measured(what, results)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    "what",
    [
        {"file": "a.nc", "variable": "none", "reduce": [{"mean": "all"}]},
        {"op": "ratio", "of": [SECONDS, 0]},
    ],
)
def test_a_number_that_is_not_finite_is_told_apart(results, what):
    with pytest.raises(NotFiniteError, match="finite"):
        measured(what, results)
