"""Files known by their first bytes, whatever they are called."""

import pickle
import struct
import zipfile

import numpy as np
import pytest
import xarray as xr
from PIL import Image

from latentearth.io import InputError
from latentearth.readers.formats import file_format, require_format


def made(kind, path):
    """A small file of a kind."""
    numbers = xr.Dataset({"x": ("n", np.arange(3.0))})
    if kind.startswith("netCDF"):
        numbers.to_netcdf(path, format="NETCDF3_64BIT")
    elif kind == "HDF5":
        numbers.to_netcdf(path)
    elif kind == "npy":
        np.save(path, np.arange(3.0))
    elif kind == "npz":
        np.savez(path, np.arange(3.0))
    elif kind in ("PNG", "a JPEG picture", "a TIFF picture (GeoTIFF)"):
        forms = {"PNG": "PNG", "a JPEG picture": "JPEG"}
        Image.fromarray(np.zeros((4, 4), "u1")).save(path, forms.get(kind, "TIFF"))
    elif kind == "a Python pickle (.pkl, .pth)":
        path.write_bytes(pickle.dumps([1, 2]))
    elif kind in ("an Excel sheet", "a torch file (.pt, .pth)", "a zip archive"):
        names = {"an Excel sheet": "xl/a.xml", "a zip archive": "a.txt"}
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(names.get(kind, "vae/data.pkl"), "x")
    elif kind == "SAC":  # 70 floats and 40 integers; the seventh of these is the version, 6
        head = struct.pack("<70f", *[-12345.0] * 70) + struct.pack("<40i", *[6] * 40)
        path.write_bytes(head + b" " * 192 + bytes(40))
    else:
        words = {
            "SEG-Y": ("C 1 CLIENT".ljust(80) * 40).encode("cp500"),
            "miniSEED": b"000001D XX".ljust(512, b"\0"),
            "a gzip archive": b"\x1f\x8b\x08",
            "StationXML": b'<?xml version="1.0"?><FDSNStationXML xmlns="x"/>',
            "QuakeML": b'<?xml version="1.0"?><q:quakeml/>',
            "GRIB": b"GRIB\0\0",
            "text": b"a,b\n1,2\n",
            "an empty file": b"",
            "an unknown binary format": b"\x00\x01\x02\x03" * 100,
        }
        path.write_bytes(words[kind])


KINDS = (
    *("netCDF classic", "HDF5", "npy", "npz", "PNG", "a JPEG picture", "a TIFF picture (GeoTIFF)"),
    *("a Python pickle (.pkl, .pth)", "an Excel sheet", "a torch file (.pt, .pth)", "SAC"),
    *("a zip archive", "SEG-Y", "miniSEED", "a gzip archive", "StationXML", "QuakeML", "GRIB"),
    *("text", "an empty file", "an unknown binary format"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_is_known_by_content_and_not_by_name(tmp_path, kind):
    path = tmp_path / "own.dat"
    stream = tmp_path / ("own.npy" if kind == "npy" else "own.npz" if kind == "npz" else "own.dat")
    made(kind, stream)
    stream.rename(path)
    assert file_format(path) == kind
    if kind != "npy":
        with pytest.raises(InputError, match=r"own\.dat: format: .*; expected numbers in npy"):
            require_format(path, ("npy",), "numbers in npy")


def test_utf16_is_text_and_a_folder_a_folder(tmp_path):
    (tmp_path / "a.csv").write_text("a;b\n1;2\n", encoding="utf-16")
    assert file_format(tmp_path / "a.csv") == "text"
    assert file_format(tmp_path) == "a folder"
    with pytest.raises(InputError, match="nothing"):
        require_format(tmp_path / "none", ("text",), "text")
