"""What every script does around its work: log, threads, progress.

Nothing here knows of Snakemake: a script hands over the plain values.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sized
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")
_terminal = None  # the real standard error while a log is open, if that is a terminal


def available_threads(wanted: int) -> int:
    """Threads to use: as many as wanted, but no more than the process may run on."""
    return max(1, min(wanted, len(os.sched_getaffinity(0))))


@contextlib.contextmanager
def logged(path: str | os.PathLike, threads: int = 1) -> Iterator[int]:
    """Send standard output, warnings and the traceback to a log; limit the threads.

    Parameters
    ----------
    path
        The log file; it is written anew. Once its disk is full it may end early; the traceback
        still goes to the standard error.
    threads
        How many threads the work may use; compiled code and torch are held to it.

    Yields
    ------
    int
        The threads that the work may use on this machine.
    """
    global _terminal
    threads = available_threads(threads)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.update({name: str(threads)})
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
    if "numba" in sys.modules:
        sys.modules["numba"].set_num_threads(threads)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    _terminal = sys.stderr if sys.stderr.isatty() else None
    log = open(path, "w", encoding="utf-8", buffering=1)  # noqa: SIM115
    try:
        with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            warnings.simplefilter("default")
            start = time.perf_counter()
            try:
                yield threads
            except BaseException:
                with contextlib.suppress(OSError):
                    traceback.print_exc()
                raise
            finally:
                with contextlib.suppress(OSError):
                    print(f"{time.perf_counter() - start:.1f} s with {threads} threads")
    finally:
        _terminal = None
        with contextlib.suppress(OSError):
            log.close()


def hardware(device: object = "cpu") -> str:
    """The processor, or the GPU, that work ran on."""
    if str(device).startswith("cuda"):
        return sys.modules["torch"].cuda.get_device_name()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.split(':', 1)[1].strip()}, {available_threads(10**6)} cores"
    return platform.processor() or platform.machine()


def rate(draw: Callable[[], int], wanted: int) -> float:
    """Samples per second of a function that draws some samples and returns how many.

    It is called once beforehand, to compile what it needs and to warm the caches, and then until
    `wanted` samples are drawn.
    """
    draw()
    start, count = time.perf_counter(), 0
    while count < wanted:
        count += draw()
    return count / (time.perf_counter() - start)


def report_every(label: str, seconds: float = 20.0) -> Callable[..., None]:
    """Return a function that prints the numbers it is called with, at most every so often.

    For loops whose length is not known beforehand; see :func:`progress` for the others.
    """
    last = time.monotonic()

    def report(**numbers: float) -> None:
        nonlocal last
        if time.monotonic() - last >= seconds:
            last = time.monotonic()
            text = ", ".join(f"{name} {value:,}" for name, value in numbers.items())
            print(f"{label}: {text}", file=_terminal or sys.stdout, flush=True)

    return report


def progress(
    items: Iterable[Item], label: str, total: int | None = None, every: float = 20.0
) -> Iterator[Item]:
    """Iterate, with a progress bar on a terminal, or a line every so many seconds in a log.

    Parameters
    ----------
    items
        What to iterate over.
    label
        What is going on, for example ``training 40 GANs``.
    total
        Number of items, if `items` has no length.
    every
        Seconds between two lines of the log.
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    if _terminal is not None:
        from tqdm import tqdm

        yield from tqdm(items, label, total, file=_terminal, leave=False)
        return
    start = last = time.monotonic()
    for count, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= every:
            last = now
            rate = count / (now - start)
            rest = f", {(total - count) / rate:.0f} s left" if total else ""
            print(f"{label}: {count} of {total or '?'}, {now - start:.0f} s{rest}", flush=True)
