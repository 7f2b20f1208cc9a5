"""The ledger as rows, Markdown and HTML."""

import json

import pytest
from forms import WHY, finding, setting

from support.ledger.forms import Measured, Null, at_least, at_most, equal, key, true
from support.ledger.page import page
from support.ledger.reference import Comparison
from support.ledger.text import (
    COLUMNS,
    compared,
    compared_with_study,
    number,
    record,
    report,
    shown,
    summary,
)
from support.ledger.verdicts import verdict


@pytest.fixture
def rows(results):
    """Findings of several verdicts, and a setting."""
    entries = [
        finding(uncertainty=0.25, differs="Never shown."),
        finding(
            id="b",
            headline=True,
            statement="A | headline.",
            published="few",
            test=at_most(3, WHY),
            null=Null("a constant", lambda card: 2),
            differs=Measured("Slower: {:.0f} steps.", (key("settings", "steps"),)),
            note="Wrong in the paper.",
        ),
        finding(id="c", ours=lambda card: True, test=true(WHY), null="to come"),
        finding(id="d", test=at_least(lambda card: 12, WHY), scale="paper"),
        setting(note="Stated twice."),
    ]
    return [record("p", verdict(entry, results)) for entry in entries]


@pytest.fixture
def paper(rows):
    """The same as a page is made of."""
    study = compared_with_study([Comparison("t.csv", "a", "inside", 0.5, 0.9, 0.05)])
    return {"title": "P <2022>", "origin": "Scale laptop.", "rows": rows, "study": study}


def test_rows_are_plain_and_have_all_columns(rows):
    for row in rows:
        assert set(row) == set(COLUMNS)
    assert json.loads(json.dumps(rows)) == rows
    verdicts = ["reproduced", "differs", "reproduced", "not reached at this scale", "as stated"]
    assert [row["verdict"] for row in rows] == verdicts


def test_numbers_are_shown_with_units_nulls_and_what_they_stand_against(rows):
    assert shown(rows[0]) == ("12 ± 0.2500 s", "12.50 s", "")
    assert shown(rows[1]) == ("few", "12.50 s", "2 s (a constant)")
    assert shown(rows[2])[1:] == ("yes", "to come")
    assert shown(rows[3])[1] == "12.50 s, against 12 s"
    assert shown(rows[4]) == ("400", "400", "")
    assert shown(rows[0] | {"measured_at": "study"})[1] == "12.50 s (study)"


def test_an_explanation_stands_only_where_ours_differs(rows):
    texts = [row["explanation"] for row in rows]
    assert texts == ["", "Slower: 400 steps.", "", "From the paper scale on.", ""]


def test_comparisons_in_words():
    assert compared(equal(12, WHY, absolute=0.5)) == "equal to 12 within 0.5000"
    assert compared(equal(12, WHY)) == "equal to 12 exactly"
    assert compared(at_most(3, WHY)) == "at most 3"
    assert compared(at_least(lambda file: 3, WHY)) == "at least another of our results"
    assert compared(true(WHY)) == "holds"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (4595304, "4 595 304"), (0.12345, "0.1235"), (12.5, "12.50"), (1e-7, "1e-07")],
)
def test_numbers_for_people(value, text):
    assert number(value) == text


def test_markdown(paper):
    text = report([paper])
    assert summary([paper])[-1] == "| P <2022> | 4 | 2 | 0 | 1 | 1 | 0 | 1 of 1 |"
    # the headline first, and no cell that breaks the table
    assert text.index(r"A \| headline.") < text.index("It takes some seconds.")
    assert "Slower: 400 steps. On the paper: Wrong in the paper." in text
    assert "| t.csv: inside of a | 0.5000 | 0.9000 ± 0.05000 | differs |" in text


def test_a_page_has_headlines_first_and_the_specification_folded(paper):
    text = page(paper)
    # a line of names and lines: 1 headline, 3 findings, 1 setting, 1 number of a study
    assert text.count("<tr") == 4 + 6
    assert (
        text.index("A | headline.")
        < text.index("<h2>Findings")
        < text.index("<details><summary>1 sett")
    )
    assert "P &lt;2022&gt;" in text and "<2022>" not in text
    for name in ("claim", "paper", "ours", "null", "verdict"):
        assert f"<th>{name}</th>" in text
