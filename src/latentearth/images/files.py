"""Prior images from outside: a netCDF file or a folder of PNG files, checked."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import xarray as xr

from latentearth import io
from latentearth.readers.foreign import opened_foreign, rising
from latentearth.readers.sample_weights import drawn_by_weights

OTHER_PICTURES = {".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif"}
SIDES = (8, 16, 32, 64, 128, 256, 512, 1024)  # what the networks can make


def read_own(path: str | os.PathLike, least: int) -> np.ndarray:
    """Read a user's prior images (data/README.md).

    Parameters
    ----------
    path
        A netCDF file with ``image`` (image, y, x) in any order, bytes of 0 and 1 or grey values
        from 0 to 1;
        or a folder of grey PNG files of 8 or 16 bits (or 1), taken in the order of their names.
    least
        How many images are needed.

    Returns
    -------
    numpy.ndarray
        (image, side, side): bytes of 0 and 1 if there are no other values, else float32 from 0
        to 1. The first row of a PNG, its top, becomes the last (y grows along the axis).

    Raises
    ------
    latentearth.io.InputError
        If a file cannot be read, or the images are too few, not square, of a side that is no
        power of 2 from 8 to 1024, of different sizes, or leave [0, 1].
    """
    path = Path(path)
    images = _from_folder(path) if path.is_dir() else _from_netcdf(path)
    count, rows, columns = images.shape
    if count < least:
        raise io.InputError(path, "number of images", count, f"at least {least}")
    if rows != columns or rows not in SIDES:
        sides = ", ".join(str(side) for side in SIDES)
        raise io.InputError(
            path, "size of the images", f"{rows} x {columns}", f"squares of {sides}"
        )
    if images.dtype == np.uint8:
        return images
    low, high = float(images.min()), float(images.max())
    if not 0 <= low <= high <= 1:  # also what is not a number
        raise io.InputError(path, "values of the images", f"{low:g} to {high:g}", "0 to 1")
    binary = ((images == 0) | (images == 1)).all()
    return images.astype(np.uint8) if binary else images


def _from_netcdf(path: Path) -> np.ndarray:
    """The variable ``image`` of a file, as bytes of 0 and 1 or float32; y grows."""
    with opened_foreign(path, "the variable image(image, y, x), or a folder of PNG files") as file:
        variable = file.variable("image", ("image", "y", "x"))
        values, drawn = variable[:], drawn_by_weights(file, variable, "image")
        if drawn is not None:
            values = values[drawn]
        for along, name in enumerate("yx", start=1):
            axis = file.axis(name)
            if axis is not None:
                values = rising(axis, values, along)[1]
        if file.upward("y") is False:
            values = values[:, ::-1]
    if values.dtype.kind in "iub" and values.size and 0 <= values.min() <= values.max() <= 1:
        return values.astype(np.uint8)
    return values.astype(np.float32)


def _from_folder(path: Path) -> np.ndarray:
    """All PNG files of a folder, as float32 from 0 to 1."""
    from PIL import Image, UnidentifiedImageError

    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".png")
    if not files:
        raise io.InputError(path, "folder", "no *.png", "PNG files")
    others = sorted(file.name for file in path.iterdir() if file.suffix.lower() in OTHER_PICTURES)
    if others:
        raise io.InputError(path, "folder", f"{len(others)} others ({others[0]})", "PNG files only")
    images: list[np.ndarray] = []
    for file in files:
        try:
            with Image.open(file) as image:
                mode, values = image.mode, np.asarray(image)
        except (OSError, UnidentifiedImageError, SyntaxError) as error:
            raise io.InputError(file, "file", f"an unreadable file ({error})", "a PNG file")
        white = {"1": 1, "L": 255, "I;16": 65535, "I": 65535}.get(mode)
        if white is None:
            raise io.InputError(file, "colours", f"mode {mode}", "grey (mode L, 1 or I;16)")
        if images and values.shape != images[0].shape:
            found, wanted = (" x ".join(map(str, v.shape)) for v in (values, images[0]))
            raise io.InputError(file, "size", found, f"{wanted}, as {files[0].name} has")
        images.append(values[::-1].astype(np.float32) / np.float32(white))
    return np.stack(images)


def image_dataset(images: np.ndarray, parameters: np.ndarray | None, names) -> xr.Dataset:
    """Images as a dataset.

    Parameters
    ----------
    images
        (image, size, size), y growing along the second axis.
    parameters, names
        Of the simulator, (image, parameter), and what they are called; None if there is none.

    Returns
    -------
    xarray.Dataset
        ``image`` (image, y, x), with the centres of the pixels in box sides, and ``parameters``
        (image, parameter).
    """
    size = images.shape[-1]
    centres = ("box side", (np.arange(size) + 0.5) / size)
    coords = {axis: (axis, centres[1], {"units": centres[0]}) for axis in ("y", "x")}
    result = xr.Dataset({"image": (("image", "y", "x"), images, {"units": "1"})}, coords)
    if parameters is not None:
        result["parameters"] = (("image", "parameter"), parameters, {"units": "1"})
        result = result.assign_coords(parameter=list(names))
    return result


def read_images(path: str | os.PathLike) -> np.ndarray:
    """Images of a file of :func:`image_dataset`: (image, side, side), bytes or float32."""
    return io.read_dataset(path)["image"].values
