"""Variables of netCDF files that somebody brings: by name, dimension, unit and direction.

Dimensions may be in any order and have any of their usual names; units are those that the file
states; packed, missing and big-endian values come as plain numbers. What a file does not say, and
what cannot be told without it, is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import netCDF4
import numpy as np

from latentearth.io import InputError, refuse_claims
from latentearth.readers import units as unit_table
from latentearth.readers.formats import require_format

NETCDF = ("netCDF classic", "HDF5")
# Usual names of dimensions and coordinates beside ours.
ALIASES: dict[str, tuple[str, ...]] = {
    "chain": ("chains", "walker", "walkers"),
    "sample": ("samples", "draw", "draws", "realization", "realisation", "realizations", "member"),
    "point": ("points", "location", "locations", "node", "nodes", "site", "sites"),
    "coordinate": ("coordinates", "parameter", "parameters", "dim", "dimension", "component"),
    "model": ("models",),
    "cell": ("cells", "nucleus", "nuclei"),
    "source": ("sources", "event", "events", "shot", "shots"),
    "time": ("times", "t"),
    "image": ("images", "sample", "samples", "realization", "n"),
    "row": ("rows", "y"),
    "column": ("columns", "x"),
    "coefficient": ("coefficients", "component", "components"),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "x": ("easting",),
    "y": ("northing",),
    "z": ("depth", "elevation", "height", "altitude"),
}
# Those that are coordinates, so that a variable may have these names as well.
COORDINATES = {"time", "row", "column", "coefficient", "lat", "lon", "x", "y", "z"}


@contextlib.contextmanager
def opened_foreign(path: str | os.PathLike, what: str) -> Iterator[ForeignFile]:
    """Open somebody's netCDF file.

    Parameters
    ----------
    path
        The file, netCDF-4, classic, 64-bit or CDF-5.
    what
        What it should hold, for the message, for example ``a raw chain``.

    Raises
    ------
    InputError
        If it is missing, of another format, held by another program, cut short or damaged.
    """
    expected = f"a netCDF file with {what}"
    require_format(path, NETCDF, expected)
    try:
        file = netCDF4.Dataset(path)
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        if _held(path):
            found = "a file that another program has open for writing"
            raise InputError(path, "file", found, "a file that is closed there, or a copy of it")
        raise InputError(path, "file", f"a damaged or cut file ({error})", expected)
    with file:
        refuse_claims(path, file)
        try:
            yield ForeignFile(os.fspath(path), file)
        except (RuntimeError, UnicodeDecodeError) as error:  # of the netCDF library
            raise InputError(path, "file", f"damaged content ({error})", expected)


def _held(path: str | os.PathLike) -> bool:
    """Whether somebody has locked the file, as HDF5 does while it writes."""
    with open(path, "rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a file system without locks
            return False
        fcntl.flock(handle, fcntl.LOCK_UN)
    return False


@dataclass(frozen=True)
class ForeignFile:
    """An open file; its variables are looked for in the root, then in groups.

    Parameters
    ----------
    path
        For messages.
    file
        As the netCDF library opened it.
    """

    path: str
    file: netCDF4.Dataset

    @property
    def names(self) -> list[str]:
        """All variables, those of groups as ``group/name``."""
        return list(self._all())

    def _all(self) -> dict[str, netCDF4.Variable]:
        found = dict(self.file.variables)
        groups = [(name, group) for name, group in self.file.groups.items()]
        while groups:
            name, group = groups.pop(0)
            found |= {f"{name}/{key}": value for key, value in group.variables.items()}
            groups += [(f"{name}/{key}", value) for key, value in group.groups.items()]
        return found

    def find(self, name: str) -> netCDF4.Variable | None:
        """A variable by our name or one of its usual others; None if there is none.

        Raises
        ------
        InputError
            If two could be meant.
        """
        everything = self._all()
        for names in ((name,), ALIASES[name] if name in COORDINATES else ()):
            for where in (
                lambda key: key,
                lambda key: key.rsplit("/", 1)[-1],
                lambda key: key.rsplit("/", 1)[-1].lower(),
            ):
                hits = [key for key in everything if where(key) in names]
                if len(hits) > 1:
                    raise InputError(
                        self.path, f"variable '{name}'", ", ".join(hits), "one of them"
                    )
                if hits:
                    return everything[hits[0]]
        return None

    def variable(
        self,
        name: str,
        dimensions: Sequence[str],
        units: str | None = None,
        *,
        unstated: bool = False,
        kind: str = "real",
    ) -> ForeignVariable:
        """A variable, checked in all but its values.

        Parameters
        ----------
        name
            What we call it.
        dimensions
            What we call its dimensions, in the order that is wanted.
        units
            The unit that is wanted; None if it has none.
        unstated
            Whether a file without a unit is believed to have that one.
        kind
            ``real``, ``integer`` (whole numbers, however stored) or ``label`` (numbers or words).

        Raises
        ------
        InputError
            If it is missing, or has other dimensions, another type, or no such unit.
        """
        found = self.find(name)
        if found is None:
            there = ", ".join(sorted(self.names)) or "no variable at all"
            needed = f"{name}({', '.join(dimensions)})" + (f" in {units}" if units else "")
            raise InputError(self.path, f"variable '{name}'", f"only {there}", needed)
        label = f"'{found.name}'"
        order = self._order(found, tuple(dimensions), kind)
        allowed = "SUOfiu" if kind == "label" else "fiub"
        dtype = np.dtype(found.dtype) if found.dtype is not str else np.dtype("U")
        if dtype.kind not in allowed:
            needed = "numbers or words" if kind == "label" else "real numbers, such as float32"
            raise InputError(self.path, f"type of {label}", dtype, needed)
        factor = self._factor(found, units, unstated) if units is not None else 1.0
        return ForeignVariable(self.path, found, tuple(dimensions), order, factor, kind)

    def _order(self, found: netCDF4.Variable, wanted: tuple[str, ...], kind: str) -> tuple:
        """Where the wanted dimensions are among those found."""
        there = found.dimensions
        if kind == "label" and found.dtype == "S1":
            there = there[:-1]  # letters
        expected = f"({', '.join(wanted)}), in any order"
        label = f"dimensions of '{found.name}'"
        if any(name.startswith("phony_dim") for name in there):
            text = f"{len(there)} without names (HDF5 that is no netCDF)"
            raise InputError(self.path, label, text, expected)
        shown = f"({', '.join(there)})"
        if len(there) != len(wanted) or len(set(there)) < len(there):
            raise InputError(self.path, label, shown, expected)
        order: list[int] = []
        for name in wanted:
            usual = (name, *ALIASES.get(name, ()))
            if name == "coordinate":  # as ArviZ calls what has no name
                usual += (f"{found.name}_dim_0",)
            # our own name, before a usual one that may be another dimension's own
            hits = [k for k, other in enumerate(there) if other == name]
            hits = hits or [
                k
                for k, other in enumerate(there)
                if other.lower() in usual and other not in set(wanted) - {name}
            ]
            if len(hits) != 1 or hits[0] in order:
                raise InputError(self.path, label, shown, expected)
            order += hits
        return tuple(order)

    def _factor(self, found: netCDF4.Variable, wanted: str, unstated: bool) -> float:
        """From the unit of a variable to the one that is wanted."""
        stated = str(getattr(found, "units", "")).strip()
        label = f"units of '{found.name}'"
        if not stated:
            if unstated:
                return 1.0
            raise InputError(self.path, label, "none", f"{wanted}, or another stated unit")
        try:
            return unit_table.factor(stated, wanted)
        except ValueError:
            raise InputError(self.path, label, repr(stated), f"{wanted}, or what can become it")

    def upward(self, name: str) -> bool | None:
        """Whether the values of a vertical axis grow upward; None if the file does not say."""
        found = self.find(name)
        if found is None:
            return None
        stated = str(getattr(found, "positive", "")).strip().lower()
        if stated in ("up", "down"):
            return stated == "up"
        if stated:
            label = f"attribute 'positive' of '{found.name}'"
            raise InputError(self.path, label, stated, "up or down")
        words = {found.name.lower(), str(getattr(found, "standard_name", "")).lower()}
        if any("depth" in word for word in words):
            return False
        if any(word in ("elevation", "height", "altitude") for word in words):
            return True
        return None

    def axis(self, name: str) -> np.ndarray | None:
        """Coordinates along a dimension, as the file has them; None if there are none.

        Raises
        ------
        InputError
            If they neither rise nor fall all the way.
        """
        found = self.find(name)
        if found is None or found.ndim != 1 or np.dtype(found.dtype).kind not in "fiu":
            return None
        values = ForeignVariable(self.path, found, (name,), (0,), 1.0, "real")[:]
        steps = np.diff(values)
        if steps.size and not ((steps > 0).all() or (steps < 0).all()):
            text = f"values that neither rise nor fall, {values[:4].tolist()} ..."
            raise InputError(self.path, f"coordinate '{found.name}'", text, "a sorted axis")
        return values

    def times(self, name: str = "time") -> TimeAxis:
        """An evenly spaced time axis, in seconds.

        Dates are taken from the first sample on: nothing here knows when an event was.

        Raises
        ------
        InputError
            If there is none, or it has no unit, or is uneven or falling.
        """
        found = self.find(name)
        if found is None or found.ndim != 1:
            there = ", ".join(sorted(self.names)) or "nothing"
            raise InputError(
                self.path, f"coordinate '{name}'", there, f"{name}({name}) with a unit"
            )
        stated = str(getattr(found, "units", "")).strip()
        unit, _, since = stated.partition(" since ")
        label = f"units of '{found.name}'"
        if not unit:
            raise InputError(self.path, label, "none", "s, ms or another unit of time")
        try:
            factor = unit_table.factor(unit, "s")
        except ValueError:
            raise InputError(self.path, label, repr(stated), "s, ms or another unit of time")
        raw = ForeignVariable(self.path, found, (name,), (0,), 1.0, "real")[:]
        times = (raw - raw[0] if since and raw.size else raw).astype(float) * factor
        steps = np.diff(times)
        # the last digits of single precision, relative to the largest time
        if steps.size < 1 or not (steps > 0).all() or np.ptp(steps) > 1e-6 * np.abs(times).max():
            text = f"{times.size} values, steps {steps[:5].tolist()} s"
            raise InputError(self.path, f"coordinate '{found.name}'", text, "evenly spaced, rising")
        return TimeAxis(float(times[0]), float((times[-1] - times[0]) / steps.size), bool(since))


@dataclass(frozen=True)
class TimeAxis:
    """Evenly spaced times.

    Parameters
    ----------
    start, step
        s.
    dated
        Whether the file gave dates, so that the first sample is at 0 by our choice.
    """

    start: float
    step: float
    dated: bool


@dataclass(frozen=True)
class ForeignVariable:
    """A variable that is read as it is asked for; see :meth:`ForeignFile.variable`."""

    path: str
    found: netCDF4.Variable
    dimensions: tuple[str, ...]
    order: tuple[int, ...]
    factor: float
    kind: str

    @property
    def shape(self) -> tuple[int, ...]:
        """In the order that was wanted."""
        return tuple(self.found.shape[k] for k in self.order)

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def unit(self) -> str:
        """As the file states it; empty if it does not."""
        return str(getattr(self.found, "units", "")).strip()

    @property
    def name(self) -> str:
        """As the file calls it."""
        return self.found.name

    def __getitem__(self, key: int | slice | tuple[int | slice, ...]) -> np.ndarray:
        """Values in the wanted unit and order; missing ones are NaN.

        Parameters
        ----------
        key
            Numbers or slices along the wanted dimensions, in their order.

        Raises
        ------
        InputError
            If they cannot be read or do not fit the memory, or if an integer is missing or no
            whole number.
        """
        keys = key if isinstance(key, tuple) else (key,)
        keys += (slice(None),) * (len(self.order) - len(keys))
        there: list[int | slice] = [slice(None)] * self.found.ndim
        for place, part in zip(self.order, keys, strict=True):
            there[place] = part
        self._check_memory(keys)
        marks = {"_FillValue", "missing_value", "valid_min", "valid_max", "valid_range"}
        if np.dtype(self.found.dtype).kind in "iu" and not marks & set(self.found.ncattrs()):
            self.found.set_auto_mask(False)  # 255 is a grey value, not what was never written
        try:
            read = self.found[tuple(there)]
        except (OSError, RuntimeError, ValueError) as error:
            raise InputError(self.path, f"'{self.name}'", f"damaged values ({error})", "whole ones")
        if self.kind == "label":
            return self._words(read)
        kept = [place for place, part in zip(self.order, keys, strict=True) if _stays(part)]
        values = np.transpose(self._plain(read), np.argsort(np.argsort(kept)))
        return values * values.dtype.type(self.factor) if self.factor != 1.0 else values

    def _check_memory(self, keys: tuple) -> None:
        lengths = [
            len(range(*part.indices(size))) if _stays(part) else 1
            for part, size in zip(keys, self.shape, strict=True)
        ]
        needed = 8 * int(np.prod(lengths, dtype=object))
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if needed > memory:
            text = f"{' x '.join(map(str, lengths))} values, {needed / 1e9:.1f} GB"
            raise InputError(self.path, f"size of '{self.name}'", text, f"{memory / 1e9:.1f} GB")

    def _plain(self, read: np.ndarray) -> np.ndarray:
        """Without mask, in this machine's order of bytes; integers if they are wanted."""
        mask = np.ma.getmaskarray(read) if isinstance(read, np.ma.MaskedArray) else None
        values = np.ma.getdata(read)
        values = values.astype(values.dtype.newbyteorder("="), copy=False)
        missing = int(mask.sum()) if mask is not None else 0
        if self.kind == "integer":
            whole = np.isfinite(values) & (np.floor(values) == values)
            if missing or not whole.all():
                text = f"{missing} missing and {int((~whole).sum())} that are no whole numbers"
                raise InputError(self.path, f"values of '{self.name}'", text, "whole numbers only")
            return values.astype(np.int64)
        if missing:
            values = values.astype(np.result_type(values.dtype, np.float32))
            values[mask] = np.nan
        if self.factor != 1.0 and values.dtype.kind != "f":
            values = values.astype(float)
        return values

    def _words(self, read: np.ndarray) -> np.ndarray:
        """Labels, words of single letters put together."""
        values = np.ma.getdata(read)
        if values.dtype.kind == "S" and values.ndim > 1:
            values = netCDF4.chartostring(values)
        return values.astype(str) if values.dtype.kind in "SUO" else values


def _stays(part: int | slice) -> bool:
    """Whether a dimension remains after indexing."""
    return isinstance(part, slice)


def rising(axis: np.ndarray, values: np.ndarray, along: int) -> tuple[np.ndarray, np.ndarray]:
    """An axis and what lies on it, turned round where the axis falls.

    Parameters
    ----------
    axis
        Coordinates, (n,).
    values
        Values with n of them along dimension `along`.
    along
        That dimension.
    """
    if axis.size > 1 and axis[0] > axis[-1]:
        return axis[::-1], np.flip(values, along)
    return axis, values
