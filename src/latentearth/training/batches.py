"""Batches without replacement from one ensemble per network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch


class EnsembleBatches:
    """Epochs of shuffled batches, for many networks in step.

    Each network goes through its own ensemble in its own random order; a last partial batch is
    dropped, and a new order is drawn. Ensembles may differ in size and dimension: narrower
    samples are padded with zeros.

    Parameters
    ----------
    ensembles
        One array (sample, coordinate) per network; at least `batch` samples each.
    batch
        Samples per batch.
    seeds
        One seed sequence per network.
    device
        Where the networks live.
    """

    def __init__(
        self,
        ensembles: Sequence[np.ndarray],
        batch: int,
        seeds: Sequence[np.random.SeedSequence],
        device: str | torch.device = "cpu",
    ):
        sizes = np.array([len(ensemble) for ensemble in ensembles])
        if sizes.min() < batch:
            raise ValueError(f"{sizes.min()} samples are fewer than one batch of {batch}")
        self.batch, self.device = batch, device
        self.sizes, self.first = sizes, np.concatenate([[0], np.cumsum(sizes)[:-1]])
        width = max(ensemble.shape[1] for ensemble in ensembles)
        samples = np.zeros((sizes.sum(), width), np.float32)
        for start, e in zip(self.first, ensembles, strict=True):
            samples[start : start + len(e), : e.shape[1]] = e
        self.samples = torch.from_numpy(samples).to(device)
        used = np.arange(width) < np.array([e.shape[1] for e in ensembles])[:, None, None]
        self.used = torch.from_numpy(used.astype(np.float32)).to(device)
        self.rngs = [np.random.Generator(np.random.PCG64(seed)) for seed in seeds]
        self.before = [rng.bit_generator.state for rng in self.rngs]
        self.orders = [self._shuffle(net) for net in range(len(sizes))]
        self.position = np.zeros(len(sizes), int)

    def _shuffle(self, net: int) -> np.ndarray:
        """A new order of one ensemble, cut to whole batches: (batch number, batch)."""
        self.before[net] = self.rngs[net].bit_generator.state
        order = self.rngs[net].permutation(self.sizes[net])
        count = self.sizes[net] // self.batch
        return (order[: count * self.batch] + self.first[net]).reshape(count, self.batch)

    def draw(self) -> torch.Tensor:
        """The next batch of every network, (net, batch, coordinate)."""
        rows = np.empty((len(self.sizes), self.batch), np.int64)
        for net, order in enumerate(self.orders):
            if self.position[net] == len(order):
                order = self.orders[net] = self._shuffle(net)
                self.position[net] = 0
            rows[net] = order[self.position[net]]
            self.position[net] += 1
        return self.samples[torch.from_numpy(rows).to(self.device)]

    def state_dict(self) -> dict:
        """Position in each epoch and what is needed to draw its order again."""
        return {"before": list(self.before), "position": self.position.tolist()}

    def load_state_dict(self, state: dict) -> None:
        """Take up where :meth:`state_dict` was called."""
        for net, (rng, before) in enumerate(zip(self.rngs, state["before"], strict=True)):
            rng.bit_generator.state = before
            self.orders[net] = self._shuffle(net)
        self.position = np.array(state["position"])
