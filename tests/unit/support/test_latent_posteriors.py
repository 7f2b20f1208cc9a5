"""Posteriors of codes as results: blocks, ranks, moments."""

import json

import numpy as np
import pytest
import xarray as xr

from latentearth.earth.channels import Channels, draw_image
from latentearth.inversion.crosshole_survey import between_boreholes, straight, times
from support.latent_posteriors import (
    LEVELS,
    LatentInversion,
    Recoded,
    Refinement,
    alike,
    among,
    block_means,
    described,
    learn_prediction,
    ranks,
)

V = 0.08, 0.06
SMALL = {"rows": 300, "columns": 200, "proportion": 0.26, "widths": [8.0], "tilt": 0.05}
SMALL |= {"wavelengths": [90, 400], "sinuosities": [0.15]}


def test_blocks_of_a_model():
    model = np.zeros((129, 65))
    model[:33, :33] = 1.0  # the first of 129 / 4 rows and 65 / 2 columns
    assert block_means(model).tolist() == [1, 0, 0, 0, 0, 0, 0, 0]


def test_ranks_are_uniform_where_many_numbers_are_the_same():
    rng = np.random.default_rng(1)
    draws, truth = (rng.normal(size=shape).clip(0) for shape in ((400, 3000), 3000))
    found = ranks(draws, truth, rng)
    assert found.mean() == pytest.approx(0.5, abs=0.016)  # three errors: 0.29 / sqrt(3000)
    inside = np.abs(found - 0.5) < 0.25
    assert inside.mean() == pytest.approx(0.5, abs=0.028)  # three errors of 3000


def test_ranks_and_moments_of_models():
    """Models of one grey."""
    rng = np.random.default_rng(2)
    grey = np.array([0.1, 0.2, 0.6, 0.9])
    models = np.broadcast_to(grey[:, None, None], (4, 129, 65))
    found = described(models, np.full((129, 65), 0.5), 2, rng)
    assert found["quantile"].values.tolist() == [0.5] * 8  # two of four samples are below
    assert float(found["mean"][0, 0]) == pytest.approx(0.45)
    assert float(found.deviation[5, 5]) == pytest.approx(np.std(grey))
    assert float(found.error) == pytest.approx(0.05)
    np.testing.assert_allclose(found.sample_model[:, 0, 0], [0.1, 0.9])
    assert (found.cells_inside == 1).all()  # in the middle, thus in all intervals


def test_intervals_of_cells_hold_their_share():
    rng = np.random.default_rng(3)
    draws, truth = rng.normal(size=(300, 129, 65)), rng.normal(size=(129, 65))
    found = dict(zip(LEVELS, among(draws, truth, rng)["cells_inside"][1], strict=True))
    assert found[0.68] == pytest.approx(0.68, abs=0.02)  # 8385 cells: three errors are 0.015


def test_a_shift_that_times_show_is_found():
    """Models that are all grey, and truths that are channels where their rays are slow."""
    rng = np.random.default_rng(4)
    operator = straight(between_boreholes(np.arange(0.5, 12.6, 1.0), (0.01, 6.49), (0.0, 6.5)))
    truths = np.zeros((60, 129, 65), np.float32)
    for truth, row in zip(truths, rng.integers(10, 100, 60), strict=True):
        truth[row : row + 15] = 1
    average = Recoded(truths[:40], np.zeros((40, 1)), np.zeros((40, 1))).averaged()
    refine = Refinement(operator, V, average.remainder(operator, V, 0.25))
    made = np.broadcast_to(average.decoded[:1], (60, 129, 65))
    observed = times(operator, truths, V)
    law = learn_prediction(refine, made[:40], truths[:40], observed[:40])
    found = law(made[40:], observed[40:])
    assert found.shape == (20, 129, 65)
    new = truths[40:]
    # better than the mean, and as sure as right
    assert np.sqrt(((found - new) ** 2).mean()) < 0.7 * np.sqrt(((made[40:] - new) ** 2).mean())
    assert np.maximum(found, 1 - found).mean() == pytest.approx(
        ((found > 0.5) == new).mean(), abs=0.05
    )


def test_crops_that_are_like_the_truths_are_of_another_image():
    image = xr.Dataset(
        {
            "facies": (("row", "column"), draw_image(Channels(**SMALL), np.random.SeedSequence(5))),
            "truth_row": ("truth", [10]),
            "truth_column": ("truth", [20]),
        },
        attrs={"held_out_rows": 40},
    )
    own = image.assign_attrs(origin=json.dumps({"kind": "own"}))
    law = image.assign_attrs(origin=json.dumps({"kind": "embedded", "seed": 5, **SMALL}))
    facies = image.facies.values
    for given, part in ((own, True), (law, False)):
        crop = alike(given, 1, np.random.default_rng(6))[0]
        places = np.lib.stride_tricks.sliding_window_view(facies, crop.shape)
        found = np.argwhere((places == crop).all((2, 3)))
        assert bool(len(found)) == part
        if part:  # above the rows held out, and beside the truth
            row, column = found[0]
            assert row + 129 <= 260 and not (abs(row - 10) < 129 and abs(column - 20) < 65)


def test_codes_are_sampled_by_their_own_law():
    rng = np.random.default_rng(7)
    codes = rng.normal(size=(5000, 2)) @ [[1.5, 0.4], [0.0, 0.7]] + [0.3, -0.2]
    prior = Recoded(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), codes).prior()
    invert = LatentInversion(lambda z: z, prior, None, (1, 2), None, None)
    drawn = invert.decode(rng.standard_normal((5000, 2)))
    # five standard errors of 5000
    np.testing.assert_allclose(drawn.mean(0), codes.mean(0), atol=0.12)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), atol=0.25)
