"""The folder of a run, looked at before anything is planned: is it fit, and are its files whole?

Snakemake goes by the times of files alone: to it a file cut short is up to date.
"""

from __future__ import annotations

import json
import os
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

MADE = ("results", "figures")  # what rules write
FETCHED = os.path.join("data", "published")
AHEAD = 10.0  # seconds that clocks of machines may differ by
HDF5, PNG_END = b"\x89HDF\r\n\x1a\n", b"IEND\xaeB`\x82"
END_OF_FILE = {0: 40, 1: 44, 2: 28, 3: 28}  # where it stands, by version of the HDF5 superblock


class FolderError(ValueError):
    """The folder of a run is not as it must be."""


def require_usable(folder: str | os.PathLike = ".") -> None:
    """Refuse a folder whose path Snakemake misreads, or in which it cannot keep its records."""
    if set("{}") & set(os.path.abspath(folder)):
        raise FolderError(
            f"{os.path.abspath(folder)} has braces, which are wildcards of Snakemake; name another "
            "folder by --directory"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FolderError(
            f"nothing can be written in {Path(folder).resolve()}, not even for a dry run; "
            "name another folder by --directory"
        )


def made_files(folder: str | os.PathLike = ".", names: Iterable[str] = MADE) -> Iterator[Path]:
    """Files that rules have written; not those that are being written, and begin with a dot."""
    for name in names:
        for parent, folders, files in os.walk(Path(folder, name)):
            folders[:] = [each for each in folders if each[0] != "."]
            yield from (Path(parent, file) for file in files if file[0] != ".")


def refuse_future(files: Iterable[str | os.PathLike]) -> None:
    """Refuse files that are dated in the future: what is made of them would count as too old.

    Raises
    ------
    FolderError
        With the first of them, and what to do.
    """
    for file in files:
        ahead = os.stat(file).st_mtime - time.time()
        if ahead > AHEAD:
            raise FolderError(
                f"{file} is dated {ahead:.0f} s in the future, so that what is made of it would "
                f"count as too old and be lost; give it the time of now by: touch '{file}'"
            )


def is_whole(path: Path) -> bool:
    """Whether a file ends where its format says that it ends; true of formats that do not say."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        head = file.read(56)
        match path.suffix:
            case ".nc":
                return head[:8] == HDF5 and _hdf5_end(head) <= size
            case ".safetensors":
                return size >= 8 and _tensors_end(head[:8], file, size) == size
            case ".png":
                file.seek(max(0, size - 8))
                return file.read() == PNG_END
            case ".json":
                return _is_json(path.read_bytes())
            case ".csv":
                return size > 0
    return True


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _hdf5_end(head: bytes) -> int:
    """Length of an HDF5 file with addresses of 8 bytes, as netCDF writes them."""
    place = END_OF_FILE.get(head[8]) if len(head) > 8 else None
    if place is None or len(head) < place + 8:
        return 2**64
    return struct.unpack_from("<Q", head, place)[0]


def _tensors_end(start: bytes, file, size: int) -> int:
    """Length of a safetensors file by its header, or -1."""
    length = int.from_bytes(start, "little")
    if length > size - 8:
        return -1
    file.seek(8)
    try:
        header = json.loads(file.read(length))
        ends = [each["data_offsets"][1] for name, each in header.items() if name != "__metadata__"]
    except (ValueError, TypeError, LookupError, AttributeError):
        return -1
    return 8 + length + max(ends, default=0)


def named_in(config: object) -> list[Path]:
    """Files and folders that a config names, wherever in it, and that exist."""
    if isinstance(config, dict | list):
        inner = config.values() if isinstance(config, dict) else config
        return [path for value in inner for path in named_in(value)]
    try:
        return [Path(config)] if isinstance(config, str) and os.path.exists(config) else []
    except ValueError:  # no path at all
        return []


def is_in_use(folder: str | os.PathLike = ".") -> bool:
    """Whether another run is at work in a folder, or was killed there: Snakemake locks it."""
    locks = Path(folder, ".snakemake", "locks")
    return locks.is_dir() and any(locks.iterdir())


def set_aside(path: str | os.PathLike) -> Path:
    """Rename a damaged file, so that the same command makes it anew; gives its new name."""
    aside = Path(f"{os.fspath(path)}.damaged")
    os.replace(path, aside)
    return aside


def damaged_files(folder: str | os.PathLike = ".") -> list[Path]:
    """Those of the files of a run that are cut short, or are not of their format."""
    return [path for path in made_files(folder) if not is_whole(path)]
