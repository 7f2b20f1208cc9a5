"""Verdicts by figure and table, for the captions and the gallery of the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from support.claims_yaml.tables import shown
from support.claims_yaml.verdicts import NOT_MEASURED, REPRODUCED, VERDICTS, Finding

# "Figure 5c, d", "Figures 9 and A4", "Table A2": a kind, and one or more numbers with panels
_NUMBER = r"[A-Z]?\d+[a-z]?"
_PLACES = re.compile(
    rf"\b(Figure|Table)s?\s+({_NUMBER}(?:(?:,\s*|\s+and\s+)(?:{_NUMBER}|[a-z])\b)*)"
)
_QUOTED = re.compile(r'\b(?:figure|table) "([^"]+)"')
_MARKUP = re.compile(r"([\\*`|_<>])")


def places(where: str) -> list[str]:
    """Figures and tables that the place of a claim names; the poster counts as one.

    What the paper does not have is named in quotes, as in the gallery: figure "Trainings".

    Examples
    --------
    >>> places("Section 5.1, Figures 9 and A4; Table 1")
    ['Figure 9', 'Figure A4', 'Table 1']
    >>> places('Section 4.3; figure "Convergence"')
    ['Convergence']
    """
    found = [
        f"{kind} {number}"
        for kind, numbers in _PLACES.findall(_QUOTED.sub("", where))
        for number in re.findall(r"[A-Z]?\d+", numbers)
    ]
    return [
        *dict.fromkeys(found + _QUOTED.findall(where)),
        *(["Poster"] if where.startswith("Poster") else []),
    ]


def by_place(findings: Iterable[Finding]) -> dict[str, list[dict[str, str]]]:
    """What was found, as text, under every figure and table that a claim names."""
    found: dict[str, list[dict[str, str]]] = {}
    for finding in findings:
        published, ours = shown(finding)
        row = {"id": finding.entry.id, "statement": finding.entry.statement.strip()}
        row |= {"published": published, "ours": ours, "verdict": finding.verdict}
        for place in places(finding.entry.where):
            found.setdefault(place, []).append(row)
    return found


def rows_of(name: str, found: Mapping[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    """What was found on an entry of the gallery: of all figures and tables that its name holds.

    Examples
    --------
    >>> rows_of("Tables 1 and 2: sizes", {"Table 1": [{"id": "a"}], "Table 2": [{"id": "b"}]})
    [{'id': 'a'}, {'id': 'b'}]
    """
    wanted = [*places(name), name, name.split(":")[0]]
    rows = [row for place in dict.fromkeys(wanted) for row in found.get(place, [])]
    return list({row["id"]: row for row in rows}.values())


def label(name: str, rows: list[Mapping[str, str]]) -> str:
    """The name of a figure with its score; of two digits, so that 10 comes after 9.

    Claims that could not be measured, for want of the authors' files, do not count.

    Examples
    --------
    >>> label("Figure 3", [{"verdict": "reproduced"}, {"verdict": "differs"}])
    'Figure 03: 1 of 2 claims reproduced'
    """
    name = re.sub(r"^(Figure|Table) (\d)\b", r"\1 0\2", name)
    verdicts = [row["verdict"] for row in rows if row["verdict"] != NOT_MEASURED]
    if not verdicts:
        return name
    return f"{name}: {verdicts.count(REPRODUCED)} of {len(verdicts)} claims reproduced"


def totals(rows: Iterable[Mapping[str, str]]) -> str:
    """Verdicts counted, in words: ``3 reproduced, 1 differs``."""
    count = Counter(row["verdict"] for row in rows)
    return ", ".join(f"{count[verdict]} {verdict}" for verdict in VERDICTS if count[verdict])


def caption(rows: list[Mapping[str, str]] | None) -> str:
    """Verdicts on the claims of one figure, in reStructuredText.

    Parameters
    ----------
    rows
        From :func:`by_place`; None if the paper's claims were not measured.
    """
    if rows is None:
        return "**Verdicts:** the claims have not been measured yet (``snakemake claims``)."
    if not rows:
        return (
            "**Verdicts:** no claim of the ledger names it; those on its section stand in the "
            "paper's table of claims."
        )
    lines = [f"**Verdicts on its claims ({len(rows)}):** {totals(rows)}.", ""]
    for row in rows:
        ours = f" Ours: {_plain(row['ours'])}." if row["ours"] else ""
        lines.append(
            f"- {_plain(row['statement'])} Paper: {_plain(row['published'])}.{ours} "
            f"*{row['verdict'].capitalize()}.*"
        )
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text that no character of is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
