"""The authors' published files: found, brought here, and verified before anything reads them.

A file comes from a folder of hand-supplied files, from a mirror folder, or from its public
address, and takes its place only when its checksum is right.
"""

from __future__ import annotations

import csv
import hashlib
import http.client
import math
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from latentearth import __version__
from latentearth.io import InputError, atomic, disk_full
from latentearth.progress import progress

BYTES_AT_ONCE = 2**20  # bytes read at a time
LARGEST_DOWNLOAD = (
    2**31
)  # bytes; a download of unknown size that exceeds this is not what we asked for
PASSING = (408, 425, 429, 500, 502, 503, 504)  # HTTP errors that may be gone a moment later


@dataclass(frozen=True)
class Source:
    """One published file: a row of ``sources.csv``.

    Parameters
    ----------
    name
        ``owner/repository/path``; also the path of the file in a mirror folder.
    paper
        Key of the paper.
    url
        Address of the file at a fixed commit.
    commit
        That commit.
    bytes
        Size, or None where unknown.
    sha256
        Checksum, or an empty string where only the git blob id is known.
    git_blob_sha1
        SHA-1 of ``blob <size>``, a zero byte and the content.
    licence
        What the authors state.
    figures
        Figures and tables of this project that need the file.
    """

    name: str
    paper: str
    url: str
    commit: str
    bytes: int | None
    sha256: str
    git_blob_sha1: str
    licence: str
    figures: tuple[str, ...]


def read_sources(path: str | os.PathLike) -> dict[str, Source]:
    """Read ``sources.csv``: name to :class:`Source`.

    Raises
    ------
    InputError
        If a row lacks a column, a checksum, or has a name that leaves its folder.
    """
    sources = {}
    with open(path, newline="", encoding="utf-8") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            try:
                size = int(row["bytes"]) if row["bytes"] else None
                parsed: dict[str, Any] = {**row, "bytes": size}
                source = Source(**parsed | {"figures": tuple(row["figures"].split())})
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InputError(path, f"line {number}", error, "the columns of sources.csv")
            parts = PurePosixPath(source.name).parts
            if not parts or parts[0] == "/" or ".." in parts:
                raise InputError(path, f"line {number}", source.name, "a name inside its folder")
            if not source.sha256 and not source.git_blob_sha1:
                raise InputError(path, f"line {number}", "no checksum", "sha256 or git blob id")
            sources[source.name] = source
    return sources


def expected(source: Source) -> str:
    """Checksum (and size, where known) that a file must have, in words."""
    size = "" if source.bytes is None else f", {source.bytes} bytes"
    if source.sha256:
        return f"sha256 {source.sha256}{size}"
    return f"git blob {source.git_blob_sha1}{size}"


def found(path: str | os.PathLike, source: Source) -> str:
    """Checksum of a file in the words of :func:`expected`, to which it is compared."""
    size = os.path.getsize(path)
    if source.sha256:
        label, digest = "sha256", hashlib.sha256()
    else:
        label, digest = "git blob", hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with open(path, "rb") as handle:
        while chunk := handle.read(BYTES_AT_ONCE):
            digest.update(chunk)
    known = "" if source.bytes is None else f", {size} bytes"
    return f"{label} {digest.hexdigest()}{known}"


def verify(path: str | os.PathLike, source: Source, by_hand: str | os.PathLike) -> None:
    """Raise InputError unless the file has the checksum (and size) of its source.

    Parameters
    ----------
    path
        The file to look at.
    source
        What it should be.
    by_hand
        Where a user may put the right file; for the message.
    """
    checksum = found(path, source)
    if checksum != expected(source):
        raise _error(source, path, checksum, by_hand)


def fetch(
    name: str,
    destination: str | os.PathLike,
    sources: dict[str, Source],
    mirror: str | os.PathLike | None = None,
    supplied: str | os.PathLike | None = None,
    *,
    schemes: Sequence[str] = ("https",),
    timeout: float = 60.0,
    pause: float = 2.0,
) -> Path:
    """Put one published file, verified, at its destination.

    A file that is at the destination already is verified and kept. Otherwise the file is taken
    from `supplied` if it is there, else from `mirror` if one is given, else downloaded (three
    attempts). It is verified under a temporary name and then renamed into place, so that
    nothing bad ever stands at the destination, or replaces what is there.

    Parameters
    ----------
    name
        Name of the source.
    destination
        Where the file goes.
    sources
        From :func:`read_sources`.
    mirror
        Folder that holds the published files under their names; nothing is downloaded then.
    supplied
        Folder where a user may put single files under their names.
    schemes
        Allowed kinds of address, also after a redirect.
    timeout
        Seconds without an answer after which an attempt to download is given up.
    pause
        Seconds before the second attempt; four times that before the third.

    Returns
    -------
    Path
        The destination.

    Raises
    ------
    InputError
        If the file cannot be had or has the wrong content: says which figures need it, where
        it comes from, the checksums, and how to supply it by hand.
    """
    destination = Path(destination)
    if name not in sources:
        raise InputError("sources.csv", "name", name, "one of its names")
    source = sources[name]
    own = None if supplied is None else Path(supplied) / name
    by_hand = destination if own is None else own
    if destination.exists():
        verify(destination, source, by_hand)
        return destination
    if own is not None and own.exists():
        _copy(own, destination, source, by_hand)
    elif mirror is not None:
        origin = Path(mirror) / name
        if not origin.is_file():
            raise _error(source, origin, "no file there (in the mirror folder)", by_hand)
        _copy(origin, destination, source, by_hand)
    else:
        _download(source, destination, by_hand, schemes, timeout, pause)
    return destination


def _error(source: Source, place: object, what: object, by_hand: str | os.PathLike) -> InputError:
    """Make the one message for a published file that is missing or wrong."""
    needed = f"{source.paper} {', '.join(source.figures)}" if source.figures else "no figure"
    return InputError(
        place,
        f"published file {source.name}",
        what,
        f"{expected(source)}. Needed by: {needed}. It comes from {source.url} . To supply it by "
        f"hand, put it at {by_hand} ; its checksum will be verified",
    )


def _copy(origin: Path, destination: Path, source: Source, by_hand: Path) -> None:
    """Copy a local file into place if its checksum is right."""
    with atomic(destination) as temporary:
        try:
            shutil.copyfile(origin, temporary)
        except OSError as error:
            if disk_full(error, destination):
                raise
            raise _error(source, origin, f"an unreadable file ({error.strerror})", by_hand)
        if found(temporary, source) != expected(source):
            raise _error(source, origin, found(temporary, source), by_hand)


def _download(
    source: Source,
    destination: Path,
    by_hand: Path,
    schemes: Sequence[str],
    timeout: float,
    pause: float,
) -> None:
    """Download into place if the checksum is right; try again twice if the network fails."""
    if urlsplit(source.url).scheme not in schemes:
        raise _error(source, source.url, "an address of another kind", by_hand)
    with atomic(destination) as temporary:
        for wait in (pause, 4 * pause, None):
            try:
                _stream(source, temporary, schemes, timeout)
                break
            except (OSError, http.client.HTTPException) as error:
                if disk_full(error, destination):
                    raise
                if wait is None or _permanent(error):
                    raise _error(source, source.url, f"no whole answer ({error})", by_hand)
                print(f"{source.name}: {error}; trying again in {wait:.0f} s", flush=True)
                time.sleep(wait)
        if found(temporary, source) != expected(source):
            raise _error(source, source.url, found(temporary, source), by_hand)


def _permanent(error: Exception) -> bool:
    """Whether it is pointless to ask again, as when the server knows no such file."""
    return isinstance(error, urllib.error.HTTPError) and error.code not in PASSING


def _stream(source: Source, path: Path, schemes: Sequence[str], timeout: float) -> None:
    """Write the answer of the source's address to `path`; OSError if it is cut short."""
    agent = {"User-Agent": f"latentearth/{__version__}"}
    request = urllib.request.Request(source.url, headers=agent)
    with _opener(schemes).open(request, timeout=timeout) as answer, open(path, "wb") as handle:
        announced = answer.headers.get("Content-Length")
        most = source.bytes or (int(announced) if announced else None)
        total = math.ceil(most / BYTES_AT_ONCE) if most else None
        chunks = iter(lambda: answer.read(BYTES_AT_ONCE), b"")
        for chunk in progress(chunks, f"fetching {source.name} (MiB)", total):
            handle.write(chunk)
            if handle.tell() > (source.bytes or LARGEST_DOWNLOAD):
                break  # too long to be the file: the checksum will say so
        else:
            # http.client does not complain when a connection ends early between two reads.
            if announced and handle.tell() != int(announced):
                raise OSError(f"cut short after {handle.tell()} of {announced} bytes")


def _opener(schemes: Sequence[str]) -> urllib.request.OpenerDirector:
    """Make a client that can follow redirects, but only to addresses of the allowed kinds."""
    handlers = {"https": urllib.request.HTTPSHandler, "http": urllib.request.HTTPHandler}
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
        *(handlers[scheme] for scheme in schemes),
    ):
        opener.add_handler(handler())
    return opener


def starts(path: str | os.PathLike, latent: int, count: int) -> np.ndarray:
    """Read the first starting points (start, latent) of the authors' file.

    Raises
    ------
    InputError
        If they have another length, or are fewer.
    """
    starts = np.load(path, allow_pickle=False)
    starts = starts.reshape(len(starts), -1)
    if len(starts) < count or starts.shape[1] != latent:
        raise InputError(path, "starting points", starts.shape, f"{count} or more of {latent}")
    return starts[:count]
