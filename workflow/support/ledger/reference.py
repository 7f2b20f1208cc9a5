"""What a study left in ``data/reference/``, beside the same numbers of a smaller run.

The card of a table says which columns name its rows, and which are compared: shares, each with the
column of how many cases it is of, and means, each with the column of its standard error
(``data/reference/README.md``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.ledger.origins import origin
from support.published_values import Table, read_table

FOLDER = Path(__file__).parents[3] / "data" / "reference"

# Standard errors of a difference. Of some forty numbers that differ by chance alone, one goes
# beyond three in one run of ten, and beyond four in one run of four hundred.
ALLOWED = 4.0


def kept_tables(paper: str, *, published: bool) -> Path:
    """The folder of a paper's kept tables: those of runs with the authors' files stand apart."""
    return FOLDER / "published" / paper if published else FOLDER / paper


@dataclass(frozen=True)
class Comparison:
    """One number of a study, and the same one here."""

    table: str
    row: str
    column: str
    study: float
    here: float
    error: float  # standard error of their difference

    @property
    def agrees(self) -> bool:
        """Whether they differ by no more than sampling explains."""
        return abs(self.here - self.study) <= ALLOWED * self.error


def compare(reference: Path, results: Path) -> list[Comparison]:
    """Every kept number of a paper that a folder of results has as well.

    The smoke scale is left out: its networks are not those of the others.

    Parameters
    ----------
    reference
        From :func:`kept_tables`.
    results
        ``results/<paper>``.
    """
    found: list[Comparison] = []
    for card in sorted(reference.rglob("*.csv.json")):
        name = card.relative_to(reference).as_posix().removesuffix(".json")
        made = origin(results / name, None)
        if (results / name).is_file() and (made is None or made.scale != "smoke"):
            card_of = json.loads(card.read_text(encoding="utf-8"))
            tables = read_table(reference / name), read_table(results / name)
            found.extend(_compared(name, *tables, card_of.get("compare", {})))
    return found


def _compared(name: str, study: Table, here: Table, told: dict) -> Iterator[Comparison]:
    """The rows that both have."""
    shares, means = told.get("shares", {}), told.get("means", {})
    for row in study:
        which = {column: row[column] for column in told.get("rows", [])}
        same = here.where(**which)
        if len(same) == 1:
            words = ", ".join(map(str, which.values()))
            for column in [*shares, *means]:
                if "" in (row[column], same[0][column]):  # not told of this row
                    continue
                error = _error(row, same[0], column, shares.get(column), means.get(column))
                yield Comparison(name, words, column, row[column], same[0][column], error)


def _error(study: dict, here: dict, column: str, cases: str | None, error: str | None) -> float:
    """Standard error of the difference between two shares, or two means."""
    if error is not None:
        return math.hypot(study[error], here[error])
    assert cases is not None
    n, m = study[cases], here[cases]
    together = (n * study[column] + m * here[column]) / (n + m)
    return math.sqrt(together * (1 - together) * (1 / n + 1 / m))
