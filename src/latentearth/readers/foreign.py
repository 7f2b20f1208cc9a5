"""Variables of netCDF files that somebody brings: by name, dimension, unit and direction.

Dimensions may be in any order and have any of their usual names; units are those that the file
states; packed, missing and big-endian values come as plain numbers. What a file does not say, and
what cannot be told without it, is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import netCDF4
import numpy as np

from latentearth.io import InputError, refuse_claims
from latentearth.readers import units as unit_table
from latentearth.readers.classic_headers import refuse_classic_claims
from latentearth.readers.foreign_variables import (
    ALIASES,
    COORDINATES,
    ForeignVariable,
    judged,
    stated_unit,
)
from latentearth.readers.formats import require_format

NETCDF = ("netCDF classic", "HDF5")
SECONDS_TO_OPEN = 3  # of processor time
UPWARD = ("elevation", "height", "altitude")


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
    if require_format(path, NETCDF, expected) == "netCDF classic":
        refuse_classic_claims(path)
    elif not _can_be_opened(path):
        found = "a damaged file that the HDF5 library never finishes with, or fails at"
        raise InputError(path, "file", found, expected)
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


def _can_be_opened(path: str | os.PathLike) -> bool:
    """Whether the HDF5 library comes to an end with a file, tried in a process of its own.

    One false byte can send it round a circle for ever. Opening reads no values: it takes
    milliseconds of processor time, and waiting for a disk does not count.
    """
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_TO_OPEN, SECONDS_TO_OPEN))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            netCDF4.Dataset(path).close()
        except BaseException:  # what it says is told by whoever opens the file next
            pass
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == 0


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
        return list(self.variables)

    @property
    def variables(self) -> dict[str, netCDF4.Variable]:
        """All of them by these names, as the netCDF library has them."""
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
        everything = self.variables
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
        return judged(self.path, found, dimensions, units, unstated=unstated, kind=kind)

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
        words = [str(getattr(found, name, "")).lower() for name in ("standard_name", "long_name")]
        words = [found.name.lower(), *words]
        down = any("depth" in word for word in words[:2]) or words[2].startswith("depth")
        up = any(word.startswith(UPWARD) for word in words)
        if down and up:
            label, text = f"direction of '{found.name}'", " and ".join(filter(None, words))
            raise InputError(self.path, label, text, "one, or the attribute positive: up or down")
        return False if down else True if up else None

    def axis(self, name: str) -> np.ndarray | None:
        """Coordinates along a dimension, as the file has them; None if there are none.

        Raises
        ------
        InputError
            If they neither rise nor fall all the way.
        """
        found = self.find(name)
        if found is None or found.ndim != 1 or _kind(found) not in "fiu":
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
        if found is None or found.ndim != 1 or _kind(found) not in "fiu":
            there = ", ".join(sorted(self.names)) or "nothing"
            needed = f"{name}({name}), numbers with a unit"
            raise InputError(self.path, f"coordinate '{name}'", there, needed)
        stated = stated_unit(found)
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
        step = float((times[-1] - times[0]) / steps.size)
        return TimeAxis(float(times[0]), step, times.size, bool(since))


@dataclass(frozen=True)
class TimeAxis:
    """Evenly spaced times.

    Parameters
    ----------
    start, step
        s.
    count
        How many.
    dated
        Whether the file gave dates, so that the first sample is at 0 by our choice.
    """

    start: float
    step: float
    count: int
    dated: bool


def _kind(found: netCDF4.Variable) -> str:
    """Letter of a variable's type, as numpy has it; O for lists of unequal length."""
    if isinstance(found.datatype, netCDF4.VLType):
        return "O"
    return np.dtype(found.dtype).kind


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
