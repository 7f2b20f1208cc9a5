"""Measures of the ledger of Lopez-Alvis et al. (2021), on small results where they are known."""

import numpy as np
import pytest
import xarray as xr

from claims import lopez_alvis2021_compared as compared
from claims import lopez_alvis2021_descent as descent
from claims import lopez_alvis2021_networks as networks
from claims import lopez_alvis2021_tables as tables
from claims import lopez_alvis2021_toys as toys
from support.ledger.forms import Because, Finding, Null, at_least, read_ledger
from support.ledger.verdicts import Results, verdict
from support.published_values import Table, published
from support.tables.lopez_alvis2021 import acceptance_table

TRUTHS = ["mc1", "mc2", "mv1"]


def table3(data, misfit, noise=0.0):
    """Of runs (truth, start) of VSbrd."""
    found = xr.Dataset({"misfit": (("truth", "start"), misfit)}, {"truth": TRUTHS})
    theirs = (published("lopez_alvis2021", name) for name in ("table3", "table2"))
    floor = data.threshold.sel(operator="straight")
    return Table(acceptance_table({"VSbrd": found}, floor, {"VSbrd": noise}, *theirs))


@pytest.fixture
def data():
    """Own thresholds above and below those of Table 2: 0.606, 0.998 and 0.524 ns."""
    times = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [2, -3, 0, 0]])
    return xr.Dataset(
        {
            "threshold": (("operator", "truth"), [[2.0, 0.5, 0.5], [9, 9, 9]]),
            "times": (("operator", "truth", "datum"), [times, times]),
            "noise": ("datum", [0.0, 0, 1, -1]),
        },
        {"operator": ["straight", "curved"], "truth": TRUTHS},
    )


def test_accepted_by_own_and_printed_thresholds(data):
    table = table3(data, [[1.9, 2.1], [0.4, 0.6], [0.5, 0.55]])
    assert tables.accepted("VSbrd", printed=False)(table) == pytest.approx(50)
    assert tables.accepted("VSbrd", printed=True)(table) == pytest.approx(100 / 3)
    assert tables.accepted("VSbrd", printed=False, truth="mc1")(table) == 50
    noisy = table3(data, [[1.9, 2.1], [0.4, 0.6], [0.5, 0.55]], noise=0.25)
    assert tables.accepted("VSbrd", printed=False)(noisy) == 100


def test_sum_of_others_leaves_what_others_lack(data):
    # each truth's two numbers are a sum of the other two truths'; noise lies where none has any
    assert tables.sum_of_others(data, "mv1") == pytest.approx(0, abs=1e-12)
    assert tables.sum_of_others(data, "mv1", noise=3.0) == pytest.approx(3 / 2**0.5)


def test_what_needs_no_network_is_judged_by_the_same_thresholds(data):
    rows = [
        {"method": "total variation", "operator": "straight", "noise_ns": 0.0, "truth": name}
        | {"data_rmse_ns": rmse}
        for name, rmse in (("mc1", 1.9), ("mc2", 0.4), ("mv1", 0.51))
    ]
    files = table3(data, np.zeros((3, 1))), Table(rows)
    for printed, truth, share in ((False, "all", 200), (True, "all", 100), (True, "mc1", 0)):
        measure = tables.accepted_unlearned("VSbrd", printed=printed, truth=truth)
        assert measure(*files) == pytest.approx(share / 3)


def test_errors_over_those_without_a_network():
    rows = [
        {"method": method, "data": data, "model_rmse": error, "scenario": str(data), "truth": 0}
        for method, data, error in (
            ("VAE", 16, 0.3),
            ("total variation", 16, 0.6),
            ("VAE", 625, 0.2),
            ("total variation", 625, 0.1),
        )
    ]
    assert compared.over_unlearned(Table(rows), "VAE", lambda row: row["data"] < 50) == 0.5
    assert compared.over_unlearned(Table(rows), "VAE", lambda row: row["data"] > 50) == 2.0
    # what only one method has is left out
    more = {"method": "total variation", "data": 9, "model_rmse": 9.0, "scenario": "9", "truth": 0}
    few = compared.over_unlearned(Table([*rows, more]), "VAE", lambda row: row["data"] < 50)
    assert few == 0.5


def test_share_of_hundred_is_two_errors_wide():
    test = tables.share_of_hundred(50)
    assert test.passes(63, 50)
    assert not test.passes(65, 50)


def test_minima_are_counted():
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    wells = (x**2 - 1) ** 2 + y**2
    assert toys.minima(xr.DataArray(wells)) == 2
    assert toys.minima(xr.DataArray(-wells)) == 0  # its maximum is inside, its minima at the rim


@pytest.mark.parametrize(("shear", "angle"), [(0.0, 0.0), (1.0, 45.0), (-1.0, 45.0)])
def test_skew_of_straight_maps(shear, angle):
    z = np.linspace(-2, 2, 9)
    z1, z2 = np.meshgrid(z, z)
    mapped = np.stack([z1 + shear * z2, z2], -1)[None]
    eight = xr.Dataset({"mapped": (("net", "z2", "z1", "xy"), mapped)}, {"z1": z, "z2": z})
    assert toys.skew(eight, 0) == pytest.approx(angle)


def test_best_is_the_least_error_of_those_with_one_minimum():
    x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-2, 2, 41))
    one, two = x**2 + y**2, (x**2 - 1) ** 2 + y**2
    eight = xr.Dataset(
        {
            "mapped_misfit": (("net", "z2", "z1"), [one, one, two]),
            "error": ("net", [0.3, 0.2, 0.1]),
            "generated": (("net", "draw", "xy"), np.zeros((3, 4, 2))),
            "point": (("sample", "xy"), np.zeros((5, 2))),
        }
    )
    assert toys.best_with_one_minimum(eight) == 1
    eight["generated"][1] += 1.0  # squared distance 2 from every training point
    assert toys.best_with_one_minimum(eight) == 0


def test_grey_cells_at_edges_and_everywhere():
    model = np.zeros((1, 20, 20))
    model[:, :, 10:] = 1
    model[:, :, 9] = 0.4  # a soft edge
    smooth = xr.Dataset({"vae": (("sample", "z", "x"), model)})
    assert networks.grey_at_edges(smooth) == 1
    assert networks.cells_at_edges(smooth) == pytest.approx(4 / 20)
    model[:, :, 2] = 0.3  # as much grey far from it
    assert networks.grey_at_edges(smooth) == pytest.approx(0.5)


def test_overfitting_is_a_misfit_below_clean_and_noise():
    rows = [{"truth": "mv1", "case": "VSbrd", "mean_rmse_ns": 0.06}]
    for with_noise, ratio in ((0.2571, 1.0), (0.06, 0.233)):
        noisy = {"truth": "mv1", "case": "VSbrd_noise", "mean_rmse_ns": with_noise}
        found = descent.with_noise_over_expected(Table([*rows, noisy]))
        assert found == pytest.approx(ratio, abs=1e-3)


@pytest.mark.parametrize(
    ("error", "share", "null", "expected"),
    [
        (0.15, 1.0, 0.0, "reproduced"),
        (0.15, 1.0, 1.0, "reproduced, but the null does as well"),
        (0.48, 1.0, 0.0, "differs"),  # the VAE has learned nothing
        (0.15, 0.5, 0.0, "differs"),
    ],
)
def test_findings_rely_on_what_networks_have_learned(tmp_path, error, share, null, expected):
    given = Finding(
        id="all",
        where="Table 3",
        statement="All are accepted.",
        published=1,
        reads="table.csv",
        ours=lambda t: t.at("share"),
        test=at_least(lambda t: t.at("all"), Because("definition", "All.")),
        scale="smoke",
        null=Null("none", lambda t: null),
    )
    (relying,) = networks.relying([given], *networks.VAE)
    (tmp_path / "table.csv").write_text(f"share,all\n{share},1\n")
    (tmp_path / "table_networks.csv").write_text(f"network,model_rmse_of_mean_code\nvae,{error}\n")
    found = verdict(relying, Results(tmp_path, "smoke"))
    assert relying.files == ("table.csv", "table_networks.csv")
    assert found.verdict == expected


def test_every_comparison_with_the_sgan_asks_what_it_has_learned():
    conditions = set(networks.SGAN)
    for finding in read_ledger("lopez_alvis2021").findings:
        compared = any(word in " ".join(finding.files) for word in ("SAnnn", "SSbnd", "sgan"))
        if compared or "sannn" in finding.id or "ssbnd" in finding.id:
            assert conditions <= {*finding.provided}, finding.id
