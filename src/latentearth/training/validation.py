"""Watch generators while they train, and keep the weights of their best moment.

GANs "are prone to diverge again after previous convergence" (Scheiter et al. 2022, App. B), and
neither loss tells when. The earth mover's distance between held-out samples of the ensemble and
samples of the generator, averaged over points, does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import nn

from latentearth.ensembles.marginals import earth_movers_distance


@dataclass(frozen=True)
class Watch:
    """How a training of GANs is watched by samples that it does not see.

    Attributes
    ----------
    every
        Steps from one look to the next.
    samples
        How many of each ensemble are held out; 0: none, all are trained on.
    keep
        ``best``: each generator ends with the weights of its smallest distance to the samples held
        out, so that a score on these is one that it was chosen by; the critic is the last.
        ``last``: all weights are the last, as in the papers.
    """

    every: int = 1000
    samples: int = 1000
    keep: Literal["best", "last"] = "best"

    def check(self, record_every: int) -> None:
        """Raise ValueError unless looks fall on records of the losses."""
        if self.samples and self.every % record_every:
            raise ValueError(
                f"validation every {self.every} steps is no multiple of a record every "
                f"{record_every}"
            )


class Validation:
    """Scores of generators at regular steps, and the weights that had the best.

    Parameters
    ----------
    generator
        Whose parameters and buffers are kept; of a stack of networks the first axis of each
        counts the networks. One network alone may have any parameters.
    held_out
        Samples that the training does not see, one array (sample, coordinate) per network.
    draw
        Draws ``draw(count)`` samples (net, count, coordinate) of the generator as it is, and the
        same noise every time, so that two scores differ by the weights alone.
    watch
        How often, and which weights the training is to end with.
    """

    def __init__(
        self,
        generator: nn.Module,
        held_out: Sequence[np.ndarray],
        draw: Callable[[int], np.ndarray],
        watch: Watch,
    ):
        self.generator, self.held_out, self.draw, self.watch = generator, held_out, draw, watch
        self.steps: list[int] = []
        self.distances: list[list[float]] = []
        self.best = np.full(len(held_out), np.inf)
        self.best_step = np.zeros(len(held_out), int)
        self.weights = {k: v.detach().cpu().clone() for k, v in generator.state_dict().items()}

    def __call__(self, step: int) -> None:
        """Score the generators, if it is time to."""
        if step % self.watch.every:
            return
        drawn = self.draw(max(map(len, self.held_out)))
        scores = np.array(
            [
                earth_movers_distance(real, fake[: len(real), : real.shape[1]]).mean()
                for real, fake in zip(self.held_out, drawn, strict=True)
            ]
        )
        self.steps.append(step)
        self.distances.append(scores.tolist())
        better = np.flatnonzero(scores < self.best)
        self.best[better], self.best_step[better] = scores[better], step
        now = self.generator.state_dict()
        for name, kept in self.weights.items():
            if len(self.held_out) == 1:
                if len(better):
                    kept.copy_(now[name])
            else:
                kept[better] = now[name].cpu()[better]

    def end(self) -> None:
        """Put the best weights into the generator, if these are wanted."""
        if self.watch.keep == "best":
            self.generator.load_state_dict(self.weights)

    def state_dict(self) -> dict:
        """Scores and best weights so far."""
        return {
            "steps": list(self.steps),
            "distances": [list(row) for row in self.distances],
            "best": torch.from_numpy(self.best),
            "best_step": torch.from_numpy(self.best_step),
            "weights": self.weights,
        }

    def load_state_dict(self, state: dict) -> None:
        """Take up where :meth:`state_dict` was called."""
        self.steps, self.distances = list(state["steps"]), [list(r) for r in state["distances"]]
        self.best, self.best_step = state["best"].numpy(), state["best_step"].numpy()
        for name, kept in self.weights.items():
            kept.copy_(state["weights"][name])


@torch.no_grad()
def held_out_rows(count: int, wanted: int) -> np.ndarray:
    """Rows of an ensemble that are held out: evenly spread, so that all chains share in them."""
    return np.unique(np.linspace(0, count - 1, min(wanted, count), dtype=int))
