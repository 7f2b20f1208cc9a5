"""Progress of long work: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TextIO, TypeVar

Item = TypeVar("Item")
_shown_on: TextIO | None = None  # a terminal for bars, while standard output goes to a log


@contextlib.contextmanager
def show_on(stream: TextIO) -> Iterator[None]:
    """Show progress on a stream meanwhile, if that is a terminal; else it goes to standard output.

    For programs that send their standard output to a log and still have a person watching.
    """
    global _shown_on
    _shown_on = stream if stream.isatty() else None
    try:
        yield
    finally:
        _shown_on = None


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
            print(f"{label}: {text}", file=_shown_on or sys.stdout, flush=True)

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
    if _shown_on is not None:
        from tqdm import tqdm

        yield from tqdm(items, label, total, file=_shown_on, leave=False)
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
