"""Crops of a training image, without those that touch the truth models (sec. 2.3, 3.2).

Networks learn from crops at random places. A crop that shares a single cell with a truth
model would let the network memorise it, so all places that overlap one are left out, and so
are those that reach into a band of rows held out for scores and for new truths.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MODEL_SHAPE = (129, 65)  # rows (depth) and columns of a model: 12.9 m x 6.5 m in cells of 0.1 m


def overlaps(
    rows: np.ndarray,
    columns: np.ndarray,
    shape: tuple[int, int],
    corner: tuple[int, int],
    other: tuple[int, int] = MODEL_SHAPE,
) -> np.ndarray:
    """Whether crops share at least one cell with another crop.

    Parameters
    ----------
    rows, columns
        Upper left cells of the crops, any shapes that broadcast.
    shape
        Rows and columns of these crops.
    corner, other
        Upper left cell (row, column) of the other crop, and its rows and columns.

    Returns
    -------
    numpy.ndarray
        Bool, of the broadcast shape.
    """
    down, right = rows - corner[0], columns - corner[1]
    in_rows = (down > -shape[0]) & (down < other[0])
    return in_rows & (right > -shape[1]) & (right < other[1])


def corners(
    image: tuple[int, int],
    excluded: Iterable[tuple[int, int]] = (),
    held_out: int = 0,
    shape: tuple[int, int] = MODEL_SHAPE,
) -> np.ndarray:
    """All allowed positions of training crops.

    Parameters
    ----------
    image
        Rows and columns of the training image.
    excluded
        Upper left cells of truth models, 129 x 65, that no training crop may overlap.
    held_out
        Rows at the lower edge of the image that no training crop may reach into.
    shape
        Rows and columns of a crop.

    Returns
    -------
    numpy.ndarray
        Positions as ``row * columns of the image + column``, (position,) int32, rising.

    Raises
    ------
    ValueError
        If no position is left.
    """
    rows = np.arange(image[0] - held_out - shape[0] + 1)[:, None]
    columns = np.arange(image[1] - shape[1] + 1)
    allowed = np.ones((max(rows.size, 0), max(columns.size, 0)), bool)
    for corner in excluded:
        allowed &= ~overlaps(rows, columns, shape, corner)
    if not allowed.any():
        raise ValueError(
            f"an image of {image[0]} x {image[1]} cells leaves no crop of {shape[0]} x {shape[1]} "
            f"with {held_out} rows held out"
        )
    row, column = np.nonzero(allowed)
    return (row * image[1] + column).astype(np.int32)


def held_out_corners(
    image: tuple[int, int],
    held_out: int,
    count: int,
    rng: np.random.Generator,
    excluded: Iterable[tuple[int, int]] = (),
) -> np.ndarray:
    """Random positions of models within the band of held-out rows, which no training crop touches.

    Parameters
    ----------
    image, held_out, excluded
        As of :func:`corners`.
    count
        How many; they may overlap each other, but none comes twice.
    rng
        Chooses them.

    Returns
    -------
    numpy.ndarray
        As of :func:`corners`, (count,), in random order.
    """
    first = image[0] - held_out
    band = corners((held_out, image[1]), [(r - first, c) for r, c in excluded])
    return (rng.choice(band, count, replace=False) + first * image[1]).astype(np.int32)


def cut(image: np.ndarray, where: np.ndarray, shape: tuple[int, int] = MODEL_SHAPE) -> np.ndarray:
    """Cut crops out of an image.

    Parameters
    ----------
    image
        The training image, (row, column).
    where
        Positions as of :func:`corners`, (crop,).
    shape
        Rows and columns of a crop.

    Returns
    -------
    numpy.ndarray
        Crops (crop, row, column), of the type of the image.
    """
    windows = np.lib.stride_tricks.sliding_window_view(image, shape)
    return windows[where // image.shape[1], where % image.shape[1]]
