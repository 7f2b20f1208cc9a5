"""Files: whole or not at all, and clear words when one from outside is wrong.

Every result is written beside its place under a temporary name and then renamed,
so that a reader, or a restarted workflow, never meets half of a file.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import netCDF4
import numpy as np
import xarray as xr

Attributes = Mapping[str, str | int | float]  # what made a file: settings, seed, versions


class InputError(ValueError):
    """A file or setting from outside that cannot be used.

    Parameters
    ----------
    source
        The file (or config key) that is wrong.
    field
        What in it is wrong, for example ``variable 'x'``.
    found, expected
        What was there, and what is needed instead.
    """

    def __init__(self, source: object, field: str, found: object, expected: object):
        super().__init__(f"{source}: {field}: found {found}; expected {expected}")
        self.source, self.field, self.found, self.expected = source, field, found, expected


class DamagedFile(InputError):
    """A file that is cut short, or whose bytes are not those that were written."""


# Of a netCDF file: what it claims over what it is, and what any file may claim, in bytes. Zeros
# pack a thousand times, what anybody stores some ten times.
MOST_CLAIMED, OF_ANY_FILE = 200, 2**26


@contextlib.contextmanager
def atomic(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it into place if the block succeeds.

    The temporary file keeps the suffix, because writers choose their format by it. It is
    flushed to the disk before the rename and removed if the block fails. Those of writers that
    were killed are removed by the next one.

    Raises
    ------
    OSError
        "No space left on device", with `path`, whatever the writer says of a full disk: netCDF
        calls it an HDF error or a lack of permission, and torch an unexpected position.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        yield temporary
        with open(temporary, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except Exception as error:
        if disk_full(error, path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove temporary files for `path` of processes that are no more."""
    start, end = f".{path.stem}.", path.suffix
    for file in path.parent.glob(f"{glob.escape(start)}*{glob.escape(end)}"):
        process = file.name.removeprefix(start).removesuffix(end)
        if process.isdecimal() and int(process) != os.getpid():
            try:
                os.kill(int(process), 0)
            except (ProcessLookupError, OverflowError):
                file.unlink(missing_ok=True)
            except PermissionError:  # it lives, and is another user's
                continue


def disk_full(error: Exception, path: Path) -> bool:
    """Tell whether a writer failed because the disk of `path` (or the user's share) is full.

    Called while what it wrote still takes its room. Libraries that hide the system's error are
    found out by the free space: less than 64 KiB, below which a netCDF file cannot begin.
    """
    if isinstance(error, InputError):
        return False
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return True
    if os.strerror(errno.ENOSPC) in str(error):
        return True
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail * disk.f_frsize < 2**16 or (disk.f_files > 0 and disk.f_favail == 0)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write a text file atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike, content: object) -> None:
    """Write JSON atomically, with sorted keys, so that equal content gives equal files."""
    write_text(path, json.dumps(content, indent=1, sort_keys=True, default=_plain) + "\n")


def read_json(path: str | os.PathLike) -> dict:
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _plain(value: object) -> object:
    """Turn numpy scalars and arrays into what JSON knows."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def write_dataset(
    path: str | os.PathLike,
    dataset: xr.Dataset,
    attributes: Attributes,
    chunks: Mapping[str, tuple[int, ...]] | None = None,
) -> None:
    """Write a netCDF-4 file atomically; numbers are compressed, and each piece has a checksum.

    Parameters
    ----------
    path
        The file to write.
    dataset
        Variables with named dimensions and a ``units`` attribute each.
    attributes
        Global attributes: what made the file.
    chunks
        Sizes of the pieces of variables that are read in parts.
    """
    dataset = dataset.assign_attrs(attributes)
    encoding: dict[str, dict] = {
        str(name): {"zlib": True, "complevel": 1, "shuffle": True, "fletcher32": True}
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiu" and variable.size > 1000
    }
    for name, sizes in (chunks or {}).items():
        encoding.setdefault(name, {})["chunksizes"] = sizes
    with atomic(path) as temporary:
        dataset.to_netcdf(temporary, format="NETCDF4", encoding=encoding)


@contextlib.contextmanager
def opened_netcdf(path: str | os.PathLike, what: str) -> Iterator[netCDF4.Dataset]:
    """Open a netCDF file whose arrays may be larger than the memory; they come without masks.

    Parameters
    ----------
    path
        The file.
    what
        What it should hold, for the message, for example ``a raw chain``.

    Raises
    ------
    InputError
        If it is missing, or claims more than a file of its size can hold.
    DamagedFile
        If it is cut short, or its checksums are wrong (which is found when they are read).
    """
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", f"a netCDF file with {what}")
    try:
        file = netCDF4.Dataset(path)
    except OSError as error:
        raise DamagedFile(path, "file", f"an unreadable file ({error})", "a whole netCDF-4 file")
    with file:
        refuse_claims(path, file)
        file.set_auto_mask(False)
        try:
            yield file
        except RuntimeError as error:
            if "HDF error" not in str(error):
                raise
            raise DamagedFile(path, "content", f"damage ({error})", "a whole netCDF-4 file")


def refuse_claims(path: str | os.PathLike, file: netCDF4.Dataset | netCDF4.Group) -> None:
    """Refuse a file whose variables are too large for it, before anything is allocated for them.

    Raises
    ------
    InputError
        If together they are more than some times its size.
    """
    claimed = _claimed(file)
    if claimed > MOST_CLAIMED * Path(path).stat().st_size + OF_ANY_FILE:
        found = f"variables of {claimed / 1e9:.3g} GB in {Path(path).stat().st_size} bytes"
        raise InputError(path, "sizes", found, "no more than such a file can hold")


def _claimed(group: netCDF4.Dataset | netCDF4.Group) -> int:
    """Bytes that all variables of a file take in memory."""
    own = (
        math.prod(variable.shape) * getattr(variable.dtype, "itemsize", 8)
        for variable in group.variables.values()
    )
    return sum(own) + sum(map(_claimed, group.groups.values()))


def read_dataset(path: str | os.PathLike) -> xr.Dataset:
    """Read a netCDF file into memory and close it.

    Raises
    ------
    InputError
        If the file is missing, or claims more than a file of its size can hold.
    DamagedFile
        If it is no netCDF file, is cut short, or its checksums are wrong.
    """
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", "a netCDF file")
    try:
        with netCDF4.Dataset(path) as file:  # xarray would read the coordinates as it opens it
            refuse_claims(path, file)
        with xr.open_dataset(path, engine="netcdf4") as dataset:
            return dataset.load()
    except InputError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise DamagedFile(path, "file", f"an unreadable file ({reason})", "a whole netCDF-4 file")


def write_table(path: str | os.PathLike, rows: list[dict], attributes: Attributes) -> None:
    """Write a CSV table atomically, with its provenance in a JSON file beside it.

    Column names carry their units, as in ``time_s``. The sidecar is ``<path>.json``.
    """
    import pandas as pd

    with atomic(path) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False)
    write_json(f"{os.fspath(path)}.json", dict(attributes))
