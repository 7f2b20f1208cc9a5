"""How fast is a function? Samples or calls per second, measured on the spot."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def samples_per_second(draw: Callable[[], int], wanted: int) -> float:
    """Samples per second of a function that draws some samples and returns how many.

    It is called once beforehand, to compile what it needs and to warm the caches, and then until
    `wanted` samples are drawn.
    """
    draw()
    start, count = time.perf_counter(), 0
    while count < wanted:
        count += draw()
    return count / (time.perf_counter() - start)


def cpu_seconds(function: Callable[[], object], rounds: int) -> float:
    """CPU-seconds of one call: the least of several rounds, each long enough to be measured."""
    function()  # compiles, and fills the caches
    calls, best = 1, np.inf
    while True:
        start = time.process_time()
        for _ in range(calls):
            function()
        spent = time.process_time() - start
        if spent > 0.02:
            break
        calls *= 4
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(calls):
            function()
        best = min(best, (time.process_time() - start) / calls)
    return best
