"""Figures and tables that entries name: labels and captions of the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.ledger.text import Row, of_kind, shown, totals
from support.ledger.verdicts import NOT_MEASURED, NOT_REACHED, REPRODUCED

# "Figure 5c, d", "Figures 9 and A4", "Table A2": a kind, and one or more numbers with panels
_NUMBER = r"[A-Z]?\d+[a-z]?"
_PLACES = re.compile(
    rf"\b(Figure|Table)s?\s+({_NUMBER}(?:(?:,\s*|\s+and\s+)(?:{_NUMBER}|[a-z])\b)*)"
)
_QUOTED = re.compile(r'\b(?:figure|table) "([^"]+)"')
_MARKUP = re.compile(r"([\\*`|_<>])")


def places(where: str) -> list[str]:
    """Figures and tables that the place of an entry names; the poster counts as one.

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


def by_place(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows under every figure and table that they name."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for place in places(row["where"]):
            found.setdefault(place, []).append(row)
    return found


def rows_of(name: str, rows: Iterable[Row]) -> list[Row]:
    """What was found on an entry of the gallery: on all figures and tables that its name holds."""
    wanted = {*places(name), name, name.split(":")[0]}
    return [row for row in rows if wanted.intersection(places(row["where"]))]


def label(name: str, rows: Sequence[Row]) -> str:
    """The name of a figure with its score; of two digits, so that 10 comes after 9.

    The score is of the findings that this scale reaches.

    Examples
    --------
    >>> finding = {"kind": "finding"}
    >>> label("Figure 3", [finding | {"verdict": "reproduced"}, finding | {"verdict": "differs"}])
    'Figure 03: 1 of 2 findings reproduced'
    """
    name = re.sub(r"^(Figure|Table) (\d)\b", r"\1 0\2", name)
    verdicts = [row["verdict"] for row in of_kind(rows, "finding")]
    judged = [verdict for verdict in verdicts if verdict not in (NOT_MEASURED, NOT_REACHED)]
    if not judged:
        return name
    return f"{name}: {judged.count(REPRODUCED)} of {len(judged)} findings reproduced"


def caption(rows: Sequence[Row] | None, origin: str = "") -> str:
    """Verdicts on the findings of one figure, in reStructuredText.

    Parameters
    ----------
    rows
        From :func:`rows_of`; None if the paper's claims were not measured.
    origin
        Where the figure is from, in words.
    """
    head = f"*{_plain(origin)}*\n\n" if origin else ""
    if rows is None:
        return f"{head}**Verdicts:** the claims have not been measured yet (``snakemake claims``)."
    findings, settings = of_kind(rows, "finding"), of_kind(rows, "setting")
    lines = [
        f"**Verdicts on its findings ({len(findings)}):** {totals(findings)}."
        if findings
        else "**Verdicts:** no finding of the ledger names it; those on its section stand on the "
        "paper's page of claims."
    ]
    lines += [f"Settings of the paper: {totals(settings)}."] if settings else []
    lines.append("")
    for row in findings:
        published, ours, null = (_plain(text) for text in shown(row))
        ours = f" Ours: {ours}." if ours else ""
        null = f" Null: {null}." if null else ""
        lines.append(
            f"- {_plain(row['statement'])} Paper: {published}.{ours}{null} "
            f"*{row['verdict'].capitalize()}.*"
        )
    return head + "\n".join(lines)


def scores(rows: Sequence[Row]) -> Mapping[str, str]:
    """Of each figure and table that a finding names, how many have which verdict."""
    named: dict[str, Any] = by_place(of_kind(rows, "finding"))
    return {place: totals(found) for place, found in named.items()}


def _plain(text: str) -> str:
    """Text that no character of is markup."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
