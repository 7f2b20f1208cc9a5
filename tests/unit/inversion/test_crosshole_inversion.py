"""Inversions of several truths, their tables, and intervals of shares."""

import numpy as np
import pytest
import torch
import xarray as xr

from latentearth.diagnostics import coverage
from latentearth.inversion import crosshole, crosshole_survey
from latentearth.inversion.latent_descent import Descent
from latentearth.io import InputError
from latentearth.operators.straight_rays import Grid
from support import published_files
from support.published_values import published
from support.tables import lopez_alvis2021 as tables

SURVEY = {"first": 1.0, "last": 12.0, "every": 2.75, "straight_x": (0.01, 6.49), "curved_x": (0, 6)}
V = (0.08, 0.06)


def generator(z, products="float32"):
    """Smooth models of two numbers: depth and width of one channel."""
    rows = torch.linspace(-2, 2, crosshole_survey.GRID.nz)[None, :, None]
    middle, width = z[:, :1, None], 0.3 + 0.1 * torch.tanh(z[:, 1:, None])
    return torch.exp(-(((rows - middle) / width) ** 2)).expand(-1, -1, crosshole_survey.GRID.nx)


def test_every_truth_from_every_start_in_groups_of_any_size():
    operator = crosshole_survey.straight(SURVEY)
    codes = torch.tensor([[0.3, 0.2], [-0.5, 0.0], [0.9, -0.4]])
    models = generator(codes).numpy()
    data = crosshole_survey.times(operator, models, V)
    starts = np.array([[0.1, 0.0], [0.2, 0.3]])
    settings = Descent(batch=5, regularization="none", iterations=30, step=1e-4)
    arguments = generator, operator, V, data, starts, settings, ["a", "b", "c"], 1
    whole = crosshole.invert_truths(*arguments, models=models)
    parts = crosshole.invert_truths(*arguments, models=models, group=4)
    assert whole.misfit.dims == ("truth", "start") and whole.misfit.shape == (3, 2)
    assert whole.model.shape == (3, 2, 129, 65) and whole.norm_path.shape == (3, 2, 30)
    # roundings of products of another shape, over 30 steps
    np.testing.assert_allclose(whole.misfit, parts.misfit, rtol=1e-3)
    # the error is that of the model that is given
    error = np.sqrt(((whole.model.values - models[:, None]) ** 2).mean((-1, -2)))
    np.testing.assert_allclose(whole.error, error, rtol=1e-5)
    assert (whole.misfit < whole.misfit_path[..., 0]).all()


def test_starting_points_are_the_prior_and_the_first_ones_stay():
    many = crosshole.starting_points("vae", 20, 2000, 3)
    assert abs(many.mean()) < 0.02 and abs(many.std() - 1) < 0.02  # four standard errors: 0.02
    np.testing.assert_array_equal(many[:5], crosshole.starting_points("vae", 20, 5, 3))
    box = crosshole.starting_points("sgan", 15, 2000, 3)
    assert abs(box).max() <= 1 and box.min() < -0.99


def test_published_starts(tmp_path):
    path = tmp_path / "starts.npy"
    np.save(path, np.arange(60.0).reshape(4, 5, 3))
    found = published_files.starts(path, 15, 2)
    np.testing.assert_array_equal(found, np.arange(30.0).reshape(2, 15))
    with pytest.raises(InputError, match="5 or more of 15"):
        published_files.starts(path, 15, 5)


def test_intervals_of_shares():
    # Clopper and Pearson: none or all of n leave (0.025) ** (1 / n)
    assert coverage.binomial_interval(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert coverage.binomial_interval(10, 10) == (pytest.approx(0.025**0.1), 1.0)
    low, high = coverage.binomial_interval(5, 10)
    assert low == pytest.approx(1 - high) and low == pytest.approx(0.1871, abs=1e-4)  # tabulated


def runs(misfits):
    misfits = np.array(misfits)
    zero = np.zeros(misfits.shape)
    return xr.Dataset(
        {
            "misfit": (("truth", "start"), misfits),
            "error": (("truth", "start"), zero),
            "iteration": (("truth", "start"), zero),
            "code": (("truth", "start", "latent"), np.ones((*misfits.shape, 4))),
        },
        {"truth": ["mc1", "mv2"]},
    )


def test_tables_3_and_4_by_hand():
    threshold = xr.DataArray([0.5, 1.0], {"truth": ["mc1", "mv2"]}, "truth")
    found = runs([[0.4, 0.6], [0.5, 1.0]])
    rows = tables.acceptance_table({"VSbrd": found}, {"VSbrd": threshold})
    assert [(r["truth"], r["accepted"], r["published_percent"]) for r in rows] == [
        ("mc1", 1, 100),
        ("mv2", 2, 100),
        ("all", 3, 100),
    ]
    first, second = tables.misfits({"SAnnn": found})
    assert first["mean_rmse_ns"] == pytest.approx(0.5) and first["published_rmse_ns"] == 4.538
    assert second["published_rmse_ns"] == 5.236 and second["norm_z"] == 2.0
    (row, _) = tables.nonlinear({"clean": found}, {"clean": threshold})
    assert row["accepted"] == 1 and row["rmse_ns"] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("table", "sums"),
    [
        ("table3", [531, 343, 600, 600, 2, 0, 600]),
        ("table4", [4.978, 7.778, 2.753, 1.959, 27.885, 26.452, 2.750]),
    ],
)
def test_published_tables_as_printed(table, sums):
    """Sums of the printed columns, added up by hand from the paper, guard against slips."""
    rows = published("lopez_alvis2021", table)
    columns = [name for name in rows[0] if name != "truth"]
    assert [sum(rows.column(name)) for name in columns] == pytest.approx(sums, abs=1e-9)


def test_new_truths_summary():
    rows = [
        {"accepted": 1, "starts": 1, "floor_model_rmse": 0.1, "inversion_model_rmse": 0.2},
        {"accepted": 0, "starts": 1, "floor_model_rmse": 0.2, "inversion_model_rmse": 0.4},
    ]
    (summary,) = tables.new_truths_summary(rows)
    assert summary["all_starts_accepted"] == 1 and summary["percent"] == 50
    assert summary["error_over_floor"] == pytest.approx(2.0)


def test_curved_and_straight_agree_where_nothing_bends_rays():
    grid = Grid()
    models = np.zeros((1, grid.nz, grid.nx))
    straight = crosshole_survey.times(
        crosshole_survey.straight(SURVEY | {"straight_x": (0.0, 6.0)}), models, V
    )
    curved = crosshole_survey.times(
        crosshole_survey.curved(SURVEY, {"secondary": 3, "engine": "sweeping"}), models, V
    )
    # no slower than the straight ray but for the graph's angles, below 0.6 per cent; float32
    assert (curved >= straight * (1 - 1e-6)).all() and (curved <= straight * 1.006).all()
