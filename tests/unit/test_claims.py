"""The claim ledger: selectors, verdicts, messages, and every ledger of the repository."""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml
from latentearth import claims
from latentearth.claims import MeasurementError, NotFiniteError, files_of, measure
from latentearth.config import Config
from pydantic import TypeAdapter

ROOT = Path(__file__).parents[2]
LEDGERS = sorted((ROOT / "workflow" / "claims").glob("*.yaml"))
CURVE = np.array([[1.0, 2.0, 4.0], [10.0, 20.0, 40.0]])  # (source, frequency)


@pytest.fixture
def results(tmp_path):
    """Small results of every kind."""
    xr.Dataset(
        {
            "curve": (("source", "frequency"), CURVE),
            "x": (("sample", "coordinate"), np.array([[3.0, 4.0], [0.0, 1.0]], np.float32)),
            "none": (("nothing", "coordinate"), np.empty((0, 2), np.float32)),
            "single": ((), 7),
        },
        {"source": ["mcmc", "gan"], "frequency": [0.5, 1.5, 2.5]},
        {"draws": 5, "settings": json.dumps({"gan": {"betas": [0.5, 0.9]}})},
    ).to_netcdf(tmp_path / "a.nc")
    card = {"seconds": 12.5, "names": ["a", "b"], "settings": json.dumps({"steps": 400})}
    (tmp_path / "card.json").write_text(json.dumps(card))
    (tmp_path / "t.csv").write_text("name,size,rate_s\nGAN,200,3.5\nGAN,2d,4\nexact,200,9\n")
    return tmp_path


def measured(what, folder):
    """Measure what is given as in YAML."""
    return measure(parsed(what), folder)


def parsed(what):
    """The typed form of a measure."""
    return TypeAdapter(claims.Measure).validate_python(what)


def entry(**changes):
    """An entry that compares 12.5 of card.json with a published number."""
    base = {
        "id": "an-entry",
        "where": "Section 1",
        "statement": "It takes some seconds.",
        "published": 12.0,
        "unit": "s",
        "ours": {"file": "card.json", "keys": ["seconds"]},
        "compare": "equal",
        "tolerance": {"absolute": 0.5},
        "why": "A test.",
        "scale": "laptop",
    }
    return claims.Entry.model_validate({k: v for k, v in (base | changes).items() if v is not None})


def written(tmp_path, *entries, head="paper: P\n"):
    """A ledger file with entries given as dictionaries."""
    path = tmp_path / "p.yaml"
    path.write_text(head + yaml.safe_dump({"claims": list(entries)}))
    return path


def raw(**changes):
    """An entry as it stands in YAML, changed."""
    return entry().model_dump(exclude_none=True, exclude_defaults=True) | changes


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


SECONDS = {"file": "card.json", "keys": ["seconds"]}  # 12.5
ROW = {"file": "a.nc", "variable": "curve", "select": {"source": "mcmc"}}
FREQUENCY = {"file": "a.nc", "variable": "frequency"}


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


@pytest.mark.parametrize(
    ("changes", "agree"),
    [
        # 12.5 against 12: the limit itself is within, and nothing beyond it
        ({"tolerance": {"absolute": 0.5}}, True),
        ({"tolerance": {"absolute": 0.499}}, False),
        ({"tolerance": {"relative": 0.5 / 12}}, True),
        ({"tolerance": {"relative": 0.0416}}, False),
        ({"published": 12.5, "tolerance": {"absolute": 0}}, True),
        ({"published": -12.5, "tolerance": {"relative": 1}}, False),
        ({"compare": "at_most", "published": 12.5, "tolerance": None}, True),
        ({"compare": "at_most", "published": 12.4, "tolerance": None}, False),
        ({"compare": "at_most", "published": 12.4, "tolerance": {"absolute": 0.1}}, True),
        ({"compare": "at_least", "published": 12.5, "tolerance": None}, True),
        ({"compare": "at_least", "published": 12.6, "tolerance": None}, False),
        ({"compare": "at_least", "published": "some", "bound": 12, "tolerance": None}, True),
        ({"published": "some", "bound": 12.9}, True),
        ({"published": "some", "bound": 13.1}, False),
        ({"compare": "greater", "tolerance": None, "against": 12.4}, True),
        ({"compare": "greater", "tolerance": None, "against": 12.5}, False),
        ({"compare": "less", "tolerance": None, "against": 12.6}, True),
        ({"compare": "less", "tolerance": None, "against": 12.5}, False),
        ({"compare": "holds", "tolerance": None}, True),
        (
            {
                "compare": "holds",
                "tolerance": None,
                "ours": {"op": "decreasing", "of": [1, SECONDS]},
            },
            False,
        ),
    ],
)
@pytest.mark.parametrize("scale", claims.SCALES)
def test_verdicts(results, changes, agree, scale):
    finding = claims.judge("P", entry(**changes), scale, {}, results)
    expected = "not reached at this scale" if scale == "smoke" else "differs"
    assert finding.verdict == ("reproduced" if agree else expected)


@pytest.mark.parametrize(
    ("needs", "conditions", "scale", "verdict"),
    [
        ({"a.sizes": 200}, {"a.sizes": [200, 600]}, "laptop", "reproduced"),
        ({"a.sizes": [200, 600]}, {"a.sizes": [600, 200]}, "laptop", "reproduced"),
        ({"a.sizes": [200, 900]}, {"a.sizes": [200, 600]}, "smoke", "not reached at this scale"),
        ({"a.sizes": 900}, {"a.sizes": [200, 600]}, "laptop", "not measured"),
        ({"a.n": 100}, {"a.n": 30}, "smoke", "not reached at this scale"),
        ({"a.n": 100}, {"a.n": 30}, "paper", "not measured"),
        # no scale brings the authors' files
        ({"data.published": True}, {"data.published": False}, "smoke", "not measured"),
        ({"data.published": True}, {"data.published": True}, "laptop", "reproduced"),
    ],
)
def test_what_the_config_lacks(results, needs, conditions, scale, verdict):
    finding = claims.judge("P", entry(needs=needs), scale, conditions, results)
    assert finding.verdict == verdict
    reads = claims.files([entry(needs=needs)], conditions)
    assert reads == (["card.json"] if verdict == "reproduced" else [])
    if verdict != "reproduced":
        assert finding.reason.startswith("(needs ")
        assert finding.ours is None


def test_needs_are_looked_up_in_the_config():
    config = {"a": {"sizes": [1, 2]}, "b": 3}
    assert claims.look_up([entry(needs={"a.sizes": 1})], config) == {"a.sizes": [1, 2]}
    with pytest.raises(claims.LedgerError, match=r"an-entry.*a\.size;"):
        claims.look_up([entry(needs={"a.size": 1})], config)


def test_broken_measurements_are_errors_at_every_scale(results):
    broken = entry(ours={"file": "card.json", "keys": ["second"]})
    ledger = claims.Ledger(paper="P", claims=[entry(id="whole"), broken])
    for scale in claims.SCALES:
        with pytest.raises(claims.LedgerError, match=r"p\.yaml: an-entry: card\.json") as error:
            claims.judge_all({"p.yaml": ledger}, scale, {}, results)
        assert "whole" not in str(error.value)


def test_what_is_not_finite_is_an_error_only_from_its_scale_on(results):
    empty = entry(ours={"op": "ratio", "of": [SECONDS, 0]})
    assert claims.judge("P", empty, "smoke", {}, results).verdict == "not reached at this scale"
    with pytest.raises(NotFiniteError):
        claims.judge("P", empty, "laptop", {}, results)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tolerence": 1}, ["tolerence", "unknown key", "tolerance"]),
        ({"scale": "huge"}, ["scale", "'huge'", "'laptop'"]),
        ({"compare": "about"}, ["compare", "'about'", "'equal'"]),
        ({"why": ""}, ["why", "''"]),
        ({"id": "An Entry"}, ["An Entry", "id"]),
        ({"published": "some"}, ["bound"]),
        ({"bound": 3}, ["bound"]),
        ({"compare": "greater"}, ["against"]),
        ({"tolerance": {}}, ["tolerance", "either absolute or relative"]),
        ({"tolerance": {"absolut": 1}}, ["tolerance.absolut", "unknown key", "relative"]),
        ({"compare": "holds"}, ["tolerance only for"]),
        ({"explanation": "Ours is {mine}."}, ["explanation", "ours or published"]),
        ({"ours": 3}, ["never a number by hand"]),
        ({"ours": {"op": "sum", "of": [1, 2]}}, ["never written by hand"]),
        ({"ours": {"op": "ratio", "of": [SECONDS, 1, 2]}}, ["2 operands for ratio"]),
        ({"ours": {"op": "eval", "of": [SECONDS, 1]}}, ["ours.op", "'eval'", "'ratio'"]),
        ({"ours": {"file": "a.txt"}}, ["suffixes .nc, .json, .csv"]),
        ({"ours": {"file": "a.nc"}}, ["either variable or attribute"]),
        ({"ours": {"file": "a.nc", "variable": "x", "column": "y"}}, ["for .nc only"]),
        ({"ours": {"file": "a.nc", "variabel": "x"}}, ["ours.variabel", "variable, attribute"]),
        ({"ours": {"file": "a.nc", "variable": "x", "reduce": [{"mode": "all"}]}}, ["'mean'"]),
        ({"ours": {"file": "a.json"}}, ["keys, for .json"]),
        ({"ours": {"file": "a.csv", "row": {}}}, ["column, for .csv"]),
    ],
)
def test_a_fault_in_a_ledger_is_named(tmp_path, changes, words):
    path = written(tmp_path, raw(**changes))
    with pytest.raises(claims.LedgerError) as error:
        claims.read_ledger(path)
    for word in (str(path), changes.get("id", "an-entry"), "found", "allowed", *words):
        assert word in str(error.value)


def test_faults_of_a_whole_ledger_are_named(tmp_path):
    entries = raw(), raw(scale="paper")
    with pytest.raises(claims.LedgerError, match="each id once, but not an-entry"):
        claims.read_ledger(written(tmp_path, *entries))
    with pytest.raises(claims.LedgerError, match=r"paper: found nothing"):
        claims.read_ledger(written(tmp_path, raw(), head=""))
    with pytest.raises(claims.LedgerError, match=r"key given twice: paper"):
        claims.read_ledger(written(tmp_path, raw(), head="paper: P\npaper: Q\n"))
    without = raw()
    del without["why"]
    with pytest.raises(claims.LedgerError, match="an-entry: why: found nothing"):
        claims.read_ledger(written(tmp_path, without))
    with pytest.raises(claims.LedgerError, match=r"gone\.yaml"):
        claims.read_ledger(tmp_path / "gone.yaml")


def test_tables(results):
    ledger = claims.Ledger(
        paper="P (2022)",
        claims=[
            entry(uncertainty=0.25, explanation="Ours, {ours} | theirs, {published}."),
            entry(id="b", published=3, differs="Faster.", note="Wrong in the paper."),
            entry(id="c", needs={"data.published": True}),
        ],
    )
    findings = claims.judge_all({"p.yaml": ledger}, "laptop", {"data.published": False}, results)
    first, second, third = claims.table(findings)
    assert first["ours"] == 12.5
    assert first["explanation"] == "Ours, 12.50 s | theirs, 12 ± 0.2500 s."
    assert first["comparison"] == "equal to 12 within 0.5000"
    assert first["measured_in"] == "card.json"
    assert second["verdict"] == "differs"
    assert second["explanation"] == "Faster."
    assert third["verdict"] == "not measured"
    assert third["explanation"] == "(needs data.published: true)"
    text = claims.report(findings, "Scale laptop.")
    assert "| P (2022) | 3 | 1 | 1 | 0 | 1 |" in text
    assert "Ours, 12.50 s \\| theirs" in text  # a bar would end the cell
    assert "*On the paper:* Wrong in the paper." in text
    rows = [line for line in text.splitlines() if line.startswith("| Section 1")]
    assert len(rows) == 3
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (30, "30"),
        (200000.0, "200 000"),
        (0.31745, "0.3175"),
        (94.874, "94.87"),
        (9999.96, "10 000"),
        (4e-4, "0.0004"),
        (2.0358e9 + 0.5, "2.036e+09"),
        (-1.5, "-1.500"),
    ],
)
def test_numbers_for_people(value, text):
    assert claims.number(value) == text


def test_there_is_a_ledger():
    assert LEDGERS


@pytest.mark.parametrize("path", LEDGERS, ids=lambda path: path.stem)
def test_ledgers_of_the_repository(path):
    ledger = claims.read_ledger(path)  # also checks that ids are unique and reasons are given
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    with_defaults = Config.model_validate(config).model_dump(mode="json")
    conditions = claims.look_up(ledger.claims, with_defaults)
    for file in claims.files(ledger.claims, conditions):
        # a paper may have several ledgers: scheiter2022.yaml, scheiter2022_cmb.yaml
        assert path.stem.startswith(file.split("/")[1]), f"{file} is another paper's"
    for found in ledger.claims:
        assert found.why.strip()
        assert files_of(found.ours)
        # At the scale from which it should hold, an entry must not ask for what is not there.
        if found.scale != "paper" and "data.published" not in found.needs:
            assert not claims.unmet(found, conditions), found.id
