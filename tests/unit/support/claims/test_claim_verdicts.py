"""Entries of the claim ledger: verdicts, what the config lacks, tables."""

import pytest
from entries import SECONDS, entry

from support import claims_yaml
from support.claims_yaml import NotFiniteError


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
@pytest.mark.parametrize("scale", claims_yaml.SCALES)
def test_verdicts(results, changes, agree, scale):
    finding = claims_yaml.judge("P", entry(**changes), scale, {}, results)
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
    finding = claims_yaml.judge("P", entry(needs=needs), scale, conditions, results)
    assert finding.verdict == verdict
    reads = claims_yaml.files([entry(needs=needs)], conditions)
    assert reads == (["card.json"] if verdict == "reproduced" else [])
    if verdict != "reproduced":
        assert finding.reason.startswith("(needs ")
        assert finding.ours is None


def test_needs_are_looked_up_in_the_config():
    config = {"a": {"sizes": [1, 2]}, "b": 3}
    assert claims_yaml.look_up([entry(needs={"a.sizes": 1})], config) == {"a.sizes": [1, 2]}
    with pytest.raises(claims_yaml.LedgerError, match=r"an-entry.*a\.size;"):
        claims_yaml.look_up([entry(needs={"a.size": 1})], config)


def test_broken_measurements_are_errors_at_every_scale(results):
    broken = entry(ours={"file": "card.json", "keys": ["second"]})
    ledger = claims_yaml.Ledger(paper="P", claims=[entry(id="whole"), broken])
    for scale in claims_yaml.SCALES:
        with pytest.raises(
            claims_yaml.LedgerError, match=r"p\.yaml: an-entry: card\.json"
        ) as error:
            claims_yaml.judge_all({"p.yaml": ledger}, scale, {}, results)
        assert "whole" not in str(error.value)


def test_what_is_not_finite_is_an_error_only_from_its_scale_on(results):
    empty = entry(ours={"op": "ratio", "of": [SECONDS, 0]})
    assert (
        claims_yaml.judge("P", empty, "smoke", {}, results).verdict == "not reached at this scale"
    )
    with pytest.raises(NotFiniteError):
        claims_yaml.judge("P", empty, "laptop", {}, results)


def test_tables(results):
    ledger = claims_yaml.Ledger(
        paper="P (2022)",
        claims=[
            entry(uncertainty=0.25, explanation="Ours, {ours} | theirs, {published}."),
            entry(id="b", published=3, differs="Faster.", note="Wrong in the paper."),
            entry(id="c", needs={"data.published": True}),
        ],
    )
    findings = claims_yaml.judge_all(
        {"p.yaml": ledger}, "laptop", {"data.published": False}, results
    )
    first, second, third = claims_yaml.table(findings)
    assert first["ours"] == 12.5
    assert first["explanation"] == "Ours, 12.50 s | theirs, 12 ± 0.2500 s."
    assert first["comparison"] == "equal to 12 within 0.5000"
    assert first["measured_in"] == "card.json"
    assert second["verdict"] == "differs"
    assert second["explanation"] == "Faster."
    assert third["verdict"] == "not measured"
    assert third["explanation"] == "(needs data.published: true)"
    text = claims_yaml.report(findings, "Scale laptop.")
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
    assert claims_yaml.number(value) == text
