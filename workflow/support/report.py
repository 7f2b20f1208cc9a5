"""What the report says of a figure or table: verdicts, where it is from, and tables as pages.

Of what a Snakefile makes, only the config reaches the captions and the gallery of a report.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from latentearth.figures.projections import AUSTRALIA, place_name
from support.labels import heading
from support.labels import label as named
from support.ledger.origins import in_words, origin_of
from support.ledger.places import caption, label, rows_of
from support.ledger.text import number
from support.published_values import read_table

REPORT = Path(__file__).parents[1] / "report"
MOST_COLUMNS = 9  # what a laptop's screen shows beside the report's menu; a wider table is turned
# On a narrow screen each line becomes a card, its cells one below another with their names.
_STYLE = (
    "body{font:13px sans-serif;margin:1em}table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.3em .5em;text-align:right}"
    "th,td:first-child{background:#eee;text-align:left}"
    "@media(max-width:45em){thead{display:none}table,tbody,tr,td{display:block}"
    "tr{margin-bottom:1em}td{overflow-wrap:break-word}td+td{border-top:0}"
    "td[data-name]{display:flex;justify-content:space-between;gap:1em}td:empty{display:none}"
    "td[data-name]::before{content:attr(data-name);text-align:left;color:#555}}"
)


def elsewhere(path: str, config: dict[str, Any]) -> str:
    """What a caption that speaks of Australia says first, where the run has another region."""
    file = Path(path)
    words = REPORT / file.parts[1] / f"{file.stem}.rst"
    region = config.get("scheiter2022", {}).get("cmb", {}).get("region", AUSTRALIA._asdict())
    if region == AUSTRALIA._asdict() or not words.is_file() or "Australia" not in words.read_text():
        return ""
    low, high = (
        place_name(region[lat], region[lon]) for lat, lon in (("south", "west"), ("north", "east"))
    )
    return (
        f"This run's region is not Australia but that from {low}, to {high} "
        "(``scheiter2022.cmb.region``)."
    )


def describe(path: str, name: str, config: dict[str, Any]) -> str:
    """The label of a figure or table in the gallery; what else is said of it goes to the config.

    Parameters
    ----------
    path
        ``figures/<paper>/...`` or ``results/<paper>/...``.
    name
        Its name in the gallery.
    config
        Gets ``verdicts`` (a caption by path), ``tables`` (a page of HTML by path, as its own
        address), ``made`` (of each figure that there is, where it is from) and ``origin`` (all
        these in words).
    """
    file, measured = Path(path), Path("results", Path(path).parts[1], "claims.json")
    rows = None
    if measured.is_file():
        known = json.loads(measured.read_text(encoding="utf-8")).get("rows")
        rows = None if known is None else rows_of(name, known)  # none in ledgers of old versions
    made = config.setdefault("made", [])
    tables, origin = config.setdefault("tables", {}), ""
    if file.is_file():
        made.append(origin_of(file))
        origin = in_words(made[-1:])
        if file.suffix == ".csv":
            # in lines, since docutils takes none of more than 10 000 letters
            page = base64.encodebytes(table_page(file).encode()).decode().rstrip()
            tables[path] = f"data:text/html;base64,{page}"
    config["origin"] = in_words(made)
    said = "\n\n".join(filter(None, [elsewhere(path, config), caption(rows, origin)]))
    config.setdefault("verdicts", {})[path] = said
    return label(name, rows or [])


def table_page(path: Path) -> str:
    """A CSV file as a page of HTML; if it is too wide, its columns become lines."""
    rows = read_table(path)
    columns = list(rows[0]) if rows else []
    heads = [heading(column) for column in columns]
    lines: list[Sequence[object]] = [heads, *(list(row.values()) for row in rows)]
    turned = len(columns) > max(MOST_COLUMNS, len(rows))
    if turned:
        lines = list(zip(*lines, strict=True))
    head = "".join(f"<th>{_shown(cell)}</th>" for cell in lines[0])
    names = [f' data-name="{escape(_plain(cell))}"' for cell in lines[0]]
    if turned:
        names[0] = ""  # the first column names the others then
    body = ""
    for line in lines[1:]:
        cells = zip(names, line, strict=True)
        body += f"<tr>{''.join(f'<td{name}>{_shown(cell)}</td>' for name, cell in cells)}</tr>\n"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><style>{_STYLE}</style>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head><body><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></body></html>\n"
    )


def _plain(cell: object) -> str:
    return number(cell) if isinstance(cell, float) and cell == cell else named(str(cell))


def _shown(cell: object) -> str:
    """A cell as HTML: numbers in one line, names broken where they may be."""
    text = escape(_plain(cell))
    is_number = isinstance(cell, float)
    return text.replace(" ", "&nbsp;") if is_number else text.replace("_", "_<wbr>")
