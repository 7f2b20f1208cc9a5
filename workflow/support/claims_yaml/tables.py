"""The claim ledger for people: a table for spreadsheets, and Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from support.claims_yaml.entries import Entry
from support.claims_yaml.measures import files_of
from support.claims_yaml.verdicts import REPRODUCED, VERDICTS, Finding


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


def shown(finding: Finding) -> tuple[str, str]:
    """The published and our value, as text with units."""
    entry, unit = finding.entry, f" {finding.entry.unit}" if finding.entry.unit else ""
    published = str(entry.published)
    if not isinstance(entry.published, str):
        spread = "" if entry.uncertainty is None else f" ± {number(entry.uncertainty)}"
        exact = number(entry.published) if float(entry.published).is_integer() else None
        published = f"{exact or f'{entry.published:.10g}'}{spread}{unit}"
    if finding.ours is None:
        return published, ""
    if entry.compare == "holds":
        return published, "yes" if finding.ours else "no"
    ours = f"{number(finding.ours)}{unit}"
    if finding.against is not None:
        ours += f", against {number(finding.against)}{unit}"
    return published, ours


def explain(finding: Finding) -> str:
    """Why the verdict is what it is, for people."""
    entry, (published, ours) = finding.entry, shown(finding)
    if finding.ours is None:
        return finding.reason
    texts = [entry.explanation, "" if finding.verdict == REPRODUCED else entry.differs]
    text = " ".join(text.strip() for text in texts if text)
    return text.replace("{ours}", ours).replace("{published}", published)


def comparison(entry: Entry) -> str:
    """The comparison in words, for example ``equal to 30 within 0.5``."""
    if entry.compare == "holds":
        return "holds"
    if entry.against is not None:
        return f"{entry.compare} than another of our results"
    margin = None if entry.tolerance is None else entry.tolerance.around(entry.target)
    within = f" within {number(margin)}" if margin else " exactly" * (entry.compare == "equal")
    words = {"equal": "equal to", "at_most": "at most", "at_least": "at least"}[entry.compare]
    return f"{words} {number(entry.target)}{within}"


def table(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Rows of ``claims.csv``."""
    rows: list[dict[str, object]] = []
    for finding in findings:
        entry = finding.entry
        sources = files_of(entry.ours) | (files_of(entry.against) if entry.against else set())
        rows.append(
            {
                "paper": finding.paper,
                "id": entry.id,
                "where": entry.where,
                "statement": entry.statement,
                "published": entry.published,
                "uncertainty": entry.uncertainty,
                "ours": finding.ours,
                "against": finding.against,
                "unit": entry.unit,
                "verdict": finding.verdict,
                "explanation": explain(finding),
                "note": entry.note.strip(),
                "comparison": comparison(entry),
                "why": entry.why.strip(),
                "scale": entry.scale,
                "measured_in": " ".join(sorted(sources)),
            }
        )
    return rows


def report(findings: list[Finding], made_by: str) -> str:
    """The ledger as Markdown: totals, then a table per paper.

    Parameters
    ----------
    findings
        From :func:`judge_all`.
    made_by
        A line on where the results are from: scale, seed, commit.
    """
    papers = list(dict.fromkeys(finding.paper for finding in findings))
    counts = {p: Counter(f.verdict for f in findings if f.paper == p) for p in papers}
    lines = ["# Claim ledger", "", made_by, "", f"| paper | entries | {' | '.join(VERDICTS)} |"]
    lines.append("|---" + "|---:" * (1 + len(VERDICTS)) + "|")
    for paper, count in counts.items():
        cells = [paper, count.total(), *(count[verdict] for verdict in VERDICTS)]
        lines.append(_row(cells))
    for paper in papers:
        lines += ["", f"## {paper}", "", "| where | statement | published | ours | verdict | "]
        lines[-1] += "explanation |"
        lines.append("|---" * 6 + "|")
        for finding in (f for f in findings if f.paper == paper):
            entry, text = finding.entry, explain(finding)
            if entry.note:
                text = f"{text} *On the paper:* {entry.note.strip()}".strip()
            cells = [entry.where, entry.statement, *shown(finding), f"**{finding.verdict}**", text]
            lines.append(_row(cells))
    lines += ["", "Comparisons, tolerances and their reasons: `claims.csv`.", ""]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    """A row of a Markdown table."""
    texts = (" ".join(str(cell).split()).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(texts)} |"
