"""Traces of one receiver, split into those learnt from, those that choose, and those that judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentearth.emulators import preprocessing
from latentearth.operators.trace_files import Traces


@dataclass(frozen=True)
class Events:
    """Traces of one receiver, split.

    Attributes
    ----------
    record
        All traces; the first `train` are learnt from, the next `validation` stop trainings and
        choose, the rest is the test set.
    train, validation
        Numbers of events.
    """

    record: Traces
    train: int
    validation: int

    def part(self, name: str) -> slice:
        """Rows of ``train``, ``validation`` or ``test``."""
        ends = self.train, self.train + self.validation
        return {
            "train": slice(0, ends[0]),
            "validation": slice(*ends),
            "test": slice(ends[1], len(self.record.traces)),
        }[name]

    def positions(self, name: str) -> np.ndarray:
        """(event, 3), m."""
        return self.record.positions[self.part(name)]

    def traces(self, name: str) -> np.ndarray:
        """(event, sample)."""
        return self.record.traces[self.part(name)]

    def features(self, name: str) -> np.ndarray:
        """(event, 4), km."""
        return preprocessing.features(self.positions(name), self.record.receiver)
