"""What kind of file somebody brought, by its first bytes: names of files say little."""

from __future__ import annotations

import os
import re
import struct
import zipfile
from pathlib import Path

from latentearth.io import InputError

HEAD = 4096  # bytes looked at
_SIGNATURES = (
    (b"CDF\x01", "netCDF classic"),
    (b"CDF\x02", "netCDF classic"),
    (b"CDF\x05", "netCDF classic"),
    (b"MATLAB 7.3", "a MATLAB file"),
    (b"MATLAB 5.0", "a MATLAB file"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"\x0e\x03\x13\x01", "HDF4"),
    (b"\x93NUMPY", "npy"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "a TIFF picture (GeoTIFF)"),
    (b"MM\0*", "a TIFF picture (GeoTIFF)"),
    (b"II+\0", "a TIFF picture (GeoTIFF)"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xd0\xcf\x11\xe0", "an Excel 97 sheet"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"GRIB", "GRIB"),
    (b"DSBB", "a Surfer grid"),
    (b"DSAA", "a Surfer grid"),
    (b"DSRB", "a Surfer grid"),
    (b"MS\x03", "miniSEED"),
    (b"WID2", "GSE2 waveforms"),
    (b"\x55\x3a", "SEG-2"),
    (b"\x3a\x55", "SEG-2"),
    (b"\xc3\x40\xf1", "SEG-Y"),
    (b"C 1 ", "SEG-Y"),
    (b"C01 ", "SEG-Y"),
)


def file_format(path: str | os.PathLike) -> str:
    """Name the format of a file or folder.

    Returns
    -------
    str
        ``netCDF classic``, ``HDF5`` (netCDF-4 among it), ``npy``, ``PNG``, ``text``, ``a folder``,
        or words for what no reader here takes.
    """
    path = Path(path)
    if path.is_dir():
        return "a folder"
    try:
        with open(path, "rb") as handle:
            head = handle.read(HEAD)
    except OSError as error:
        raise InputError(path, "file", error.strerror or error, "a readable file")
    if not head:
        return "an empty file"
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head.startswith(b"PK"):
        return _zipped(path)
    return _by_structure(head)


def _zipped(path: Path) -> str:
    """What is in a zip archive, told by names."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:1000]
    except (OSError, ValueError, zipfile.BadZipFile):
        return "a damaged zip archive"
    if any(name.startswith("xl/") for name in names):
        return "an Excel sheet"
    if any(name.endswith("data.pkl") for name in names):
        return "a torch file (.pt, .pth)"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    return "a zip archive"


def _by_structure(head: bytes) -> str:
    """Formats without a signature at their beginning."""
    if head[0] == 0x80 and len(head) > 1 and 2 <= head[1] <= 5:
        return "a Python pickle (.pkl, .pth)"
    if len(head) > 9 and head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < 2**27:
        return "safetensors"
    if re.match(rb"\d{6}[DRQM][ \0]", head):
        return "miniSEED"
    if len(head) >= 308 and any(struct.unpack_from(f"{e}i", head, 304)[0] in (6, 7) for e in "<>"):
        return "SAC"
    if any(head[at : at + 8] == b"\x89HDF\r\n\x1a\n" for at in (512, 1024, 2048)):
        return "HDF5"
    if head.lstrip().startswith((b"<?xml", b"<q:", b"<FDSN")):
        kinds = {b"quakeml": "QuakeML", b"FDSNStationXML": "StationXML"}
        return next((name for key, name in kinds.items() if key in head), "XML")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" not in head:
        return "text"
    return "an unknown binary format"


def require_format(path: str | os.PathLike, accepted: tuple[str, ...], expected: str) -> str:
    """Return the format of a file if a reader takes it.

    Parameters
    ----------
    path
        The file, or folder.
    accepted
        Names of :func:`file_format`.
    expected
        What the reader takes, for the message.

    Raises
    ------
    InputError
        If the file is missing, or of another format.
    """
    if not os.path.exists(path):
        raise InputError(path, "file", "nothing", expected)
    found = file_format(path)
    if found not in accepted:
        raise InputError(path, "format", found, expected)
    return found
