"""Random streams: one for each purpose, all from one seed."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.SeedSequence:
    """Random stream of one purpose: the same seed and names give the same numbers.

    Streams of different names are independent, so that a new experiment, or one more chain,
    leaves the numbers of the others as they were.

    Examples
    --------
    >>> a = np.random.default_rng(stream(1, "ring", "chain", 0))
    >>> b = np.random.default_rng(stream(1, "ring", "chain", 1))
    """
    keys = [name if isinstance(name, int) else zlib.crc32(name.encode()) for name in names]
    # the number of keys is told, because a sequence with a zero added counts as the same
    return np.random.SeedSequence([seed, len(keys), *keys])
