"""A training image from its file, and what may be cut out of it."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from latentearth import io
from latentearth.earth import crops


@dataclass(frozen=True)
class TrainingImage:
    """A training image with what training crops must not touch.

    Parameters
    ----------
    facies
        (row, column) uint8; 1 in channels.
    truths
        Upper left cells of the truth models.
    held_out
        Rows at the lower edge that are held out.
    origin
        Where the image comes from, in the words of whoever wrote the file.
    """

    facies: np.ndarray
    truths: list[tuple[int, int]]
    held_out: int
    origin: str

    def training_corners(self, shape: tuple[int, int] = crops.MODEL_SHAPE) -> np.ndarray:
        """Positions of crops of a shape that overlap neither a truth nor the held-out rows."""
        return crops.corners(self.facies.shape, self.truths, self.held_out, shape)

    def training_crops(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Random models from the rest, which training may see, (count, 129, 65) uint8."""
        return crops.cut(self.facies, rng.choice(self.training_corners(), count))

    def held_out_crops(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Random models from the held-out rows, (count, 129, 65) uint8."""
        where = crops.held_out_corners(self.facies.shape, self.held_out, count, rng, self.truths)
        return crops.cut(self.facies, where)


def read_training_image(path: str | os.PathLike) -> TrainingImage:
    """Read a training image.

    Parameters
    ----------
    path
        A netCDF file with ``facies`` (row, column), 1 in channels; ``truth_row`` and
        ``truth_column`` (truth,), the upper left cells of the truth models; and the attributes
        ``held_out_rows``, a number of rows at the lower edge, and ``origin``, a text.
    """
    data = io.read_dataset(path)
    corners = zip(data.truth_row.values.tolist(), data.truth_column.values.tolist(), strict=True)
    return TrainingImage(
        data.facies.values,
        list(corners),
        int(data.attrs["held_out_rows"]),
        str(data.attrs["origin"]),
    )
