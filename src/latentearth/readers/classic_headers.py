"""What a classic netCDF header claims, held against the length of its file.

The netCDF library believes the counts in a header: one false byte keeps it busy for a quarter of
a minute, or makes it reserve gigabytes. Here the header is walked through once, in no more steps
than it has bytes (NetCDF Classic Format Specification, Unidata).
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import BinaryIO

from latentearth.io import InputError

MOST_ENTRIES = 100_000  # dimensions, variables and attributes of a file
MOST_NAME_BYTES = 1024  # bytes; the library itself stops at 256
DIMENSIONS, VARIABLES, ATTRIBUTES = 10, 11, 12  # tags of lists
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}  # of types, bytes


class _Wrong(ValueError):
    """What a header says that cannot be."""


@dataclass
class _Header:
    """A header that is read word by word.

    Attributes
    ----------
    handle, length
        The file and its length in bytes.
    wide
        Bytes of a count and of a place in the file.
    entries
        How many have been read.
    """

    handle: BinaryIO
    length: int
    wide: tuple[int, int]
    entries: int = 0

    def number(self, size: int) -> int:
        raw = self.handle.read(size)
        if len(raw) < size:
            raise _Wrong("a header that is cut short")
        return int.from_bytes(raw, "big")

    def count(self, least: int) -> int:
        """How many things follow, of so many bytes each at least."""
        found = self.number(self.wide[0])
        if found * least > self.length - self.handle.tell():
            raise _Wrong(f"{found} entries that the file has no room for")
        return found

    def skip(self, size: int) -> None:
        if size > self.length - self.handle.tell():
            raise _Wrong("a header that is cut short")
        self.handle.seek(size + -size % 4, os.SEEK_CUR)

    def name(self) -> None:
        size = self.count(1)
        if size > MOST_NAME_BYTES:
            raise _Wrong(f"a name of {size} bytes")
        self.skip(size)

    def many(self, tag: int, least: int) -> int:
        """How many entries a list with this tag has."""
        found, count = self.number(4), self.count(least)
        if found not in (0, tag) or (found == 0 and count):
            raise _Wrong(f"tag {found} in the place of {tag}")
        self.entries += count
        if self.entries > MOST_ENTRIES:
            raise _Wrong(f"more than {MOST_ENTRIES} dimensions, variables and attributes")
        return count

    def size(self) -> int:
        """Bytes of the type that is named next."""
        kind = self.number(4)
        if kind not in SIZES:
            raise _Wrong(f"a type numbered {kind}")
        return SIZES[kind]

    def attributes(self) -> None:
        for _ in range(self.many(ATTRIBUTES, 12)):
            self.name()
            size = self.size()
            self.skip(size * self.count(size))


def refuse_classic_claims(path: str | os.PathLike) -> None:
    """Refuse a classic netCDF file (CDF-1, -2, -5) that is shorter than its header says.

    Raises
    ------
    InputError
        If a count, a name, a type or a variable cannot be in a file of this length.
    """
    try:
        with open(path, "rb") as handle:
            version = handle.read(4)[3]
            wide = {1: (4, 4), 2: (4, 8), 5: (8, 8)}[version]
            _check(_Header(handle, os.fstat(handle.fileno()).st_size, wide))
    except _Wrong as error:
        raise InputError(path, "header", error, "that of a whole netCDF file")
    except OSError as error:
        raise InputError(path, "file", error.strerror or error, "a readable file")


def _check(header: _Header) -> None:
    """Walk through dimensions, attributes and variables."""
    records = header.number(header.wide[0])
    streaming = records == 256 ** header.wide[0] - 1  # as many as there are
    lengths = []
    for _ in range(header.many(DIMENSIONS, 8)):
        header.name()
        lengths.append(header.number(header.wide[0]))
    header.attributes()
    ends: list[tuple[int, int]] = []  # of variables: where each begins, and its bytes
    steps: list[tuple[int, int]] = []  # the same of those with records, of one record
    for _ in range(header.many(VARIABLES, 28)):
        header.name()
        numbers = [header.number(header.wide[0]) for _ in range(header.count(header.wide[0]))]
        if any(number >= len(lengths) for number in numbers):
            raise _Wrong("a variable of a dimension that is none")
        header.attributes()
        size = header.size()
        header.number(header.wide[0])  # its size once more, which readers work out anew
        begin = header.number(header.wide[1])
        shape = [lengths[number] for number in numbers]
        recorded = bool(shape) and shape[0] == 0
        size *= math.prod(shape[1:] if recorded else shape)
        (steps if recorded else ends).append((begin, size))
    # of a single variable, records follow each other without gaps
    step = sum(size + (-size % 4 if len(steps) > 1 else 0) for _, size in steps)
    if not streaming and records:
        ends += [(begin + (records - 1) * step, size) for begin, size in steps]
    farthest = max((begin + size for begin, size in ends if size), default=0)
    if farthest > header.length:
        raise _Wrong(f"values up to byte {farthest} of a file of {header.length}")
