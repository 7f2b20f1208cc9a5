"""Tables of Lopez-Alvis et al. (2021) by hand, and the published ones."""

import numpy as np
import pytest
import xarray as xr

from support.published_values import published
from support.tables import lopez_alvis2021 as tables
from support.tables import lopez_alvis2021_methods as methods


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
    theirs = (published("lopez_alvis2021", name) for name in ("table3", "table2"))
    rows = tables.acceptance_table({"VSbrd": found}, threshold, {"VSbrd": 0.0}, *theirs)
    assert [(r["truth"], r["accepted"], r["published_percent"]) for r in rows] == [
        ("mc1", 1, 100),
        ("mv2", 2, 100),
        ("all", 3, 100),
    ]
    first, second = tables.misfits({"SAnnn": found}, published("lopez_alvis2021", "table4"))
    assert first["mean_rmse_ns"] == pytest.approx(0.5) and first["published_rmse_ns"] == 4.538
    assert second["published_rmse_ns"] == 5.236 and second["norm_z"] == 2.0
    (row, _) = tables.nonlinear({"clean": found}, {"clean": threshold})
    assert row["accepted"] == 1 and row["rmse_ns"] == pytest.approx(0.4)


def test_published_tables_as_printed():
    """Sums of the printed columns, added up by hand from the paper, guard against slips."""
    for name, sums in {
        "table3": [531, 343, 600, 600, 2, 0, 600],
        "table4": [4.978, 7.778, 2.753, 1.959, 27.885, 26.452, 2.750],
    }.items():
        table = published("lopez_alvis2021", name)
        found = [sum(table.column(case)) for case in table[0] if case != "truth"]
        assert found == pytest.approx(sums, abs=1e-9)


def test_table_1_says_where_settings_are_not_the_papers():
    theirs = published("lopez_alvis2021", "table1").where(case="VSbrd")
    own = {"network": "vae", "optimizer": "sgd", "batch": 25, "regularization": "ring"}
    own |= {"step": 1e-2, "step_decay": 0.95, "weight": 10.0, "weight_decay": 0.999}
    assert tables.cases({"VSbrd": own}, theirs)[0]["same_as_published"] == 1
    assert tables.cases({"VSbrd": own | {"batch": None}}, theirs)[0]["same_as_published"] == 0


def test_new_truths_summary():
    rows = [
        {"accepted": 1, "starts": 1, "floor_model_rmse": 0.1, "inversion_model_rmse": 0.2},
        {"accepted": 0, "starts": 1, "floor_model_rmse": 0.2, "inversion_model_rmse": 0.4},
    ]
    (summary,) = tables.new_truths_summary(rows)
    assert summary["all_starts_accepted"] == 1 and summary["percent"] == 50
    assert summary["error_over_floor"] == pytest.approx(2.0)


def test_posteriors_by_prediction_and_level():
    """Ranks a tenth apart: six of ten lie in the middle half; cells between levels."""
    ranks = np.broadcast_to(np.linspace(0.05, 0.95, 10).reshape(2, 5), (2, 2, 5))
    inside = np.broadcast_to([0.5, 0.8, 1.0], (2, 2, 3))
    events = xr.Dataset(
        {
            "quantile": (("prediction", "truth", "block"), ranks),
            "cells_inside": (("prediction", "truth", "level"), inside),
            "error": (("prediction", "truth"), [[0.1, 0.3], [0.15, 0.33]]),
            "cpu_s": ((), 2.0),
        },
        {"prediction": ["codes", "covariance"], "level": [0.4, 0.7, 1.0]},
    )
    rows = tables.posterior_rows(events)
    assert [row["blocks_held"] for row in rows[:3]] == pytest.approx([0.6, 0.6, 1.0])
    assert rows[0]["cells_held"] == pytest.approx(0.6) and rows[0]["mean_rank"] == 0.5
    assert rows[0]["model_rmse"] == pytest.approx(0.2) and rows[0]["truths"] == 2
    assert rows[0]["model_rmse_error"] == pytest.approx(0.1)
    # nearer by 0.05 and 0.03, which scatter by 0.0141
    assert rows[0]["nearer"] == pytest.approx(0.04)
    assert rows[0]["nearer_error"] == pytest.approx(0.01) and rows[3]["nearer"] == 0


def test_scores_of_the_vae_stand_beside_the_notebooks():
    names = "error", "error_of_mean", "model_rmse", "divergence", "active"
    unseen, seen = (dict(zip(names, range(first, first + 5), strict=True)) for first in (0, 10))
    theirs = published("lopez_alvis2021", "notebook")
    row = tables.vae_scores(unseen, seen, {"last_error": 7.0}, theirs)
    assert row["error_per_sample"] == 0 and row["training_error_per_sample"] == 10
    assert row["authors_error_per_sample"] == 153.5 and row["active_dimensions"] == 4


def test_methods_side_by_side_by_hand():
    """Two starts of a network and one inversion without, of a truth of four cells."""
    truths = xr.DataArray([[[0.0, 1.0], [0.0, 0.0]]], {"truth": ["mc1"]}, ("truth", "z", "x"))
    thresholds = xr.DataArray(
        [[0.4], [2.0]],
        {"operator": ["straight", "curved"], "truth": ["mc1"]},
        ("operator", "truth"),
    )
    judge = methods.Judge(truths, thresholds, published("lopez_alvis2021", "table2"))
    models = np.array([[[0.2, 0.4], [0.0, 0.0]], [[0.6, 0.6], [0.1, 0.0]]])
    found = xr.Dataset(
        {
            "misfit": (("truth", "start"), [[0.7, 0.5]]),
            "error": (("truth", "start"), [[0.3, 0.1]]),
            "model": (("truth", "start", "z", "x"), models[None]),
            "cpu_s": ((), 2.0),
        },
        {"truth": ["mc1"]},
    )
    place = {"noise_ns": 0.25, "operator": "straight"}
    (row,) = judge.network_rows(found, place, {"method": "VAE", "case": "VSbrd"})
    assert row["model_rmse"] == pytest.approx(0.2) and row["model_rmse_of_best_fit"] == 0.1
    # one cell of four in each: the channel in the first, a false one in the second
    assert row["cells_wrong_percent"] == 25.0 and row["starts"] == 2
    # the limits are 0.4 + 0.25 of ours, and 0.606 + 0.25 of the paper's mc1
    assert row["accepted_percent"] == 50.0 and row["accepted_as_printed_percent"] == 100.0
    plain = found.isel(start=1).expand_dims(penalty=["smoothing"], noise=[0.0])
    plain["cpu_s"] = (("penalty", "noise"), [[0.1]])
    (row,) = judge.regularized_rows(plain, "curved")
    assert row["method"] == "smoothing" and row["operator"] == "curved" and row["cpu_s"] == 0.1
    assert row["accepted_percent"] == row["accepted_as_printed_percent"] == 100.0
