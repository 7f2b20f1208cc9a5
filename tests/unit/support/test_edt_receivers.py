"""Sets of receivers for arrival times: what is chosen, and the rows of the table."""

import numpy as np
import pytest
import xarray as xr

from latentearth.inversion import arrival_spread
from latentearth.seeds import stream
from support import edt_receivers

EVENT, BOUNDS = np.array([400.0, 300.0, 300.0]), np.array([[0.0, 1000.0]] * 3)
WANTED = np.array([15.0, 15.0, 8.0])


@pytest.fixture(scope="module")
def survey():
    """A uniform model of 2500 m/s, its lattice, four receivers of our own, their times."""
    axis = np.linspace(0.0, 1000.0, 41)
    vp = xr.DataArray(np.full((41, 41, 41), 2500.0), dims=("x", "y", "z"))
    model = xr.Dataset({"vp": vp}, {name: axis for name in "xyz"})
    ours = np.array([[500.0, 500, 1000], [200, 800, 1000], [500, 800, 1000], [800, 800, 1000]])
    receivers = np.concatenate([edt_receivers.lattice(model, 3, 1000.0), ours])
    return receivers, edt_receivers.travel_times(model, receivers, 2)


def test_lattice_and_times(survey):
    receivers, (tables, low, spacing) = survey
    assert receivers[:2].tolist() == [[500 / 3, 500 / 3, 1000], [500 / 3, 500, 1000]]
    assert (tables.shape, low.tolist(), spacing.tolist()) == ((13, 21, 21, 21), [0] * 3, [50] * 3)
    straight = np.linalg.norm([400, 300, 300] - receivers, axis=1) / 2500.0
    # fast marching of order 2 from a front 100 m away, nodes 50 m apart: a fourth of a step
    np.testing.assert_allclose(tables[:, 8, 6, 6], straight, atol=12.5 / 2500.0)


def test_the_set_that_comes_nearest_does(survey):
    _, tables = survey
    slowness = arrival_spread.slownesses(*tables, EVENT)
    sets, spread = edt_receivers.chosen_sets(slowness, 4, 0.005, WANTED)
    assert sets["ours"].tolist() == [9, 10, 11, 12]
    assert sets["all of a lattice"].tolist() == list(range(9))
    assert len(spread[True]) == len(spread[False]) == 126  # fours of nine
    for known, word in ((True, "known"), (False, "unknown")):
        chosen = sets[f"nearest to the paper's, origin time {word}"]
        one = arrival_spread.deviations(slowness, chosen[None], 0.005, known)
        least = arrival_spread.farthest(spread[known], WANTED).min()
        assert arrival_spread.farthest(one, WANTED)[0] == pytest.approx(least)


def test_rows_grow_as_less_is_known(survey):
    receivers, tables = survey
    given = dict(bounds=BOUNDS, error=0.005, wanted=WANTED, seed=stream(0, "rows"))
    numbers = np.arange(9, 13)
    rows = edt_receivers.rows_of("ours", numbers, receivers, tables, EVENT, **given)
    by_way = {row["way"]: row for row in rows}
    assert list(by_way) == list(edt_receivers.WAYS)
    slowness = arrival_spread.slownesses(*tables, EVENT)
    expected = arrival_spread.deviations(slowness, numbers[None], 0.005, True)[0]
    # half of a 68 per cent interval is a deviation; from 500 samples, beside curved fronts
    found = [by_way["origin"][f"{c}_m"] for c in "xyz"]
    np.testing.assert_allclose(found, expected, rtol=0.25)
    depths = [by_way[way]["z_m"] for way in ("origin", "differences", "edt")]
    assert depths == sorted(depths) and depths[2] > 3.0 * depths[0]
    assert by_way["origin"]["where_m"] == "500, 500; 200, 800; 500, 800; 800, 800"
