"""Regression by a stack of small networks: Adam, early stopping, best weights kept.

Networks of a stack share no parameter; losses are means over a batch and sums over networks, so
that each receives the gradient of its own loss alone. Several seeds train at once, because one
batched product of three small networks takes less time than three products.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import checkpoints
from latentearth.training.course import Course
from latentearth.training.histories import History

StackedNetwork = TypeVar("StackedNetwork", bound=nn.Module)


@dataclass(frozen=True)
class RegressionTraining:
    """What a training depends on.

    Attributes
    ----------
    epochs
        At most.
    batch, learning_rate
        Of Adam.
    final_rate
        Share of the learning rate left in the last epoch, along a cosine; 1 keeps it constant.
    patience
        Epochs without a better validation loss after which a network stops.
    checkpoint_every
        Epochs.
    """

    epochs: int
    batch: int
    learning_rate: float
    final_rate: float
    patience: int
    checkpoint_every: int


def mean_squared_error(
    network: Callable[[Tensor], Tensor], x: Tensor, y: Tensor, noise: Tensor
) -> Tensor:
    """Equation 6, per network (net,)."""
    return ((network(x) - y) ** 2).mean((1, 2))


class Best:
    """The weights of each network at its smallest validation loss so far.

    Once a network has been without a better one for `patience` looks, it has stopped: later
    losses no longer count, whatever the other networks of the stack still do.
    """

    def __init__(self, network: nn.Module, nets: int, patience: int):
        self.network, self.patience = network, patience
        self.weights = {k: v.detach().clone() for k, v in network.state_dict().items()}
        self.loss = np.full(nets, np.inf)
        self.when = np.zeros(nets, int)
        self.stopped = np.zeros(nets, bool)

    @torch.no_grad()
    def look(self, when: int, losses: np.ndarray) -> bool:
        """Take losses (net,) into account; True once all networks have stopped."""
        better = (losses < self.loss) & ~self.stopped
        if better.any():
            chosen = torch.from_numpy(np.flatnonzero(better))
            for name, value in self.network.state_dict().items():
                chosen = chosen.to(value.device)
                self.weights[name][chosen] = value[chosen]
            self.loss[better], self.when[better] = losses[better], when
        self.stopped |= when - self.when >= self.patience
        return bool(self.stopped.all())

    def restore(self) -> None:
        """Give the network its best weights."""
        self.network.load_state_dict(self.weights)

    def state_dict(self) -> dict:
        """For a checkpoint."""
        lists = {name: getattr(self, name).tolist() for name in ("loss", "when", "stopped")}
        return lists | {"weights": self.weights}

    def load_state_dict(self, state: dict) -> None:
        """Inverse of :meth:`state_dict`."""
        self.loss = np.array(state["loss"])
        self.when, self.stopped = np.array(state["when"], int), np.array(state["stopped"], bool)
        for name, value in state["weights"].items():
            self.weights[name].copy_(value)


def cosine_rate(settings: RegressionTraining, epoch: int) -> float:
    """Learning rate of an epoch, counted from 0."""
    wave = 0.5 * (1 + math.cos(math.pi * epoch / settings.epochs))
    return settings.learning_rate * (settings.final_rate + (1 - settings.final_rate) * wave)


def _stacked(data: np.ndarray, device) -> Tensor:
    """Data (n, column), or (net, n, column), as a tensor with a leading dimension."""
    data = data if data.ndim == 3 else data[None]
    return torch.from_numpy(np.ascontiguousarray(data, np.float32)).to(device)


def take_network(data: Tensor, rows: Tensor) -> Tensor:
    """Rows (net, batch) of data (1 or net, n, column)."""
    if len(data) == 1:
        return data[0][rows]
    return data[torch.arange(len(data), device=data.device)[:, None], rows]


def draws(seed: np.random.SeedSequence, epoch: int) -> np.random.Generator:
    """The random numbers of one network in one epoch."""
    return np.random.default_rng(
        np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, 1, epoch))
    )


def train_regression(
    network: StackedNetwork,
    data: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    settings: RegressionTraining,
    seeds: Sequence[np.random.SeedSequence],
    *,
    loss: Callable[[StackedNetwork, Tensor, Tensor, Tensor], Tensor] = mean_squared_error,
    noise: int = 0,
    score: Callable[[StackedNetwork, Tensor, Tensor, Tensor], Tensor] | None = None,
    checkpoint: str | os.PathLike | None = None,
    label: str = "training",
    device: torch.device | str = "cpu",
) -> History:
    """Train a stack of networks in place; they end with their best weights.

    Parameters
    ----------
    network
        Maps (net, batch, input) to (net, batch, output); every parameter has a leading
        dimension of networks.
    data, validation
        Inputs and targets, each (n, column) for all networks or (net, n, column).
    settings
        See :class:`Settings`.
    seeds
        One per network: order of the samples, and noise.
    loss
        Of each network, (net,), from network, inputs, targets and noise, all with leading
        dimensions (net, batch); by default the mean squared error.
    noise
        Standard normal deviates per sample that the loss receives (zeros when validating).
    score
        Of the validation set, if another than the loss.
    checkpoint
        File of the whole state, from which an interrupted run of the same settings continues to
        the same weights bit for bit on the CPU. It is left for the caller to remove.
    label
        What the progress calls this training.
    device
        Where to train.

    Raises
    ------
    FloatingPointError
        If a loss or a weight is no longer a finite number; the last checkpoint is from before.
    """
    network.to(device)
    x, y, x_seen, y_seen = (_stacked(part, device) for part in (*data, *validation))
    x_seen, y_seen = (part.expand(len(seeds), -1, -1) for part in (x_seen, y_seen))
    silent = torch.zeros(len(seeds), x_seen.shape[1], noise, device=device)
    adam = torch.optim.Adam(network.parameters(), settings.learning_rate, fused=True)
    best = Best(network, len(seeds), settings.patience)
    course = Course(
        label,
        settings.epochs,
        {"network": network, "adam": adam, "best": best},
        checkpoints.identity(asdict(settings), network, x, y, [x_seen, y_seen], seeds),
        losses=("training", "validation"),
        checkpoint=checkpoint,
        unit="epoch",
    )
    for epoch in course.steps():
        if best.stopped.all():
            break
        adam.param_groups[0]["lr"] = cosine_rate(settings, epoch - 1)
        trained = _epoch(network, adam, (x, y), seeds, epoch - 1, settings.batch, loss, noise)
        with torch.no_grad():
            seen = (score or loss)(network, x_seen, y_seen, silent)
        both = torch.stack([trained, seen]).double()
        record = course.record(epoch, both.cpu().numpy())
        course.refuse_spoilt(epoch, both, {"network": network})
        stopped = best.look(epoch - 1, record[1])
        if epoch % settings.checkpoint_every == 0 or stopped:
            course.save(epoch)
    best.restore()
    network.cpu()
    return course.history(best.when)


def _epoch(network, adam, data, seeds, epoch, batch, loss, noise) -> Tensor:
    """One pass over the data (inputs, targets), each network in its order; mean losses (net,)."""
    (x, y), count = data, data[0].shape[1]
    rngs = [draws(seed, epoch) for seed in seeds]
    order = torch.from_numpy(np.stack([rng.permutation(count) for rng in rngs])).to(x.device)
    normal = np.stack([rng.standard_normal((count, noise), np.float32) for rng in rngs])
    drawn, total = torch.from_numpy(normal).to(x.device), torch.zeros(len(seeds), device=x.device)
    for first in range(0, count, batch):
        rows, z = (part[:, first : first + batch] for part in (order, drawn))
        losses = loss(network, take_network(x, rows), take_network(y, rows), z)
        adam.zero_grad()
        losses.sum().backward()
        adam.step()
        total += losses.detach() * rows.shape[1]
    return total / count
