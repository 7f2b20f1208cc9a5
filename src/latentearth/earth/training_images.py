"""A training image from its file in the workflow, and what may be cut out of it."""

from __future__ import annotations

import json
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
        Where the image comes from: ``kind`` (embedded, published, own) and, if it was made here,
        of what.
    """

    facies: np.ndarray
    truths: list[tuple[int, int]]
    held_out: int
    origin: dict

    def training_positions(self, shape: tuple[int, int] = crops.MODEL_SHAPE) -> np.ndarray:
        """Positions of crops of a shape that overlap neither a truth nor the held-out rows."""
        return crops.positions(self.facies.shape, self.truths, self.held_out, shape)

    def held_out_crops(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Random models from the held-out rows, (count, 129, 65) uint8."""
        where = crops.held_out_positions(self.facies.shape, self.held_out, count, rng, self.truths)
        return crops.cut(self.facies, where)


def read_training_image(path: str | os.PathLike) -> TrainingImage:
    """Read the file that the workflow's rule ``lopez_alvis2021_training_image`` writes."""
    data = io.read_dataset(path)
    corners = zip(data.truth_row.values.tolist(), data.truth_column.values.tolist(), strict=True)
    return TrainingImage(
        data.facies.values,
        list(corners),
        int(data.attrs["held_out_rows"]),
        json.loads(data.attrs["origin"]),
    )
