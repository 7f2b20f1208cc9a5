"""Files: whole or not at all, and clear words when one from outside is wrong.

Every result is written beside its place under a temporary name and then renamed,
so that a reader, or a restarted workflow, never meets half of a file.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import json
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


def write_dataset(path: str | os.PathLike, dataset: xr.Dataset, attributes: Attributes) -> None:
    """Write a netCDF-4 file atomically; floating-point variables are compressed.

    Parameters
    ----------
    path
        The file to write.
    dataset
        Variables with named dimensions and a ``units`` attribute each.
    attributes
        Global attributes: what made the file.
    """
    dataset = dataset.assign_attrs(attributes)
    encoding = {
        name: {"zlib": True, "complevel": 1, "shuffle": True}
        for name, variable in dataset.variables.items()
        if variable.dtype.kind in "fiu" and variable.size > 1000
    }
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
        If it is missing or unreadable.
    """
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", f"a netCDF file with {what}")
    try:
        file = netCDF4.Dataset(path)
    except OSError as error:
        raise InputError(path, "file", f"an unreadable file ({error})", "a whole netCDF-4 file")
    with file:
        file.set_auto_mask(False)
        yield file


def read_dataset(path: str | os.PathLike) -> xr.Dataset:
    """Read a netCDF file into memory and close it.

    Raises
    ------
    InputError
        If the file is missing, or is no netCDF file, or is cut short.
    """
    if not Path(path).is_file():
        raise InputError(path, "file", "nothing", "a netCDF file")
    try:
        with xr.open_dataset(path, engine="netcdf4") as dataset:
            return dataset.load()
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(path, "file", f"an unreadable file ({reason})", "a whole netCDF-4 file")


def write_table(path: str | os.PathLike, rows: list[dict], attributes: Attributes) -> None:
    """Write a CSV table atomically, with its provenance in a JSON file beside it.

    Column names carry their units, as in ``time_s``. The sidecar is ``<path>.json``.
    """
    import pandas as pd

    with atomic(path) as temporary:
        pd.DataFrame(rows).to_csv(temporary, index=False)
    write_json(f"{os.fspath(path)}.json", dict(attributes))
