"""Verdicts on findings and settings."""

import json
import math

import numpy as np
import pytest
import xarray as xr
from forms import WHY, finding, setting
from safetensors.numpy import save_file

from support.ledger.forms import (
    AUTHORS_FILES,
    SCALES,
    Ledger,
    Need,
    Null,
    Provided,
    at_least,
    at_most,
    cell,
    correlation,
    equal,
    falling,
    key,
    rmse,
    spread_ratio,
    true,
)
from support.ledger.verdicts import Results, judge, verdict
from support.published_values import MeasurementError, read_table

BELOW, NULL_AS_WELL = "not reached at this scale", "reproduced, but the null does as well"


def at(scale, results):
    """The same files, as if made at another scale."""
    return Results(results.folder, scale)


@pytest.mark.parametrize(
    ("test", "agree"),
    [
        # 12.5: the limit itself is within, and nothing beyond it
        (equal(12, WHY, absolute=0.5), True),
        (equal(12, WHY, absolute=0.499), False),
        (equal(12, WHY, relative=0.5 / 12), True),
        (equal(12, WHY, relative=0.0416), False),
        (equal(12.5, WHY), True),
        (equal(-12.5, WHY, relative=1), False),
        (at_most(12.5, WHY), True),
        (at_most(12.4, WHY), False),
        (at_most(12.4, WHY, margin=0.1), True),
        (at_least(12.5, WHY), True),
        (at_least(12.6, WHY), False),
        (at_least(lambda card: card["seconds"] + 0.1, WHY), False),
        (at_most(lambda card: card["seconds"], WHY), True),
    ],
)
@pytest.mark.parametrize("scale", SCALES)
def test_below_its_scale_a_finding_is_not_reached_right_or_wrong(results, test, agree, scale):
    found = verdict(finding(test=test), at(scale, results))
    assert found.ours == 12.5
    assert found.verdict == (BELOW if scale == "smoke" else "reproduced" if agree else "differs")
    lifted = verdict(finding(test=test), at(scale, results), lift=True)
    assert lifted.verdict == ("reproduced" if agree else "differs")


def test_what_no_scale_reaches_says_why(results):
    found = verdict(finding(scale=None, never="it asks for a thousand runs"), at("paper", results))
    assert found.verdict == BELOW and found.ours == 12.5
    assert found.reason == "never, because it asks for a thousand runs"
    for changes in ({"scale": None}, {"never": "both"}):
        with pytest.raises(ValueError, match="a-finding"):
            finding(**changes)


def test_yes_and_no(results):
    for answer, word in ((True, "reproduced"), (False, "differs"), (2, "differs")):
        found = verdict(finding(ours=lambda card, a=answer: a, test=true(WHY)), results)
        assert found.verdict == word


def test_a_null_that_passes_the_same_test_is_told(results):
    for seconds, word in ((12.4, NULL_AS_WELL), (13.0, "reproduced")):
        null = Null("a constant", lambda card, s=seconds: s)
        found = verdict(finding(null=null), results)
        assert (found.null, found.verdict) == (seconds, word)
    # where ours differs, the null's success changes nothing
    null = Null("a constant", lambda card: 12)
    found = verdict(finding(null=null, test=equal(12, WHY, 0.1)), results)
    assert found.verdict == "differs"
    assert math.isnan(verdict(finding(null="to come"), results).null)


def test_what_must_hold_as_well(results):
    for least, word in ((400, "reproduced"), (401, "differs")):
        condition = Provided("long training", key("settings", "steps"), at_least(least, WHY))
        found = verdict(finding(provided=(condition,)), results)
        assert found.verdict == word
        assert ("long training" in found.reason) == (word == "differs")


def test_what_the_config_lacks_is_not_measured(results):
    class Data:
        published = False

    class Config:
        data, events = Data, 10

    hundred = Need("100 events", lambda config: config.events >= 100)
    few = finding(id="few", needs=(AUTHORS_FILES, hundred), reads="gone.nc")
    assert Ledger("p", [], [few, finding()]).lacking(Config) == {"few": few.lacking(Config)}
    found = verdict(few, at("paper", results), few.lacking(Config))
    assert found.verdict == "not measured" and found.reason.endswith("; 100 events")
    ledger = Ledger("p", [setting()], [few, finding()])
    assert ledger.results(Config) == ["results/p/card.json"]
    Config.events, Data.published = 100, True
    assert few.lacking(Config) == ""


def test_settings_are_as_stated_or_not(results):
    for changes, word in [
        ({}, "as stated"),
        ({"published": 401}, "differs"),
        ({"published": 401, "within": 1}, "as stated"),
        ({"published": "Adam", "ours": key("optimiser")}, "as stated"),
        ({"published": "SGD", "ours": key("optimiser")}, "differs"),
        ({"scale": "laptop"}, BELOW),
    ]:
        assert verdict(setting(**changes), at("smoke", results)).verdict == word


def test_broken_measurements_are_errors_at_every_scale(results):
    broken = finding(id="broken", ours=key("second"))
    ledger = Ledger("p", [setting()], [finding(), broken, finding(id="gone", reads="gone.nc")])
    for scale in SCALES:
        with pytest.raises(MeasurementError, match="broken: found no 'second'") as error:
            judge(ledger, at(scale, results), {})
        assert "a-finding" not in str(error.value) and "gone: " in str(error.value)
    with pytest.raises(MeasurementError, match="a-finding: ZeroDivisionError"):
        verdict(finding(ours=lambda card: 1 / 0), results)


def test_what_is_not_finite_is_an_error_only_from_its_scale_on(results):
    empty = finding(ours=lambda card: math.nan)
    assert verdict(empty, at("smoke", results)).verdict == BELOW
    with pytest.raises(MeasurementError, match="a-finding: found nan"):
        verdict(empty, results)


def test_two_numbers_are_not_one(results):
    with pytest.raises(MeasurementError, match="expected one number"):
        verdict(finding(reads="a.nc", ours=lambda d: d.curve.max("frequency")), results)


def test_measures(results):
    data, table = results("a.nc"), results("t.csv")
    assert key("settings", "gan", "betas", 0)(data) == 0.5
    assert key("sizes", "frequency")(data) == 3
    assert key("single")(data) == 7
    assert cell("rate_s", name="GAN", size=200)(table) == 3.5
    assert cell("rate_s", name="GAN", size="2d")(table) == 4
    assert table.where(name="GAN").column("rate_s") == [3.5, 4]
    for wrong in (cell("rate_s", name="GAN"), cell("rate_s", nam="GAN"), cell("rate", name="GAN")):
        with pytest.raises(MeasurementError):
            wrong(table)
    assert falling([3, 2, 1]) and not falling([3, 3, 1])


def test_measures_of_two_arrays():
    # by hand: b = 2 a + 1 has the correlation of a line, twice the spread, and for a = -1, 0, 1
    # differences of 0, 1 and 2; all exact but for one root each
    a = xr.DataArray([-1.0, 0.0, 1.0])
    b = 2 * a + 1
    assert correlation(a, b) == pytest.approx(1, rel=1e-15)
    assert correlation(a, -b) == pytest.approx(-1, rel=1e-15)
    assert spread_ratio(b, a) == pytest.approx(2, rel=1e-15)
    assert rmse(a, b) == pytest.approx((5 / 3) ** 0.5, rel=1e-15)


def test_the_header_of_weights_is_read(tmp_path):
    card = json.dumps({"settings": json.dumps({"hidden": [64, 128]})})
    save_file({"w": np.zeros((3, 5), np.float32)}, tmp_path / "w.safetensors", {"card": card})
    header = Results(tmp_path, "laptop")("w.safetensors")
    assert key("__metadata__", "card", "settings", "hidden", 1)(header) == 128
    assert key("w", "shape", 1)(header) == 5


def test_means_of_single_precision_are_taken_in_double(tmp_path):
    values = np.full((20_000, 2), 0.1, np.float32)  # along the long axis numpy adds one by one
    xr.Dataset({"x": (("sample", "point"), values)}).to_netcdf(tmp_path / "b.nc")
    mean = Results(tmp_path, "laptop")("b.nc").x.mean("sample")[0]
    # 20 000 sums in double lose less than 1e-11; in single 1e-4
    assert float(mean) == pytest.approx(float(np.float32(0.1)), rel=1e-10)


def test_a_table_without_a_column_or_row_says_so(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n")
    assert read_table(tmp_path / "t.csv") == [{"a": 1.0, "b": "x"}]


def test_a_file_that_tells_its_scale_is_judged_by_it(results):
    made = {"scale": "smoke", "seed": 3, "git_commit": "abc"}
    (results.folder / "t.csv.json").write_text(json.dumps(made))
    test = finding(reads=("card.json", "t.csv"), ours=lambda card, table: card["seconds"])
    assert verdict(test, at("paper", results)).verdict == BELOW
    (results.folder / "t.csv.json").write_text(json.dumps(made | {"scale": "study"}))
    assert verdict(test, at("laptop", results)).verdict == "reproduced"
