"""The claims of one paper as a page of HTML, for the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from support.ledger.places import scores
from support.ledger.text import Row, headlines_first, of_kind, shown, told, totals
from support.ledger.verdicts import AS_STATED, DIFFERS, NULL_AS_WELL, REPRODUCED

_COLOURS = {
    REPRODUCED: "#d9f2d9",
    AS_STATED: "#d9f2d9",
    NULL_AS_WELL: "#fff3c4",
    DIFFERS: "#fbd9d0",
    "agrees": "#d9f2d9",
}
# On a narrow screen each row becomes a card, its cells one below another with their names.
_STYLE = """
body{font:15px/1.4 sans-serif;margin:1em auto;padding:0 1em;max-width:80em;color:#222}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td,th{border:1px solid #bbb;padding:.35em .5em;text-align:left;vertical-align:top;
overflow-wrap:anywhere}
th{background:#eee}th:first-child{width:48%}
.small{color:#555;font-size:87%}details{margin:.3em 0}summary{cursor:pointer}
@media(max-width:45em){
thead{display:none}table,tbody,tr,td{display:block;width:auto}tr{margin-bottom:1em}
td{border-width:0 1px 1px}td:first-child{border-top-width:1px}
td[data-name]::before{content:attr(data-name) ": ";font-weight:bold}td:empty{display:none}}
"""
_FINDINGS = ("claim", "paper", "ours", "null", "verdict")
_STUDY = ("number", "study", "here", "verdict")
_SETTINGS = ("setting", "paper", "ours", "verdict")


def page(paper: Mapping[str, Any]) -> str:
    """A paper's page: headlines, the other findings, and the specification, folded.

    Parameters
    ----------
    paper
        Its ``title``, ``origin``, ``rows`` and ``study``, as :func:`support.ledger.text.report`
        takes them.
    """
    rows, title, study = paper["rows"], paper["title"], paper["study"]
    findings, settings = headlines_first(rows), of_kind(rows, "setting")
    first = [row for row in findings if row["headline"]]
    rest = [row for row in findings if not row["headline"]]
    places = "".join(f"<li>{escape(at)}: {words}</li>" for at, words in scores(rows).items())
    sections = [
        f"<h2>Headlines</h2>\n{_table(_FINDINGS, map(_finding, first))}",
        f"<h2>Findings</h2>\n{_table(_FINDINGS, map(_finding, rest))}",
        "<h2>Specification</h2>\n<details><summary>"
        f"{len(settings)} settings, sizes, counts and definitions: {totals(settings)}</summary>\n"
        f"{_table(_SETTINGS, map(_setting, settings))}</details>",
    ]
    if study:
        sections.append(
            "<h2>Study beside this run</h2>\n<details><summary>"
            f"{len(study)} numbers: {totals(study)}</summary>\n"
            f"{_table(_STUDY, map(_beside, study))}</details>"
        )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(paper['origin'])}</p>\n"
        f"<p><b>{len(findings)} findings: {totals(findings)}.</b></p>\n"
        f"<details><summary>By figure and table</summary><ul>{places}</ul></details>\n"
        + "\n".join(sections)
        + "\n</body></html>\n"
    )


def _table(head: Sequence[str], rows: Iterable[str]) -> str:
    names = "".join(f"<th>{name}</th>" for name in head)
    return f"<table><thead><tr>{names}</tr></thead><tbody>\n" + "\n".join(rows) + "</tbody></table>"


def _finding(row: Row) -> str:
    """A finding: what is compared and why, folded under its statement."""
    why = f"Compared: {row['compared']}; {row['because']} From the {row['scale']} scale on."
    if row["scale"] == "never":
        why = f"Compared: {row['compared']}; {row['because']}"
    more = f"<div class=small>{_text(row['where'])}. {_text(told(row))}</div>"
    more += f"<details class=small><summary>why</summary>{_text(why)}</details>"
    return _row(row, _text(row["statement"]) + more, shown(row), _FINDINGS)


def _setting(row: Row) -> str:
    first = f"{_text(row['statement'])} <span class=small>{_text(row['where'])}. {_text(told(row))}"
    return _row(row, f"{first}</span>", shown(row)[:2], _SETTINGS)


def _beside(row: Row) -> str:
    """A number of a study, and the same one here."""
    return _row(row, _text(row["number"]), [row["study"], row["here"]], _STUDY)


def _row(row: Row, first: str, values: Iterable[str], head: Sequence[str]) -> str:
    cells = f"<td>{first}</td>"
    for name, value in zip(head[1:], [*values, row["verdict"]], strict=True):
        cells += f'<td data-name="{name}">{_text(value)}</td>'
    return f'<tr style="background:{_COLOURS.get(row["verdict"], "#fff")}">{cells}</tr>'


def _text(text: str) -> str:
    return escape(" ".join(text.split()))
