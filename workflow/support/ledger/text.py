"""The ledger as rows of a table, as Markdown, and as the headlines of the README.

A row (`record`) is plain data: one line of ``results/claims.csv``. Pages and captions are made of
rows, so that nothing is measured twice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.ledger.forms import Finding, Null, Setting, Test
from support.ledger.reference import Comparison
from support.ledger.verdicts import AS_STATED, DIFFERS, NULL_AS_WELL, VERDICTS, Verdict

Row = Mapping[str, Any]
COLUMNS = (  # of results/claims.csv
    *("paper", "kind", "id", "headline", "where", "statement", "published", "uncertainty"),
    *("ours", "against", "null", "null_is", "unit", "verdict", "measured_at", "scale"),
    *("explanation", "note", "compared", "because", "reads"),
)


def number(value: float) -> str:
    """A number for people: four digits, whole numbers whole, a thin gap between thousands."""
    if value == 0:
        return "0"
    if float(value).is_integer() and abs(value) < 1e12:
        return f"{int(value):,}".replace(",", " ")
    if 1e-3 <= abs(value) < 1e6:
        digits = max(0, 3 - int(f"{abs(value):e}".split("e")[1]))
        return f"{value:,.{digits}f}".replace(",", " ")
    return f"{value:.4g}"


def compared(test: Test) -> str:
    """The comparison in words, for example ``equal to 30 within 0.5``."""
    if test.kind == "true":
        return "holds"
    kind = "equal to" if test.kind == "equal" else test.kind
    if callable(test.target):
        return f"{kind} another of our results"
    exactly = " exactly" if test.kind == "equal" else ""
    return f"{kind} {number(test.target)}" + (
        f" within {number(test.margin)}" if test.margin else exactly
    )


def record(paper: str, verdict: Verdict) -> dict[str, Any]:
    """A verdict as a row; what was not measured is None."""
    entry = verdict.entry
    assert isinstance(entry, Finding | Setting)
    row: dict[str, Any] = {
        "paper": paper,
        "kind": "finding" if isinstance(entry, Finding) else "setting",
        "id": entry.id,
        "headline": isinstance(entry, Finding) and entry.headline,
        "where": entry.where,
        "statement": entry.statement if isinstance(entry, Finding) else entry.what,
        "published": entry.published,
        "uncertainty": None,
        "unit": entry.unit,
        "ours": _known(verdict.ours),
        "against": None,
        "null": None,
        "null_is": "",
        "verdict": verdict.verdict,
        "measured_at": verdict.scale,
        "scale": entry.scale or "never",
        "explanation": _sentence(verdict.reason),
        "note": entry.note,
        "compared": "as stated",
        "because": "",
        "reads": " ".join(entry.files),
    }
    return row | (_of_finding(entry, verdict) if isinstance(entry, Finding) else {})


def _of_finding(finding: Finding, verdict: Verdict) -> dict[str, Any]:
    """What the row of a finding has besides."""
    because = finding.test.because
    null = finding.null
    return {
        "uncertainty": finding.uncertainty,
        "against": _known(verdict.target) if callable(finding.test.target) else None,
        "null": _known(verdict.null),
        "null_is": null.name if isinstance(null, Null) else null,
        "explanation": " ".join(text for text in (_sentence(verdict.reason), verdict.told) if text),
        "compared": compared(finding.test),
        "because": f"{because.source}: {because.why}",
    }


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _known(value: float | str) -> float | str | None:
    return None if isinstance(value, float) and math.isnan(value) else value


def shown(row: Row) -> tuple[str, str, str]:
    """The published value, ours and the null's, as text with units."""
    unit = f" {row['unit']}" if row["unit"] else ""
    published = str(row["published"])
    if not isinstance(row["published"], str):
        value = float(row["published"])
        spread = "" if row["uncertainty"] is None else f" ± {number(row['uncertainty'])}"
        published = (number(value) if value.is_integer() else f"{value:.6g}") + spread + unit
    ours, null = (_value(row, row[name], unit) for name in ("ours", "null"))
    if row["against"] is not None and ours:
        ours += f", against {number(row['against'])}{unit}"
    if row["measured_at"] == "study" and ours:
        ours += " (study)"
    if row["null_is"]:
        null = f"{null} ({row['null_is']})" if null else row["null_is"]
    return published, ours, null


def _value(row: Row, value: float | str | None, unit: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if row["compared"] == "holds":
        return "yes" if value == 1 else "no"
    return f"{number(value)}{unit}"


def totals(rows: Iterable[Row]) -> str:
    """Verdicts counted, in words: ``3 reproduced, 1 differs``."""
    count = Counter(row["verdict"] for row in rows)
    order = (AS_STATED, "agrees", *VERDICTS)
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in order if count[verdict])


def of_kind(rows: Iterable[Row], kind: str) -> list[Row]:
    """The findings, or the settings."""
    return [row for row in rows if row["kind"] == kind]


def headlines_first(rows: Iterable[Row]) -> list[Row]:
    """The findings, headlines before the others."""
    return sorted(of_kind(rows, "finding"), key=lambda row: not row["headline"])


def summary(papers: Iterable[Mapping[str, Any]]) -> list[str]:
    """A table of how many findings of each paper have which verdict, and its settings."""
    short = {NULL_AS_WELL: "the null as well"}
    words = [short.get(verdict, verdict) for verdict in VERDICTS]
    lines = [_line(["paper", "findings", *words, "settings as stated"])]
    lines.append("|---" + "|--:" * (2 + len(VERDICTS)) + "|")
    for paper in papers:
        count = Counter(row["verdict"] for row in of_kind(paper["rows"], "finding"))
        settings = of_kind(paper["rows"], "setting")
        stated = sum(row["verdict"] == AS_STATED for row in settings)
        cells = [paper["title"], count.total(), *(count[verdict] for verdict in VERDICTS)]
        lines.append(_line([*cells, f"{stated} of {len(settings)}"]))
    return lines


def report(papers: Sequence[Mapping[str, Any]]) -> str:
    """The ledger as Markdown: totals, then for each paper its findings and its settings.

    Parameters
    ----------
    papers
        Of each paper its ``title``, ``origin`` (a line on where its results are from), ``rows``,
        and ``study`` (from :func:`compared_with_study`).
    """
    lines = ["# Claim ledger", "", *summary(papers)]
    for paper in papers:
        rows, study = paper["rows"], paper["study"]
        lines += ["", f"## {paper['title']}", "", paper["origin"], "", "Headlines first.", ""]
        cells = [
            [row["where"], row["statement"], *shown(row), f"**{row['verdict']}**", told(row)]
            for row in headlines_first(rows)
        ]
        head = ["where", "claim", "paper", "ours", "null", "verdict", "explanation"]
        lines += [*_table(head, cells), "", *_study(study)]
        settings = of_kind(rows, "setting")
        cells = [
            [row["where"], row["statement"], *shown(row)[:2], row["verdict"], told(row)]
            for row in settings
        ]
        head = ["where", "setting", "paper", "ours", "verdict", "note"]
        lines += _folded(f"Specification: {totals(settings)}", _table(head, cells))
    lines += ["Comparisons, tolerances and where they come from: `claims.csv`.", ""]
    return "\n".join(lines)


def compared_with_study(comparisons: Iterable[Comparison]) -> list[dict[str, Any]]:
    """Numbers of a study beside those of this run, as rows."""
    return [
        {
            "number": f"{each.table}: {each.column} of {each.row}",
            "study": f"{number(each.study)}",
            "here": f"{number(each.here)} ± {number(each.error)}",
            "verdict": "agrees" if each.agrees else DIFFERS,
        }
        for each in comparisons
    ]


def _study(rows: Sequence[Row]) -> list[str]:
    """The numbers of a study beside those of this run."""
    if not rows:
        return []
    head = ["number", "study", "here", "verdict"]
    table = _table(head, [[row[name] for name in head] for row in rows])
    return _folded(f"Study beside this run: {totals(rows)}", table)


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *lines, "", "</details>", ""]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table."""
    return [_line(head), "|---" * len(head) + "|", *map(_line, rows)]


def told(row: Row) -> str:
    """What explains the verdict, and what is wrong or ambiguous in the paper."""
    note = f"On the paper: {row['note']}" if row["note"] else ""
    return " ".join(text for text in (row["explanation"], note) if text)


def _line(cells: Iterable[object]) -> str:
    """A line of a Markdown table."""
    texts = (" ".join(str(cell).split()).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(texts)} |"
