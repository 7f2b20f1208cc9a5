"""The course of a training: where it stands, its losses, what it took, its checkpoint.

What every training loop keeps, whatever it trains, so that an interrupted one goes on to the same
weights and none ends with weights that are not numbers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from latentearth import checkpoints
from latentearth.progress import progress
from latentearth.training.histories import History


class Course:
    """A training from its first step, or from its last checkpoint, to its end.

    Parameters
    ----------
    label
        What the progress and messages call it.
    total
        Steps, or epochs, in all.
    parts
        What decides how it goes on, by name.
    about
        What it depends on, from :func:`latentearth.checkpoints.identity`.
    losses
        Names of what is recorded.
    checkpoint
        File of the whole state. It is left for the caller to remove.
    unit
        ``step`` or ``epoch``, for messages.

    Attributes
    ----------
    done
        Steps behind it.
    """

    def __init__(
        self,
        label: str,
        total: int,
        parts: Mapping[str, checkpoints.Stateful],
        about: dict,
        *,
        losses: Sequence[str],
        checkpoint: str | os.PathLike | None = None,
        unit: str = "step",
    ) -> None:
        self.label, self.total, self.parts = label, total, parts
        self.about = about | {"losses": list(losses)}
        self.losses, self.checkpoint, self.unit = losses, checkpoint, unit
        self.done, self.sums = 0, torch.zeros(())
        self.records: list[tuple[int, np.ndarray]] = []  # of each: step, losses (name, ...)
        self.before = [0.0, 0.0]
        found = checkpoints.load(checkpoint, self.about) if checkpoint else None
        if found:
            for name, part in parts.items():
                part.load_state_dict(found[name])
            self.done, self.sums, self.before = found["done"], found["sums"], found["took"]
            self.records = [(step, np.array(values)) for step, values in found["records"]]
            print(f"{label}: continuing from {unit} {self.done} of {total}")
        self.start = self._now()

    def steps(self) -> Iterator[int]:
        """Steps that are left, counted from 1, with their progress."""
        yield from progress(range(self.done + 1, self.total + 1), self.label)

    def add(self, losses: Tensor) -> None:
        """Losses (name, ...) of a step, of which :meth:`record` keeps the means."""
        self.sums = self.sums.to(losses.device) + losses

    def record(self, step: int, values: np.ndarray | None = None) -> np.ndarray:
        """Keep losses (name, ...): those given, or the means of all since the last record.

        Raises
        ------
        FloatingPointError
            If one is no finite number.
        """
        if values is None:
            since = step - (self.records[-1][0] if self.records else 0)
            values = (self.sums / since).cpu().numpy().astype(float)
            self.sums = torch.zeros(())
        finite = np.isfinite(values).reshape(len(values), -1)
        if not finite.all():
            worst = int(np.argmin(finite.all(0)))
            which = f" of network {worst}" if values.ndim > 1 else ""
            of_worst = values.reshape(len(values), -1)[:, worst]
            told = ", ".join(f"{n} {v}" for n, v in zip(self.losses, of_worst, strict=True))
            raise FloatingPointError(
                f"{self.label}: at {self.unit} {step} losses{which} are {told}; "
                "the last checkpoint is kept"
            )
        self.records.append((step, values))
        return values

    def refuse_spoilt(self, step: int, last: Tensor, networks: Mapping[str, nn.Module]) -> None:
        """Stop if a weight is no finite number; `last` are the losses (name, ...) so far."""
        told = dict(zip(self.losses, last.tolist(), strict=False))
        checkpoints.refuse_spoilt(self.label, f"at {self.unit} {step}", told, networks)

    def save(self, step: int) -> None:
        """Write the checkpoint, if there is a file for it."""
        if self.checkpoint is None:
            return
        state: dict[str, Any] = {name: part.state_dict() for name, part in self.parts.items()}
        records = [(when, values.tolist()) for when, values in self.records]
        state |= {"done": step, "sums": self.sums, "records": records, "took": self.took()}
        checkpoints.save(self.checkpoint, state, self.about)

    def history(self, kept: np.ndarray | None = None) -> History:
        """What was recorded and what it took, at the end."""
        steps = np.array([step for step, _ in self.records])
        columns = np.stack([values for _, values in self.records], 1)
        losses = dict(zip(self.losses, columns, strict=True))
        seconds, cpu_seconds = self.took()
        kept = np.zeros(0, int) if kept is None else kept
        return History(steps, losses, seconds, cpu_seconds, kept)

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()

    def took(self) -> list[float]:
        """Seconds and CPU-seconds, with those of runs that were interrupted."""
        return [
            now - start + before
            for now, start, before in zip(self._now(), self.start, self.before, strict=True)
        ]
