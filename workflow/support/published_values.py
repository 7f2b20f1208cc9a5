"""The numbers that the papers print, once: ``workflow/published_values/<paper>/<table>.csv``.

Rows and columns are named as in the paper, in its units; uncertainties stand in columns of their
own. Claims, tables and figures read them here.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "published_values"


class MeasurementError(ValueError):
    """A file does not hold what is asked of it."""


class Table(list[dict[str, Any]]):
    """Rows of a CSV file as dicts, numbers as numbers and the rest as text."""

    def at(self, column: str, **row: Any) -> Any:
        """The cell of a column, in the one row where other columns have these values.

        Raises
        ------
        MeasurementError
            If there is no such column, or not one such row.
        """
        for name in (column, *row):
            if self and name not in self[0]:
                raise MeasurementError(f"found no column {name}; expected one of {[*self[0]]}")
        found = self.where(**row)
        if len(found) != 1:
            raise MeasurementError(f"found {len(found)} rows with {row}; expected one")
        return found[0][column]

    def where(self, **row: Any) -> Table:
        """The rows where columns have these values."""
        return Table(r for r in self if all(r[name] == value for name, value in row.items()))

    def column(self, name: str) -> list[Any]:
        """The cells of a column."""
        return [row[name] for row in self]


def read_table(path: Path) -> Table:
    """Read a CSV file with a header."""
    with open(path, newline="", encoding="utf-8") as file:
        return Table(
            {name: _value(cell) for name, cell in row.items()} for row in csv.DictReader(file)
        )


def published(paper: str, table: str) -> Table:
    """A table of a paper."""
    return read_table(FOLDER / paper / f"{table}.csv")


def _value(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
