"""The table of recovery: rows of runs, of what needs no sampler, and of chains."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import chi2

from support.tables import santos2024_recovery as tables

GRID = ("coefficient", "row", "column")


@pytest.fixture(scope="module")
def data():
    """Two targets, all white below the middle; media that are observed with errors of 1 sigma_o."""
    image = np.zeros((2, 4, 4))
    image[:, :2] = 1
    medium = np.zeros((2, 6, 2, 2))
    return xr.Dataset(
        {
            "image": (("target", "y", "x"), image),
            "medium": (("target", *GRID), medium),
            "observed": (("target", *GRID), medium + 0.5),
            "sigma_o": ("coefficient", np.full(6, 0.5)),
            "sigma": ("coefficient", np.full(6, 1.0)),
            "waves": ((), 5.0),
        }
    )


def test_runs_and_nulls(data):
    mean = np.stack([data.image.values[1], 1 - data.image.values[1]])
    numbers = ("log_likelihood", "log_evidence", "ancestors", "cpu_s")
    runs = xr.Dataset({name: ("run", [1.0, 2.0]) for name in numbers})
    runs["mean"], runs["log_likelihood_of_truth"] = (("run", "y", "x"), mean), -12.0
    runs["position"] = ("run", "sample", "coordinate"), np.zeros((2, 4, 8))
    runs["log_evidence"] = "run", [-15.0, -7.0]
    runs["deviation"] = ("run", "y", "x"), np.zeros(mean.shape)
    rows = [*tables.population_rows(runs, xr.Dataset({"cpu_s": 3.0}), data, "stirring", 1, 4)]
    assert [row["pixels_right"] for row in rows] == [1.0, 0.0]
    assert rows[1]["seed"] == 1 and rows[1]["ancestors"] == 2 and rows[0]["bank_cpu_s"] == 3
    # of four independent particles and 16 nats: the root of 16 / 4
    assert rows[0]["nats"] == 16 and rows[0]["evidence_deviation"] == 2
    assert rows[0]["wavelength"] == 0.2 and rows[0]["target"] == 1
    assert rows[0]["mean_correlation"] == pytest.approx(-1)  # one is black where the other is white
    bank, first = xr.Dataset({"cpu_s": 3.0}), runs.isel(run=[0])
    (alone,) = tables.population_rows(first, bank, data, "stirring", 1, 4)
    assert np.isnan(alone["mean_correlation"]) and np.isnan(alone["r_hat_largest"])
    both = ("target", "prior")
    nulls = xr.Dataset(
        {
            "mean": ((*both, "y", "x"), np.stack([mean, mean])),
            "log_likelihood": (both, np.zeros((2, 2))),
            "cpu_s": (both, np.zeros((2, 2))),
        },
        {"prior": ["mean", "wiener"]},
    )
    rows = [*tables.null_rows(nulls, data, 0)]
    assert [row["prior"] for row in rows] == ["mean", "wiener"]
    assert rows[0]["pixels_right"] == 1 and rows[0]["sampler"] == "none"
    assert rows[0]["log_likelihood_of_truth"] == -12  # 24 errors of one sigma_o
    assert np.isnan(rows[0]["log_evidence"])


def test_chains_are_brought_to_the_same_constant(data):
    """Errors of two sigma_o: the normal density is lower by log 2 for each of 24 data."""
    names = ("correct_mean", "mean_log_likelihood")
    solution = xr.Dataset({name: ("target", [0.7, 0.8]) for name in names}, {"target": [0, 1]})
    solution.attrs["method"] = "hmc"
    chains = xr.Dataset({"target_log_evidence": ("inverted", [-5.0, -6.0])})
    chains["cpu_s"], chains["setup_cpu_s"] = 6.0, 2.0
    rows = [*tables.chain_rows(solution, chains, data)]
    assert rows[1]["log_evidence"] == pytest.approx(-6 - 24 * np.log(2))
    assert rows[0]["log_likelihood_of_truth"] == pytest.approx(-3 - 24 * np.log(2))
    assert rows[0]["cpu_s"] == 4 and rows[0]["sampler"] == "annealing, hmc"


def test_fit_is_told_in_deviations_of_chi_square(data):
    """24 data: chi-square of 24 has a deviation of the root of 48; the better run counts."""
    excess = 3 * 48**0.5
    runs = xr.Dataset({"log_likelihood": ("run", [-900.0, -0.5 * (24 + excess)])})
    for name in ("log_evidence", "cpu_s"):
        runs[name] = "run", [1.0, 2.0]
    runs["mean"] = ("run", "y", "x"), np.stack([1 - data.image.values[0], data.image.values[0]])
    runs["log_likelihood_of_truth"] = -12.0
    made = data.assign_coords(kind=("target", ["ring", "layers"]))
    row = tables.fit_row(runs, made, 0, smooth=-3.0)
    assert row["kind"] == "ring" and row["excess_deviations"] == pytest.approx(3)
    assert row["pixels_right"] == 1 and row["cpu_s"] == 3
    assert row["chi_square_per_datum"] == pytest.approx(1 + excess / 24)
    # that one run's evidence is 2, of which a smooth medium has e^5 times less
    assert row["log_odds"] == 5 and row["p_value"] == pytest.approx(chi2.sf(24 + excess, 24))
    assert row["says"] == "a marble cake"  # three deviations are one in two hundred
    assert tables.fit_row(runs, made, 0, smooth=3.0)["says"] == "no marble cake"
    assert tables.fit_row(runs.isel(run=[0]), made, 0, smooth=-9.0)["says"] == "no marble cake"


def test_a_medium_of_whom_nothing_true_is_known_has_a_row(data):
    own = data[["observed", "sigma_o", "waves"]].isel(target=[1])
    runs = xr.Dataset({name: ("run", [-12.0]) for name in ("log_likelihood", "log_evidence")})
    runs["cpu_s"], runs["mean"] = ("run", [1.0]), (("run", "y", "x"), np.zeros((1, 4, 4)))
    row = tables.fit_row(runs, own, 0, smooth=-30.0)
    assert row["kind"] == "own" and row["says"] == "a marble cake" and row["log_odds"] == 18
    assert np.isnan(row["pixels_right"]) and np.isnan(row["log_likelihood_of_truth"])
