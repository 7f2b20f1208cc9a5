"""Training images of sinuous channels: our own, the published one, or a user's.

A training image is a large binary picture of two facies, from which models are cut. Facies 1 is
the channels, which are wetter and so slower for radar waves; facies 0 is what they cut into.

Our own image is made of channels that cross it from side to side. The centre line of each is a
straight line with a tilt and a meander whose phase wanders, so that it never quite repeats; the
width is measured across the line. Channels are added until they fill the wanted part; their
rows follow the golden ratio, which keeps the image equally full everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentearth import io
from latentearth.readers.foreign import NETCDF, opened_foreign, rising
from latentearth.readers.formats import require_format

GOLDEN = 0.5 * (np.sqrt(5) - 1)
CHANNELS_AT_ONCE = 16  # channels drawn at once


@dataclass(frozen=True)
class Channels:
    """What our own training image is made of; lengths in cells (0.1 m)."""

    rows: int = 2500
    columns: int = 2500
    proportion: float = 0.26  # of channel cells; the published image: 0.259
    widths: Sequence[float] = (8.0, 9.5, 11.0)
    wavelengths: tuple[float, float] = (90.0, 400.0)  # of the meanders
    sinuosities: Sequence[float] = (0.15, 0.35, 0.6)  # steepest slope of the meanders
    tilt: float = 0.05  # largest slope of a channel as a whole


def _wander(rng: np.random.Generator, count: int, columns: int, period: float) -> np.ndarray:
    """Smooth random functions of variance 1, (count, columns), of some waves around a period."""
    x = np.arange(columns)
    total = np.zeros((count, columns))
    for factor in (0.6, 1.0, 1.7):
        shift = rng.uniform(0, 2 * np.pi, (count, 1))
        length = factor * period * rng.uniform(0.8, 1.25, (count, 1))
        total += np.sin(2 * np.pi * x / length + shift)
    return total * np.sqrt(2 / 3)


def centre_lines(
    places: np.ndarray, settings: Channels, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw channels.

    Parameters
    ----------
    places
        Where each of them lies, (count,), from 0 (upper edge) to 1 (lower edge).
    settings
        See :class:`Channels`.
    rng
        Draws everything.

    Returns
    -------
    centre, half
        Row of the centre line in every column, and half the channel's width, both in cells and
        (count, columns); half is measured down a column: w/2 sqrt(1 + slope^2).
    """
    x = np.arange(settings.columns)
    # beyond the image too, so that tilted channels fill its corners
    count = len(places)
    margin = 0.5 * settings.tilt * settings.columns + max(settings.widths)
    start = (settings.rows + 2 * margin) * places[:, None] - margin
    tilt = rng.uniform(-settings.tilt, settings.tilt, (count, 1))
    low, high = np.log(settings.wavelengths)
    wavelength = np.exp(rng.uniform(low, high, (count, 1)))
    slope = rng.choice(settings.sinuosities, (count, 1))
    width = rng.choice(settings.widths, (count, 1))
    phase = 2 * np.pi * x / wavelength + rng.uniform(0, 2 * np.pi, (count, 1))
    phase = phase + 0.8 * _wander(rng, count, settings.columns, 3 * settings.wavelengths[1])
    centre = start + tilt * (x - settings.columns / 2)
    centre = centre + slope * wavelength / (2 * np.pi) * np.sin(phase)
    return centre, 0.5 * width * np.sqrt(1 + np.gradient(centre, axis=1) ** 2)


def draw_image(settings: Channels, seed: np.random.SeedSequence) -> np.ndarray:
    """Draw a training image.

    Parameters
    ----------
    settings
        See :class:`Channels`.
    seed
        Decides the image.

    Returns
    -------
    numpy.ndarray
        Facies, (row, column) uint8: 1 in channels. Their part is the smallest, in whole
        channels, that is not below ``settings.proportion``.
    """
    rng = np.random.default_rng(seed)
    image = np.zeros((settings.rows, settings.columns), bool)
    places = rng.uniform() + GOLDEN * np.arange(CHANNELS_AT_ONCE)
    while True:
        lines = centre_lines(places % 1, settings, rng)
        fuller = image | _covered(*lines, settings.rows)
        if fuller.mean() >= settings.proportion:
            break
        image, places = fuller, places + CHANNELS_AT_ONCE * GOLDEN
    for centre, half in zip(*lines, strict=True):  # the last ones, one by one
        image |= _covered(centre[None], half[None], settings.rows)
        if image.mean() >= settings.proportion:
            break
    return image.astype(np.uint8)


def _covered(centre: np.ndarray, half: np.ndarray, rows: int) -> np.ndarray:
    """Cells of an image that channels cover, (row, column) bool."""
    columns = np.broadcast_to(np.arange(centre.shape[1]), centre.shape)
    first = np.clip(np.ceil(centre - half), 0, rows).astype(int)
    after = np.clip(np.floor(centre + half) + 1, 0, rows).astype(int)
    edges = np.zeros((rows + 1, centre.shape[1]), np.int8)
    np.add.at(edges, (first, columns), 1)
    np.subtract.at(edges, (after, columns), 1)
    return np.cumsum(edges[:-1], 0, np.int8) > 0


def read_image(path: str | os.PathLike, smallest: tuple[int, int]) -> np.ndarray:
    """Read a training image from a grey PNG or from netCDF.

    Parameters
    ----------
    path
        A PNG of two grey levels, the brighter of which is the channels; or a netCDF file with a
        variable ``facies`` (row, column) or (y, x), in any order, of 0 and 1. Rows go down; a
        coordinate ``y`` goes up unless its attribute ``positive`` is down.
    smallest
        Rows and columns that it must have at least.

    Returns
    -------
    numpy.ndarray
        Facies, (row, column) uint8, 0 and 1.

    Raises
    ------
    latentearth.io.InputError
        If the file is missing or unreadable, has other than two values, or is too small.
    """
    expected = "a grey PNG, or a netCDF file with facies(row, column)"
    if require_format(path, ("PNG", *NETCDF), expected) == "PNG":
        values = _read_png(path)
    else:
        values = _read_facies(path)
    levels = np.unique(values)
    if len(levels) != 2:
        raise io.InputError(path, "facies", f"{len(levels)} different values", "two facies")
    if values.shape[0] < smallest[0] or values.shape[1] < smallest[1]:
        found = f"{values.shape[0]} rows x {values.shape[1]} columns"
        raise io.InputError(path, "size", found, f"at least {smallest[0]} x {smallest[1]}")
    return (values == levels[1]).astype(np.uint8)


def _read_facies(path: str | os.PathLike) -> np.ndarray:
    """Facies of a netCDF file, (row, column), rows downwards."""
    with opened_foreign(path, "facies(row, column)") as file:
        values = file.variable("facies", ("row", "column"))[:]
        upward = file.upward("row")
        rows = file.axis("row")
        if rows is not None:
            # a coordinate y that rises points up, as in GSLIB and on maps, unless it says down;
            # rows that are numbered grow downwards, as in pictures
            name = getattr(file.find("row"), "name", "row")
            upward = name.lower() == "y" if upward is None else upward
            values = rising(rows, values, 0)[1][:: -1 if upward else 1]
        columns = file.axis("column")
        if columns is not None:
            values = rising(columns, values, 1)[1]
    if not np.isin(values, (0, 1)).all():
        other = values[~np.isin(values, (0, 1))].flat[0]
        raise io.InputError(path, "variable 'facies'", other, "0 and 1 only (1: channels)")
    return values


def _read_png(path: str | os.PathLike) -> np.ndarray:
    """Grey levels of a PNG, (row, column)."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if picture.mode not in ("1", "L", "I;16", "I"):
                raise io.InputError(path, "colours", f"mode {picture.mode}", "one grey channel")
            return np.asarray(picture)
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise io.InputError(path, "file", f"an unreadable picture ({error})", "a PNG")


def pick_truths(
    image: np.ndarray, held_out: int, shape: tuple[int, int], seed: np.random.SeedSequence
) -> list[tuple[int, int]]:
    """Choose three crops of rising complexity, far from each other and from the held-out band.

    Complexity is the length of the boundary between the facies; of random crops we take those at
    its quantiles 0.1, 0.5 and 0.9, as the published truths are ordered.

    Parameters
    ----------
    image
        The training image, (row, column).
    held_out
        Rows at the lower edge that are held out.
    shape
        Rows and columns of a crop.
    seed
        Of the random crops.

    Returns
    -------
    list of (row, column)
        Upper left cells, least complex first.
    """
    rng = np.random.default_rng(seed)
    rows = rng.integers(image.shape[0] - held_out - shape[0] + 1, size=300)
    columns = rng.integers(image.shape[1] - shape[1] + 1, size=300)
    windows = np.lib.stride_tricks.sliding_window_view(image, shape)
    crops = windows[rows, columns].astype(np.int8)
    edge = np.abs(np.diff(crops, axis=1)).sum((1, 2)) + np.abs(np.diff(crops, axis=2)).sum((1, 2))
    chosen: list[tuple[int, int]] = []
    for wanted in np.quantile(edge, (0.1, 0.5, 0.9)):
        for crop in np.argsort(np.abs(edge - wanted), kind="stable"):
            row, column = int(rows[crop]), int(columns[crop])
            apart = [abs(row - r) >= shape[0] or abs(column - c) >= shape[1] for r, c in chosen]
            if all(apart):
                chosen.append((row, column))
                break
    return chosen
