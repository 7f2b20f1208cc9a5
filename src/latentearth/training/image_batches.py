"""Batches of images without replacement, kept as bytes: 19 456 of 128 x 128 take 0.3 GB."""

from __future__ import annotations

import numpy as np
import torch


class ImageBatches:
    """Epochs of shuffled batches of one set of images.

    A last partial batch is dropped, and a new order is drawn.

    Parameters
    ----------
    images
        (image, row, column): bytes of 0 and 1, or grey values from 0 to 1, which are kept in
        256 levels.
    batch
        Images per batch.
    seed
        Of the orders, and of what is mirrored.
    device
        Where the networks live.
    mirror
        Show each image as it is or mirrored in its columns (x to 1 - x), at random. Only for a
        prior that makes both equally likely.
    """

    def __init__(
        self,
        images: np.ndarray,
        batch: int,
        seed: np.random.SeedSequence,
        device: str | torch.device = "cpu",
        mirror: bool = False,
    ):
        if len(images) < batch:
            raise ValueError(f"{len(images)} images are fewer than one batch of {batch}")
        self.batch, self.device, self.mirror = batch, torch.device(device), mirror
        self.white = 1 if images.dtype == np.uint8 else 255
        grey = images if self.white == 1 else np.rint(255 * images).astype(np.uint8)
        self.images = torch.from_numpy(np.ascontiguousarray(grey)).to(device)
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.position = 0
        self._shuffle()

    def _shuffle(self) -> None:
        """A new order, and what is mirrored in it: (batch number, batch)."""
        self.before = self.rng.bit_generator.state
        count = len(self.images) // self.batch * self.batch
        self.order = self.rng.permutation(len(self.images))[:count].reshape(-1, self.batch)
        self.flips = self.mirror & (self.rng.random(self.order.shape) < 0.5)

    def draw(self) -> torch.Tensor:
        """The next batch, (1, batch, row, column) float32 from 0 to 1."""
        if self.position == len(self.order):
            self._shuffle()
            self.position = 0
        rows, flip = self.order[self.position], torch.from_numpy(self.flips[self.position])
        self.position += 1
        found = self.images[torch.from_numpy(rows).to(self.device)].float() / self.white
        flip = flip.to(self.device)[:, None, None]
        return torch.where(flip, found.flip(-1), found)[None]

    def state_dict(self) -> dict:
        """Position in the epoch and what is needed to draw its order again."""
        return {"before": self.before, "position": self.position}

    def load_state_dict(self, state: dict) -> None:
        """Take up where :meth:`state_dict` was called."""
        self.rng.bit_generator.state = state["before"]
        self._shuffle()
        self.position = state["position"]
