"""The claims of one paper as a page of HTML, for the report."""

from __future__ import annotations

from html import escape

from support.claims_yaml.captions import by_place, totals
from support.claims_yaml.tables import comparison, explain, shown
from support.claims_yaml.verdicts import DIFFERS, REPRODUCED, Finding

_COLOURS = {REPRODUCED: "#d9f2d9", DIFFERS: "#fbd9d0"}
_STYLE = (
    "body{font:14px sans-serif;margin:1em}table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.3em .5em;text-align:left;vertical-align:top}"
    "th{position:sticky;top:0;background:#eee}"
)
_HEAD = ("where", "statement", "paper", "ours", "verdict", "compared as", "explanation")


def page(findings: list[Finding], title: str, made_by: str) -> str:
    """A table of all claims of a paper, and above it the score of each figure and table.

    Parameters
    ----------
    findings
        From :func:`support.claims_yaml.judge_all`.
    title, made_by
        The paper, and a line on where the results are from: scale, seed, commit.
    """
    scores = "".join(
        f"<li>{escape(place)}: {totals(rows)}</li>" for place, rows in by_place(findings).items()
    )
    everything = totals([{"verdict": finding.verdict} for finding in findings])
    head = "".join(f"<th>{name}</th>" for name in _HEAD)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(made_by)}</p>\n<p><b>{len(findings)} claims: {everything}.</b> By figure and "
        f"table, of those that name one:</p>\n<ul>{scores}</ul>\n<table><tr>{head}</tr>\n"
        + "\n".join(_row(finding) for finding in findings)
        + "\n</table></body></html>\n"
    )


def _row(finding: Finding) -> str:
    """One claim."""
    entry, text = finding.entry, explain(finding)
    if entry.note:
        text = f"{text} On the paper: {entry.note}"
    compared = f"{comparison(entry)}. {entry.why}"
    cells = [entry.where, entry.statement, *shown(finding), finding.verdict, compared, text]
    row = "".join(f"<td>{escape(' '.join(cell.split()))}</td>" for cell in cells)
    return f'<tr style="background:{_COLOURS.get(finding.verdict, "#fff")}">{row}</tr>'
