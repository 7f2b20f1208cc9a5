"""Tables that somebody brings as text: every row as long as the header, every number plain.

Fields are parted by commas, semicolons or tabs, whichever the header has. Where commas part
fields, a comma in a number makes a row too long, and the file is refused. Names of columns end in
their unit: ``source_x_m``, ``traveltime_ns``, ``traveltime [us]``.
"""

from __future__ import annotations

import csv
import io as streams
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentearth.io import InputError
from latentearth.readers import units as unit_table
from latentearth.readers.formats import require_format

LARGEST = 2**28  # bytes of a table: some ten million rows
_UNIT = re.compile(r"^(?P<name>.*?)\s*[\[(/](?P<unit>[^\])]*)[\])]?$|^(?P<stem>.*)_(?P<end>[^_]+)$")


@dataclass(frozen=True)
class Table:
    """Rows of a text file as words.

    Parameters
    ----------
    path
        The file, for messages.
    header
        Names of columns, without blanks around them.
    rows
        Fields of each row, as many as names.
    lines
        The line of each row in the file, from 1.
    decimal_comma
        Whether a comma in a number is its decimal point.
    """

    path: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    decimal_comma: bool

    def has(self, *names: str) -> bool:
        """Whether there are columns of all these names, whatever their units."""
        there = {_split(name)[0].lower() for name in self.header}
        return there >= set(names)

    def column(self, name: str, units: str | None = None, *, blanks: bool = False) -> np.ndarray:
        """A column as finite numbers, in a unit.

        Parameters
        ----------
        name
            Of the column, without its unit.
        units
            The unit that is wanted; the column's name states its own.
        blanks
            Take fields that are blank or NaN as NaN.

        Returns
        -------
        numpy.ndarray
            (row,)

        Raises
        ------
        InputError
            If the column is missing, is there twice, has an unknown unit, or a field is no finite
            number.
        """
        hits = [
            (k, unit)
            for k, (stem, unit) in enumerate(map(_split, self.header))
            if stem.lower() == name and (unit is None) == (units is None)
        ]
        whole = f"{name}_{units}" if units else name
        if len(hits) != 1:
            found = ", ".join(self.header) or "none"
            many = "once" if hits else "among them"
            raise InputError(self.path, "columns", found, f"{whole}, {many}")
        place, unit = hits[0]
        try:
            factor = 1.0 if unit is None or units is None else unit_table.factor(unit, units)
        except ValueError:
            raise InputError(self.path, "columns", self.header[place], f"a unit such as {whole}")
        values = np.array(
            [self._number(row[place], k, place, blanks) for k, row in enumerate(self.rows)]
        )
        return values * factor if factor != 1.0 else values

    def _number(self, field: str, row: int, place: int, blanks: bool) -> float:
        text = field.strip()
        if blanks and text.lower() in ("", "nan", "na"):
            return np.nan
        if self.decimal_comma and text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        label = f"line {self.lines[row]}, {self.header[place]}"
        try:
            if "_" in text:  # Python reads 1_000, and nobody writes it
                raise ValueError
            value = float(text)
        except ValueError:
            raise InputError(self.path, label, repr(field), "a number")
        if not np.isfinite(value):
            raise InputError(self.path, label, field, "a finite number")
        return value


def _split(name: str) -> tuple[str, str | None]:
    """Name of a column without its unit, and the unit; None if it states none."""
    found = _UNIT.match(name)
    if found is None:
        return name, None
    bare = found["stem"] is not None
    stem, unit = (found["stem"], found["end"]) if bare else (found["name"], found["unit"])
    try:
        if not unit_table.parse(unit)[1]:
            return name, None
    except ValueError:
        return (name, None) if bare else (stem, unit)
    return stem, unit


def read_text(path: str | os.PathLike, expected: str) -> str:
    """The text of a file in UTF-8, or UTF-16 with its mark, as spreadsheets write it.

    Raises
    ------
    InputError
        If the file is missing, is no text, or larger than a table of numbers can be.
    """
    require_format(path, ("text",), expected)
    size = Path(path).stat().st_size
    if size > LARGEST:
        raise InputError(path, "size", f"{size:.3g} bytes", f"at most {LARGEST:.3g}")
    raw = Path(path).read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        place = raw[: error.start].count(b"\n") + 1
        raise InputError(path, f"line {place}", f"a byte that is no {encoding}", "text in UTF-8")


def read_table(path: str | os.PathLike, expected: str = "a CSV table") -> Table:
    """Read a table; blank lines and lines that begin with # are passed over.

    Raises
    ------
    InputError
        If it is no text, has no rows, or a row has more or fewer fields than the header.
    """
    text = read_text(path, expected)
    begun = (line for line in text.splitlines() if line.strip(" \t,;"))
    first = next((line for line in begun if not line.lstrip().startswith("#")), "")
    parting = max(",;\t", key=first.count)
    reader = csv.reader(streams.StringIO(text, newline=""), delimiter=parting)
    header: list[str] = []
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for fields in reader:
            if not any(field.strip() for field in fields) or fields[0].lstrip().startswith("#"):
                continue
            if not header:
                header = [field.strip() for field in fields]
                continue
            if len(fields) != len(header):
                more = " (decimal commas?)" if parting == "," and len(fields) > len(header) else ""
                found = f"{len(fields)} fields{more}"
                needed = f"{len(header)}, as the header has"
                raise InputError(path, f"line {reader.line_num}", found, needed)
            rows.append(fields)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(path, f"line {reader.line_num}", error, expected)
    if not rows:
        raise InputError(path, "rows", 0, "at least one below a header")
    return Table(os.fspath(path), header, rows, lines, parting != ",")
